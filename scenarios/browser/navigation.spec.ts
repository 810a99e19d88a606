import { expect, test } from "../../harness/library/playwright.ts";

test("signs in and shows the workspace", async ({ tab }) => {
  const page = await tab("/login?login_hint=ada@example.test");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("ada's Workspace");
  await page.getByRole("link", { name: "Events" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Events");
  await expect(page.locator("#connection")).toHaveText(/Live/);
  await expect(page.getByText("ada@example.test signed in")).toBeVisible();
});
