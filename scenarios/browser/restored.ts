import type { Page } from "@playwright/test";
import { test } from "../../harness/library/playwright.ts";

/** A page of somebody who is elsewhere, and may come back to it. */
export interface SetAside {
  /** Goes back to it. */
  back(): Promise<void>;
}

/**
 * Has somebody go elsewhere in a tab. The browser puts the page aside as it is, and back restores it. A headless shell of Chromium never
 * does: there, the page is told what it would be told, and the test is marked so.
 */
export async function goElsewhere(page: Page): Promise<SetAside> {
  const isReal = await restoresPages(page);
  test
    .info()
    .annotations.push({ type: "restored", description: isReal ? "by the browser" : "by its events: this browser restores no pages" });
  if (isReal) {
    // To what is no page of the app's: it has no script that would look after the other one.
    await page.goto("/icon.svg");
    return { back: () => page.evaluate(() => history.back()) };
  }
  await tell(page, "pagehide");
  return { back: () => tell(page, "pageshow") };
}

/** Has a page believe that it was put aside and restored. */
export async function tellRestored(page: Page): Promise<void> {
  await tell(page, "pagehide");
  await tell(page, "pageshow");
}

async function tell(page: Page, type: "pagehide" | "pageshow"): Promise<void> {
  await page.evaluate((name) => void dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type);
}

/** Asked of pages that every browser with a back/forward cache restores. */
async function restoresPages(page: Page): Promise<boolean> {
  const probe = await page.context().newPage();
  await probe.goto("/style.css");
  await probe.goto("/icon.svg");
  const device = await page.context().newCDPSession(probe);
  await device.send("Page.enable");
  const arrival = new Promise<string>((resolve) => device.on("Page.frameNavigated", ({ type }) => resolve(type)));
  await probe.evaluate(() => history.back());
  const type = await arrival;
  await probe.close();
  return type === "BackForwardCacheRestore";
}
