import type { Page } from "@playwright/test";
import axe from "axe-core";
import { organizations } from "../../fixtures/organizations.ts";
import { expect, test } from "../../harness/library/playwright.ts";
import { isLive, note, shows, showsSignedOut, signIn, title } from "./steps.ts";

const WIDTHS = { desktop: { width: 1_280, height: 800 }, phone: { width: 390, height: 844 } } as const;
const member = (organizationId: string) => ({ userId: "user_ada", organizationId, role: "member" });

/** What axe finds wrong with a page, a line each. */
async function violationsOf(page: Page): Promise<readonly string[]> {
  // Not as a script tag, which the page's own policy refuses.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: { run(): Promise<axe.AxeResults> } }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
  });
}

async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

for (const [name, viewport] of Object.entries(WIDTHS)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`at the width of a ${name}, in ${colorScheme}`, () => {
      test.use({
        viewport,
        colorScheme,
        issuerOptions: { organizations, memberships: [member("org_acme")], customClaims: ["organizations", "projects"] },
      });

      test("axe finds nothing, nothing is wider than the screen, and the policy stops nothing", async ({ tab }, testInfo) => {
        const page = await tab("/");
        const complaints: string[] = [];
        page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
        page.on("pageerror", (error) => complaints.push(error.message));
        const look = async (what: string) => {
          expect([what, await violationsOf(page)]).toEqual([what, []]);
          expect([what, await overflow(page)]).toEqual([what, 0]);
          await page.screenshot({ path: testInfo.outputPath(`${what}.png`), fullPage: true });
        };
        await showsSignedOut(page);
        await look("signed-out");
        await page.getByLabel("Email address").fill("ada@example.test");
        await page.getByRole("button", { name: "Sign in" }).click();
        await expect(title(page)).toHaveText("ada's Workspace");
        await look("workspace");
        await page.getByRole("link", { name: "Projects" }).click();
        await page.getByLabel("Name", { exact: true }).fill("Apollo");
        await page.getByLabel("Short name").fill("apollo");
        await page.getByRole("button", { name: "Create project" }).click();
        await expect(page.getByRole("listitem")).toContainText(["Apollo"]);
        await look("projects");
        await page.getByRole("link", { name: "Events" }).click();
        await isLive(page);
        for (let n = 1; n <= 12; n++) {
          await note(page, `Note ${n}: a text that is long enough to need more than one line on a phone, and is cut off after two of them`);
          await expect(page.getByText(`Note ${n}:`)).toBeVisible();
        }
        await look("events");
        await page.locator("#stream").hover();
        await page.mouse.wheel(0, -300);
        await expect(page.getByRole("button", { name: "Go to the latest event" })).toBeVisible();
        await look("events-scrolled-up");
        await page.goto("/nowhere");
        await look("no-such-page");
        expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
      });
    });
  }
}

test.describe("a member of two organizations", () => {
  test.use({
    issuerOptions: { organizations, memberships: organizations.map(({ id }) => member(id)), customClaims: ["organizations", "projects"] },
  });

  test("says to which of them a new project belongs, and the choice is kept when it is refused", async ({ tab }) => {
    const page = await tab("/login?login_hint=ada@example.test&organization_id=org_acme&return_to=/projects");
    await expect(title(page)).toHaveText("Projects");
    await expect(page.getByLabel("Organization").getByRole("option")).toHaveText(["Choose one", "Acme", "Zenith"]);
    for (const [name, organization] of [
      ["Apollo", "Zenith"],
      ["Gemini", "Acme"],
    ] as const) {
      await page.getByLabel("Organization").selectOption(organization);
      await page.getByLabel("Name", { exact: true }).fill(name);
      await page.getByLabel("Short name").fill(name.toLowerCase());
      await page.getByRole("button", { name: "Create project" }).click();
      await expect(page.getByRole("listitem").filter({ hasText: name })).toContainText(organization);
    }
    await page.getByLabel("Organization").selectOption("Acme");
    await page.getByLabel("Name", { exact: true }).fill("Another");
    await page.getByLabel("Short name").fill("apollo");
    await page.getByRole("button", { name: "Create project" }).click();
    await expect(page.getByRole("alert")).toHaveText("There is a project with this slug. Choose another.");
    await expect(page.getByLabel("Organization")).toHaveValue("acme");
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Another");
    expect(await violationsOf(page)).toEqual([]);

    await page.getByRole("link", { name: "Workspace" }).click();
    await expect(page.getByRole("region", { name: "Projects" }).getByRole("listitem")).toHaveText([/Apollo/, /Gemini/]);
    await page.getByRole("link", { name: "Events" }).click();
    await shows(page, "Project “Gemini” was created in Acme");
  });
});

test("whoever is a member of no organization is told so", async ({ tab }) => {
  const page = await signIn(tab, "/projects");
  await expect(page.getByText("you are not a member of any")).toBeVisible();
  await expect(page.getByRole("button", { name: "Create project" })).toHaveCount(0);
});

test("a note that is written while the one before is on its way is not lost, and one that was not added is given back", async ({
  tab,
  context,
}) => {
  const page = await signIn(tab, "/events");
  await isLive(page);
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await page.route("/events", async (route) => {
    asked.resolve();
    await answer.promise;
    await route.continue();
  });
  const field = page.getByLabel("Add a note");
  await note(page, "the first");
  await asked.promise;
  await field.fill("the second");
  answer.resolve();
  await shows(page, "the first");
  await expect(field).toHaveValue("the second");
  await page.unroute("/events");
  await page.getByRole("button", { name: "Add" }).click();
  await shows(page, "the second");

  await context.setOffline(true);
  await note(page, "the third");
  await expect(page.locator("#notice")).toHaveText("The note was not added. Please try again.");
  await expect(field).toHaveValue("the third");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the pages do what links and forms can do", async ({ tab }) => {
    const page = await signIn(tab);
    await page.getByRole("link", { name: "Events" }).click();
    await expect(title(page)).toHaveText("Events");
    await page.getByLabel("Add a note").fill("without a script");
    await page.getByRole("button", { name: "Add" }).click();
    await shows(page, "without a script");
  });
});
