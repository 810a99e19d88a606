import { expect, test } from "../../harness/library/playwright.ts";
import { appProcess } from "./app-process.ts";
import { requestsOf, showsSignedIn, signIn, title } from "./steps.ts";

test("a reload asks the issuer nothing: neither does the browser, nor the app", async ({ tab, issuer, app }) => {
  const page = await signIn(tab);
  const before = issuer.requests().length;
  const requests = requestsOf(page);
  for (const path of ["/", "/projects", "/events"]) {
    await page.goto(path);
    await page.reload();
    await showsSignedIn(page);
  }
  const origins = new Set(requests.map((request) => new URL(request.url()).origin));
  expect([...origins]).toEqual([app.origin]);
  expect(requests.length).toBeGreaterThanOrEqual(6);
  expect(issuer.requests().slice(before)).toEqual([]);
});

test.describe("a cold process with static keys", () => {
  const { start, restart } = appProcess();
  test.use({ appUnderTest: { start } });

  test("answers its first page load without asking the issuer", async ({ tab, issuer, app }) => {
    const page = await signIn(tab);
    const before = issuer.requests().length;
    const requests = requestsOf(page);
    await restart();
    await page.reload();
    // Who it is stands in the cookie; what the first process kept in its memory is gone with it.
    await showsSignedIn(page);
    await expect(title(page)).toHaveText("You are signed in");
    await expect(page.getByText("user_ada").first()).toBeVisible();
    expect(new Set(requests.map((request) => new URL(request.url()).origin))).toEqual(new Set([app.origin]));
    expect(issuer.requests().slice(before)).toEqual([]);
  });
});
