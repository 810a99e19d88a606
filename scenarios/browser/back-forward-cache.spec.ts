import { expect, test } from "../../harness/library/playwright.ts";
import { showsSignedOut, signIn, title } from "./steps.ts";

// Playwright switches the back/forward cache off. With it, its `page.goBack` would wait for a load that never comes.
test.use({ launchOptions: { ignoreDefaultArgs: ["--disable-back-forward-cache"] } });

test("after a logout, Back shows nothing that was somebody's", async ({ tab }) => {
  const page = await signIn(tab);
  await expect(title(page)).toHaveText("ada's Workspace");
  await page.getByRole("button", { name: "Sign out" }).click();
  await showsSignedOut(page);
  await page.evaluate(() => history.back());
  await showsSignedOut(page);
  expect(await page.content()).not.toContain("ada's Workspace");
});
