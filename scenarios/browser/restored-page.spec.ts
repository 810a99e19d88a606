import type { Page } from "@playwright/test";
import { expect, test } from "../../harness/library/playwright.ts";
import { goElsewhere, tellRestored } from "./restored.ts";
import { isLive, note, nothingEnded, requestsOf, shows, showsSignedIn, showsSignedOut, signIn } from "./steps.ts";

// As in browsers that restore even pages that nobody may store. Chromium does that for some of its users.
test.use({
  launchOptions: {
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    args: ["--enable-features=CacheControlNoStoreEnterBackForwardCache"],
  },
});

test("after a logout in this browser, Back shows nothing that was somebody's", async ({ tab }) => {
  const page = await signIn(tab, "/projects");
  const aside = await goElsewhere(page);
  const other = await tab("/");
  await other.getByRole("button", { name: "Sign out" }).click();
  await showsSignedOut(other);
  await aside.back();
  await showsSignedOut(page);
  await expect(page.getByText("ada@example.test")).toHaveCount(0);
});

test("after the session was ended elsewhere, a restored page asks before it shows anything, and then shows nothing", async ({
  tab,
  issuer,
  expireAccessToken,
}) => {
  const page = await signIn(tab, "/projects");
  await noteVisibility(page);
  const aside = await goElsewhere(page);
  issuer.control.revoke({ family: "F1" });
  await expireAccessToken();
  const requests = requestsOf(page);
  const seen = visibilities(page);
  await aside.back();
  await showsSignedOut(page);
  expect(requests.map((request) => new URL(request.url()).pathname)[0]).toBe("/session");
  // It was the very page that came back, and its content was hidden then.
  expect(await seen).toBe("hidden");
  await expect(page.getByText("ada@example.test")).toHaveCount(0);
});

test("while the session lives, a restored page is shown again once the app has said so, and nothing else is loaded", async ({
  tab,
  issuer,
}) => {
  const page = await signIn(tab, "/projects");
  await noteVisibility(page);
  const aside = await goElsewhere(page);
  const requests = requestsOf(page);
  const seen = visibilities(page);
  await aside.back();
  expect(await seen).toBe("hidden");
  await expect(page.locator("main")).toBeVisible();
  await showsSignedIn(page);
  expect(requests.map((request) => new URL(request.url()).pathname)).toEqual(["/session"]);
  nothingEnded(issuer);
});

test("a restored page of one person is not shown to the next one", async ({ tab }) => {
  const page = await signIn(tab, "/projects", "ada@example.test");
  const aside = await goElsewhere(page);
  const other = await signIn(tab, "/projects", "ben@example.test");
  await expect(other.getByText("ben@example.test")).toBeVisible();
  await aside.back();
  await expect(page.getByText("ben@example.test")).toBeVisible();
  await expect(page.getByText("ada@example.test")).toHaveCount(0);
});

test("a page with a stream goes on where it was, with one stream and one form", async ({ tab }) => {
  const page = await signIn(tab, "/events");
  await isLive(page);
  const before = Array.from({ length: 40 }, (_, n) => `note ${n}`);
  for (const text of before) await note(page, text);
  await shows(page, "note 39");
  const position = () => page.locator("#stream").evaluate((stream) => stream.scrollTop);
  const top = (await position()) - 600;
  await page.locator("#stream").hover();
  await page.mouse.wheel(0, -600);
  await expect.poll(position).toBe(top);

  // Pages that no one may store, and that have had a WebSocket, are restored by no Chromium; other browsers may.
  const opened: string[] = [];
  page.on("websocket", (socket) => opened.push(socket.url()));
  await tellRestored(page);
  await isLive(page);
  expect([opened.length, await position()]).toEqual([1, top]);
  await note(page, "after it");
  await page.getByRole("button", { name: "Go to the latest event" }).click();
  await shows(page, "after it");
  await expect(page.getByText("after it", { exact: true })).toHaveCount(1);
  await page.reload();
  await expect(page.getByText("after it", { exact: true })).toHaveCount(1);
});

const RESTORED = "restored: ";

/** Has the page say, when it is restored, whether its content can be seen at that moment. */
async function noteVisibility(page: Page): Promise<void> {
  await page.evaluate((prefix) => {
    addEventListener("pageshow", (event) => {
      if (event.persisted)
        console.log(`${prefix}${document.querySelector("main")?.checkVisibility({ visibilityProperty: true }) ? "visible" : "hidden"}`);
    });
  }, RESTORED);
}

async function visibilities(page: Page): Promise<string> {
  const message = await page.waitForEvent("console", (said) => said.text().startsWith(RESTORED));
  return message.text().slice(RESTORED.length);
}
