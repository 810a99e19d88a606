import type { Page } from "@playwright/test";
import { expect, test } from "../../harness/library/playwright.ts";
import { isLive, note, shows, signIn } from "./steps.ts";

/** What a page has seen of its own rows. */
interface Watch {
  /** Places of rows that were shown, and of skeletons. */
  readonly shown: Set<number>;
  readonly skeletons: Set<number>;
  /** Rows that were shown and became skeletons: places, in order. */
  readonly blanked: number[];
  /** Moments at which there were no rows at all. */
  empty: number;
}

/** Has the page watch every change of its rows from now on. */
async function watchRows(page: Page): Promise<void> {
  await page.evaluate(() => {
    const list = document.querySelector("#stream ol") as HTMLElement;
    const watch: Watch = { shown: new Set(), skeletons: new Set(), blanked: [], empty: 0 };
    const look = () => {
      const rows = [...list.children] as HTMLElement[];
      if (rows.length === 0) watch.empty++;
      for (const row of rows) {
        const place = Number(row.dataset.place);
        if (!row.classList.contains("skeleton")) watch.shown.add(place);
        else if (watch.shown.has(place)) watch.blanked.push(place);
        else watch.skeletons.add(place);
      }
    };
    look();
    new MutationObserver(look).observe(list, { childList: true, subtree: true, attributes: true, characterData: true });
    Object.assign(window, { watch });
  });
}

async function watched(page: Page): Promise<{ shown: number; skeletons: number; blanked: number[]; empty: number }> {
  return page.evaluate(() => {
    const { watch } = window as unknown as { watch: Watch };
    return { shown: watch.shown.size, skeletons: watch.skeletons.size, blanked: watch.blanked, empty: watch.empty };
  });
}

/** Adds notes, some at a time, from within the page's origin. */
async function addNotes(page: Page, prefix: string, count: number): Promise<void> {
  await page.evaluate(
    async ({ prefix, count }) => {
      let next = 0;
      const post = async () => {
        while (next < count) {
          const body = new URLSearchParams({ text: `${prefix} ${++next}` });
          const response = await fetch("/events", { method: "POST", body, headers: { accept: "application/json" } });
          if (response.status !== 201) throw new Error(`a note was answered ${response.status}`);
        }
      };
      await Promise.all(Array.from({ length: 10 }, post));
    },
    { prefix, count },
  );
}

/** Where the reader is: the scroll position, and what stands at the top of what is seen. */
function readerOf(page: Page): Promise<{ top: number; row: string | undefined; gap: number }> {
  return page.evaluate(() => {
    const stream = document.querySelector("#stream") as HTMLElement;
    const box = stream.getBoundingClientRect();
    const row = document.elementsFromPoint(box.left + 40, box.top + 40).find((element) => element.matches("li")) as HTMLElement | undefined;
    return { top: stream.scrollTop, row: row?.innerText, gap: stream.scrollHeight - stream.clientHeight - stream.scrollTop };
  });
}

async function total(page: Page): Promise<number> {
  return Number(await page.locator("#stream li").last().getAttribute("aria-setsize"));
}

async function wheel(page: Page, pixels: number): Promise<void> {
  await page.locator("#stream").hover();
  await page.mouse.wheel(0, pixels);
}

test("while 500 events stream in, nothing that was shown is blanked, and a reader who has scrolled up is not moved", async ({ tab }) => {
  const writer = await signIn(tab, "/projects");
  await addNotes(writer, "before", 300);
  const reader = await tab("/events");
  await isLive(reader);
  await shows(reader, "before 300");
  await watchRows(reader);

  // Up, to where rows have not been yet: those are skeletons until they come.
  await wheel(reader, -6_000);
  await expect(reader.getByRole("button", { name: "Go to the latest event" })).toBeVisible();
  await expect(reader.locator("#stream .skeleton")).toHaveCount(0);
  const before = await readerOf(reader);
  expect(before.row).toMatch(/^before \d+/);

  const writing = addNotes(writer, "meanwhile", 500);
  // The range changes while they come in: up and down again, over rows that were there.
  for (const pixels of [-700, 700, -1_400, 1_400]) await wheel(reader, pixels);
  await expect.poll(async () => (await readerOf(reader)).top).toBe(before.top);
  await writing;
  await expect.poll(() => total(reader)).toBe(801);
  expect((await readerOf(reader)).row).toBe(before.row);
  expect((await readerOf(reader)).top).toBe(before.top);

  const seen = await watched(reader);
  expect(seen.blanked).toEqual([]);
  expect(seen.empty).toBe(0);
  // The check can fail: there were rows that came late, and many that were shown.
  expect(seen.skeletons).toBeGreaterThan(0);
  expect(seen.shown).toBeGreaterThan(60);
});

test("a reader at the end follows it, and one who comes back to it follows again", async ({ tab }) => {
  const writer = await signIn(tab, "/projects");
  await addNotes(writer, "before", 60);
  const reader = await tab("/events");
  await isLive(reader);
  await watchRows(reader);

  await addNotes(writer, "followed", 100);
  await shows(reader, "followed 100");
  expect((await readerOf(reader)).gap).toBeLessThan(5);

  await wheel(reader, -2_000);
  await expect(reader.getByRole("button", { name: "Go to the latest event" })).toBeVisible();
  const { top } = await readerOf(reader);
  await addNotes(writer, "unread", 20);
  await expect.poll(() => total(reader)).toBe(181);
  expect((await readerOf(reader)).top).toBe(top);

  await reader.getByRole("button", { name: "Go to the latest event" }).click();
  await shows(reader, "unread 20");
  await note(reader, "followed again");
  await shows(reader, "followed again");
  await expect.poll(async () => (await readerOf(reader)).gap).toBeLessThan(5);
  expect((await watched(reader)).blanked).toEqual([]);
});

test("a reader at the end who scrolls up while events stream in is let go at once", async ({ tab }) => {
  const writer = await signIn(tab, "/projects");
  await addNotes(writer, "before", 60);
  const reader = await tab("/events");
  await isLive(reader);
  let [isOver, count] = [false, 0];
  const writing = (async () => {
    while (!isOver) await addNotes(writer, `meanwhile ${++count}:`, 20);
  })();
  await shows(reader, "meanwhile 1: 20");
  await wheel(reader, -2_000);
  await expect(reader.getByRole("button", { name: "Go to the latest event" })).toBeVisible();
  await expect.poll(async () => (await readerOf(reader)).gap).toBeGreaterThan(1_500);
  isOver = true;
  await writing;
});

test("what was shown stays while its stream is interrupted and comes back", async ({ tab, context, expireAccessToken }) => {
  const writer = await signIn(tab, "/projects");
  await addNotes(writer, "before", 120);
  const reader = await tab("/events");
  await isLive(reader);
  await watchRows(reader);
  await context.setOffline(true);
  await expireAccessToken();
  await expect(reader.locator("#connection")).not.toHaveAttribute("data-state", "live");
  await shows(reader, "before 120");
  // There is nobody to ask for these.
  await wheel(reader, -100_000);
  await expect(reader.locator("#stream .skeleton").first()).toBeVisible();
  await context.setOffline(false);
  await isLive(reader);
  await expect(reader.locator("#stream .skeleton")).toHaveCount(0);
  expect((await readerOf(reader)).top).toBe(0);
  expect((await watched(reader)).blanked).toEqual([]);
});
