import type { Browser, Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, violationsOf, writtenReport } from "./report.testing.ts";

const WIDTHS = { desktop: { width: 1_440, height: 900 }, phone: { width: 390, height: 844 } } as const;

let browser: Browser;
let url: string;
beforeAll(async () => {
  // One after the other: a process that starts meanwhile would be taken for the target's.
  url = await writtenReport();
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** Opens the report, and notes what it complains of and what it asks the network for. */
async function opened(options: Parameters<Browser["newPage"]>[0] = {}) {
  const page = await browser.newPage({ viewport: WIDTHS.desktop, ...options });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => request.url().startsWith("file:") || complaints.push(`asks for ${request.url()}`));
  await page.goto(url);
  return { page, complaints };
}

describe.each(Object.entries(WIDTHS))("the report at the width of a %s", (_, viewport) => {
  it.each(["light", "dark"] as const)("opens from disk, in %s, without a complaint, and axe finds nothing", async (colorScheme) => {
    const { page, complaints } = await opened({ viewport, colorScheme });
    for (const details of await page.locator("details").all()) await details.evaluate((element) => element.setAttribute("open", ""));
    expect(await violationsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    // What is broad scrolls in a box of its own.
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await page.close();
  });
});

describe("with the keyboard alone", () => {
  /** Presses Tab until something that fits has the focus. */
  async function tabTo(page: Page, selector: string): Promise<void> {
    for (let presses = 0; presses < 200; presses++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return;
    }
    throw new Error(`no ${selector} had the focus within 200 presses of Tab`);
  }

  it("a cell leads to its counterexample, whose steps are gone through and told", async () => {
    const { page, complaints } = await opened();
    await tabTo(page, "td.violated a");
    const id = await page.evaluate(() => document.activeElement?.getAttribute("href") ?? "");
    await page.keyboard.press("Enter");
    expect(await page.locator(`${id} > details`).getAttribute("open")).not.toBeNull();
    await tabTo(page, ".picture");
    const told = page.locator(`${id} .told`).first();
    expect(await told.textContent()).toContain("go through the steps");
    const steps = [];
    for (const key of ["ArrowDown", "ArrowDown", "ArrowUp", "End", "Home"]) {
      await page.keyboard.press(key);
      steps.push((await told.textContent())?.match(/^step (\d+):/)?.[1]);
    }
    expect(steps[0]).toBe(steps[2]);
    expect(steps[4]).toBe(steps[0]);
    expect(Number(steps[1])).toBeGreaterThan(Number(steps[0]));
    expect(Number(steps[3])).toBeGreaterThan(Number(steps[1]));
    expect(await page.locator(`${id} .row.marked`).count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("the line that plays a counterexample again is copied", async () => {
    const { page } = await opened();
    await tabTo(page, "td.violated a");
    await page.keyboard.press("Enter");
    await tabTo(page, "button[data-copies]");
    await page.keyboard.press("Enter");
    const label = page.locator("button:focus");
    await expect.poll(() => label.textContent()).toMatch(/^(Copied|Selected)/);
    await page.close();
  });
});
