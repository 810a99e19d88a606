import { newSigningKey } from "../../harness/issuer/keys/node-rs256.ts";
import { expect, test } from "../../harness/library/playwright.ts";
import { isLive, note, nothingEnded, redemptions, shows, showsSignedIn, showsSignedOut, signIn, title } from "./steps.ts";

test("two windows that sign in at once are both signed in, to one workspace", async ({ tab, issuer, hold, expireAccessToken }) => {
  const windows = [await tab(null), await tab(null)] as const;
  const exchange = hold({ at: { endpoint: "token", grantType: "authorization_code" } });
  const arriving = Promise.all(windows.map((page) => page.goto("/login?login_hint=ada%40example.test&return_to=%2Fevents")));
  await exchange.arrived(2);
  exchange.release();
  await arriving;
  for (const page of windows) await isLive(page);
  await note(windows[0], "from one window");
  for (const page of windows) await shows(page, "from one window");

  await expireAccessToken();
  for (const page of windows) {
    await page.goto("/");
    await showsSignedIn(page);
    await expect(title(page)).toHaveText("ada's Workspace");
  }
  // Whichever cookie has stayed, its family goes on, and no token of either was presented twice.
  const all = redemptions(issuer);
  expect(new Set(all).size).toBe(all.length);
  nothingEnded(issuer);
});

test("a key that the issuer begins to sign with while a page is open signs nobody out", async ({ tab, issuer, expireAccessToken }) => {
  const page = await signIn(tab, "/events");
  await isLive(page);
  const keySetAsked = () => issuer.requests().filter(({ endpoint }) => endpoint === "jwks").length;
  const before = keySetAsked();
  const rotated = await issuer.control.keys.rotate({ key: await newSigningKey("a-key-of-later") });
  expect(rotated).toMatchObject({ kid: "a-key-of-later", signs: true });

  await expireAccessToken();
  await expect.poll(() => redemptions(issuer)).toEqual(["RT F1.g0 rotated"]);
  await isLive(page);
  await note(page, "signed with another key");
  await shows(page, "signed with another key");
  await page.reload();
  await showsSignedIn(page);
  // The key was in no set of deploy time, so the issuer's was asked for it.
  expect(keySetAsked()).toBeGreaterThan(before);
  nothingEnded(issuer);
});

test("a sign-out in one tab ends the streams of all, and each of them says so", async ({ tab, issuer }) => {
  const tabs = [await signIn(tab, "/events"), await tab("/events"), await tab("/events")] as const;
  for (const page of tabs) await isLive(page);
  await tabs[0].getByRole("button", { name: "Sign out" }).click();
  for (const page of tabs) await showsSignedOut(page);
  expect(redemptions(issuer)).toEqual([]);
});
