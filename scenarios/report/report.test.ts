import type { Browser, Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, violationsOf, writtenReports } from "./report.testing.ts";

const WIDTHS = { desktop: { width: 1_440, height: 900 }, phone: { width: 390, height: 844 } } as const;

let browser: Browser;
let urls: Awaited<ReturnType<typeof writtenReports>>;
beforeAll(async () => {
  // One after the other: a process that starts meanwhile would be taken for the target's.
  urls = await writtenReports();
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** Opens the report, and notes what it complains of and what it asks the network for. */
async function opened(options: Parameters<Browser["newPage"]>[0] = {}, which: keyof typeof urls = "report") {
  const page = await browser.newPage({ viewport: WIDTHS.desktop, ...options });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => request.url().startsWith("file:") || complaints.push(`asks for ${request.url()}`));
  await page.goto(urls[which]);
  return { page, complaints };
}

const PAGES = (["report", "matrix"] as const).flatMap((which) =>
  Object.entries(WIDTHS).map(([width, viewport]) => ({ which, width, viewport })),
);

describe.each(PAGES)("the page of the $which at the width of a $width", ({ which, viewport }) => {
  it.each(["light", "dark"] as const)("opens from disk, in %s, without a complaint, and axe finds nothing", async (colorScheme) => {
    const { page, complaints } = await opened({ viewport, colorScheme }, which);
    for (const details of await page.locator("details").all()) await details.evaluate((element) => element.setAttribute("open", ""));
    expect(await violationsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
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

  it("a cell of the matrix leads to its counterexample, and back, and nothing has the focus that nobody sees", async () => {
    const { page, complaints } = await opened({ viewport: WIDTHS.phone }, "matrix");
    await tabTo(page, "td.violated a");
    const unseen = await page.evaluate(
      () =>
        [...document.querySelectorAll("a[href]:not(.skip)")].filter(
          (link) => link.checkVisibility() && link.getBoundingClientRect().width < 2,
        ).length,
    );
    expect(unseen).toBe(0);
    const id = await page.evaluate(() => document.activeElement?.getAttribute("href") ?? "");
    await page.keyboard.press("Enter");
    expect(await page.locator(`${id} > details`).getAttribute("open")).not.toBeNull();
    await tabTo(page, ".back a");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => location.hash)).toMatch(/-place$/);
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
