import { expect, test } from "../../harness/library/playwright.ts";
import { isLive, note, nothingEnded, onceEach, redemptions, shows, showsSignedIn, signIn } from "./steps.ts";

for (const when of ["before-commit", "after-commit"] as const) {
  test(`a tab that is closed mid-refresh (${when}) takes nobody with it`, async ({ tab, issuer, expireAccessToken, hold }) => {
    const closed = await signIn(tab);
    const other = await tab("/projects");
    await expireAccessToken();
    const refresh = hold({ when });
    const reload = closed.reload().catch(() => "closed");
    await refresh.arrived();
    await closed.close();
    expect(await reload).toBe("closed");
    refresh.release();
    await other.reload();
    await showsSignedIn(other);
    expect(redemptions(issuer)).toEqual(onceEach("F1", 1));
    // And the next generation, too, is one that this browser holds.
    await expireAccessToken();
    await other.reload();
    await showsSignedIn(other);
    expect(redemptions(issuer)).toEqual(onceEach("F1", 2));
    nothingEnded(issuer);
  });
}

test("the tab that was closed mid-refresh was the only one, and the browser is still signed in", async ({
  tab,
  issuer,
  expireAccessToken,
  hold,
}) => {
  const closed = await signIn(tab);
  await tab(null);
  await expireAccessToken();
  const refresh = hold({ when: "after-commit" });
  const reload = closed.reload().catch(() => "closed");
  await refresh.arrived();
  await closed.close();
  await reload;
  refresh.release();
  await showsSignedIn(await tab("/"));
  expect(redemptions(issuer)).toEqual(onceEach("F1", 1));
});

test("offline is not signed out, and once back online everything goes on", async ({ tab, context, issuer, expireAccessToken }) => {
  const page = await signIn(tab, "/events");
  await isLive(page);
  await context.setOffline(true);
  await expireAccessToken();
  await expect(page.locator("#notice")).toHaveText("The app cannot be reached.");
  await showsSignedIn(page);
  // What is clicked meanwhile is not taken for a sign-out either.
  await page.getByRole("link", { name: "Projects" }).click();
  await showsSignedIn(page);
  await expect(page).toHaveURL("/events");

  await context.setOffline(false);
  await expect(page).toHaveURL("/projects");
  await page.getByRole("link", { name: "Events" }).click();
  await isLive(page);
  await expect(page.locator("#notice")).toBeHidden();
  await note(page, "back online");
  await shows(page, "back online");
  expect(redemptions(issuer)).toEqual(onceEach("F1", 1));
  nothingEnded(issuer);
});

test("a page that slept past the expiry wakes up signed in, and with what it has missed", async ({
  tab,
  context,
  issuer,
  expireAccessToken,
}) => {
  const sleeper = await signIn(tab, "/events");
  const other = await tab("/events");
  await isLive(sleeper);
  await isLive(other);
  const device = await context.newCDPSession(sleeper);
  await device.send("Page.setWebLifecycleState", { state: "frozen" });

  // Three lifetimes, in which another tab renews the session.
  for (const generation of [1, 2, 3]) {
    await expireAccessToken();
    await expect.poll(() => redemptions(issuer).length).toBe(generation);
    await isLive(other);
  }
  await note(other, "while you slept");
  await shows(other, "while you slept");
  await expireAccessToken();

  await device.send("Page.setWebLifecycleState", { state: "active" });
  await isLive(sleeper);
  await shows(sleeper, "while you slept");
  await showsSignedIn(sleeper);
  await isLive(other);
  expect(redemptions(issuer)).toEqual(onceEach("F1", 4));
  nothingEnded(issuer);
});
