import { expect, test } from "../../harness/library/playwright.ts";
import { requestsOf, showsSignedIn, showsSignedOut, signIn, title } from "./steps.ts";

test("from page to page the session is known from the snapshot: no new document, no question who it is, nothing to the issuer", async ({
  tab,
  app,
}) => {
  const page = await signIn(tab);
  const requests = requestsOf(page);
  for (const [link, heading] of [
    ["Projects", "Projects"],
    ["Events", "Events"],
    ["Workspace", "ada's Workspace"],
  ] as const) {
    await page.getByRole("link", { name: link }).click();
    await expect(title(page)).toHaveText(heading);
    await expect(page.getByRole("link", { name: link })).toHaveAttribute("aria-current", "page");
    await showsSignedIn(page);
  }
  await page.evaluate(() => history.back());
  await expect(title(page)).toHaveText("Events");
  expect(requests.filter((request) => request.isNavigationRequest())).toEqual([]);
  expect(requests.map((request) => request.url())).not.toContain(`${app.origin}/session`);
  expect(new Set(requests.map((request) => new URL(request.url()).origin))).toEqual(new Set([app.origin]));
});

test.describe("a snapshot that is too old", () => {
  test.use({ issuerOptions: { accessTokenLifetime: 2 } });

  test("has the app's own session endpoint asked, and nobody is taken for signed out", async ({ tab, issuer, app }) => {
    const page = await signIn(tab, "/projects");
    const requests = requestsOf(page);
    // By the browser's own clock.
    await page.waitForFunction(
      () => JSON.parse(document.getElementById("session-snapshot")?.textContent ?? "").expires_at * 1000 < Date.now(),
    );
    await page.getByRole("link", { name: "Workspace" }).click();
    await expect(title(page)).toHaveText("ada's Workspace");
    expect(requests.map((request) => request.url()).slice(0, 2)).toEqual([`${app.origin}/session`, `${app.origin}/`]);
    expect(requests.every((request) => request.url().startsWith(app.origin))).toBe(true);
    expect(issuer.events().filter(({ type }) => type === "session-ended")).toEqual([]);
  });
});

test("an issuer that is down at expiry signs nobody out: the page stays, says so, and goes on when it is back", async ({
  tab,
  issuer,
  expireAccessToken,
}) => {
  const page = await signIn(tab, "/projects");
  const [outage = ""] = issuer.control.faults.add({ when: "before-commit", times: null, effect: { kind: "answer", status: 503 } });
  await expireAccessToken();
  await page.getByRole("link", { name: "Workspace" }).click();
  await expect(page.locator("#notice")).toContainText("You are still signed in");
  await expect(title(page)).toHaveText("Projects");
  await showsSignedIn(page);

  // A whole page has no snapshot then, and asks the session endpoint until it has a verdict.
  await page.goto("/");
  await expect(title(page)).toHaveText("Please try again in a moment");
  await expect(page.locator("#notice")).toHaveText("The app cannot tell who you are right now.");
  issuer.control.faults.remove(outage);
  await expect(title(page)).toHaveText("ada's Workspace");
});

test("a session that was ended elsewhere is found to be over by the next click", async ({ tab, issuer, expireAccessToken }) => {
  const page = await signIn(tab, "/projects");
  issuer.control.revoke({ family: "F1" });
  await expireAccessToken();
  await page.getByRole("link", { name: "Workspace" }).click();
  await showsSignedOut(page);
});
