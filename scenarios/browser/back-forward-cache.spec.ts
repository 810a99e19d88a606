import { expect, test } from "../../harness/library/playwright.ts";
import { showsSignedOut, signIn, title } from "./steps.ts";

// Playwright switches the back/forward cache off. With it, its `page.goBack` would wait for a load that never comes.
test.use({ launchOptions: { ignoreDefaultArgs: ["--disable-back-forward-cache"] } });

test("after a logout, Back shows nothing that was somebody's", async ({ tab }) => {
  const page = await signIn(tab);
  await expect(title(page)).toHaveText("ada's Workspace");
  // A document of its own: at the address of the first one there is another page after the logout.
  await page.goto("/projects");
  await page.getByRole("button", { name: "Sign out" }).click();
  await showsSignedOut(page);
  for (const path of ["/projects", "/"]) {
    await page.evaluate(() => history.back());
    await expect(page).toHaveURL(path);
    await showsSignedOut(page);
    expect(await page.content()).not.toContain("ada@example.test");
  }
});
