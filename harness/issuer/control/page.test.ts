import { Browser, type HTMLButtonElement, type HTMLElement, type HTMLFormElement } from "happy-dom";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OPTIONS, refresh, signIn } from "../server.testing.ts";
import { type IssuerServer, startIssuerServer } from "../server.ts";

// The control page in happy-dom: it runs the page's own script against a real server, but lays nothing out, so heights are given.

const BEARER = "control-bearer-of-the-test";
/** Pixels. */
const [ROW, VIEW] = [20, 100];

let server: IssuerServer;
let browser: Browser;
const pages: { get(id: string): HTMLElement; text(id: string): string }[] = [];
beforeEach(async () => {
  server = await startIssuerServer({ ...OPTIONS, journalSize: 2_000, controlBearer: BEARER });
  browser = new Browser({ settings: { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true } });
});
afterEach(async () => {
  // The issuer first: a page that is gone could not say that its stream has ended.
  await server.close();
  for (const page of pages.splice(0)) await until(() => !page.get("sign-in").hidden || page.text("status").includes("cannot be reached"));
  await browser.close();
});

async function open(hash = `#${BEARER}`) {
  const page = browser.newPage();
  await page.goto(`${server.origin}/_holdfast/${hash}`, {
    beforeContentCallback: (window) => Object.assign(window, { TextDecoderStream }),
  });
  const { document } = page.mainFrame;
  const get = (id: string) => document.getElementById(id) as unknown as HTMLElement;
  const rows = get("rows");
  Object.defineProperties(rows, {
    scrollHeight: { get: () => rows.childElementCount * ROW },
    clientHeight: { value: VIEW },
    scrollTop: { value: 0, writable: true },
  });
  const opened = {
    get,
    rows,
    address: () => page.mainFrame.window.location.href,
    text: (id: string) => get(id).textContent,
    press: (label: string) => {
      const button = [...document.querySelectorAll("button")].find(
        (one) => (one.getAttribute("aria-label") ?? one.textContent.trim()) === label,
      );
      (button as unknown as HTMLButtonElement).click();
    },
    choose: (field: string, value: string) => {
      (document.querySelector(`#fault [name=${field}]`) as unknown as { value: string }).value = value;
    },
    submit: (id: string) => (get(id) as HTMLFormElement).requestSubmit(),
    scrollTo(top: number) {
      rows.scrollTop = top;
      rows.dispatchEvent(new page.mainFrame.window.Event("scroll"));
    },
  };
  pages.push(opened);
  return opened;
}

/** Waits for what I/O brings, turn by turn of the event loop. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}

const ask = (times: number) =>
  Promise.all(Array.from({ length: times }, () => fetch(`${server.origin}/sso/jwks/client_test`).then((response) => response.text())));

describe("the control page", () => {
  test("shows families as trees and the journal, takes the bearer out of its address, and asks for it where there is none", async () => {
    const { refresh_token } = await signIn(server.origin);
    await refresh(server.origin, refresh_token);
    const page = await open();
    await until(() => page.rows.childElementCount === 3 && page.text("families") !== "");
    expect(page.text("families")).toContain("F1 user_ada · client_test · live");
    expect([...page.get("families").querySelectorAll("li > span")].map((one) => one.textContent)).toEqual(["F1.g0 spent", "F1.g1 live"]);
    expect(page.rows.lastElementChild?.textContent).toMatch(
      /POST token refresh_token client_test RT F1\.g0 → 200RT F1\.g0 rotated → RT F1\.g1/,
    );
    expect(page.address()).toBe(`${server.origin}/_holdfast/`);

    const stranger = await open("#not-the-bearer-of-the-test");
    await until(() => !stranger.get("sign-in").hidden);
    expect([stranger.get("main").hidden, stranger.text("status")]).toEqual([
      true,
      "Expected the bearer that the issuer printed when it started.",
    ]);
  });

  test("has buttons that rotate, revoke, hold, release, break and move the clock", async () => {
    const { refresh_token } = await signIn(server.origin);
    const page = await open();
    await until(() => page.text("families").includes("F1") && page.text("keys").includes("K1"));
    const { control } = server.issuer;

    page.press("Rotate now");
    await until(() => page.text("status").includes("signs now"));
    expect(control.keys.list().find(({ signs }) => signs)?.id).toBe("K2");

    page.press("Move the clock by 5 minutes");
    await until(() => page.text("offset") === "(+300 s)");
    expect(server.clock.offset).toBe(300_000);

    page.choose("kind", "hold");
    page.submit("fault");
    await until(() => page.text("faults").includes("fault 1: hold"));
    const held = refresh(server.origin, refresh_token);
    await until(() => control.faults.held().length === 1);
    page.press("Release what fault 1 holds");
    expect((await held).status).toBe(200);

    page.choose("kind", "503");
    page.submit("fault");
    await until(() => control.faults.list().length === 2);
    expect((await refresh(server.origin, refresh_token)).status).toBe(503);

    page.press("Revoke F1");
    await until(() => page.text("families").includes("ended (admin)"));
    expect(control.families()[0]?.ended).toBe("admin");
  });

  test("keeps its rows while an older range loads, and follows the end only for whoever is there", async () => {
    await ask(250);
    const page = await open();
    await until(() => page.rows.childElementCount === 200);
    const end = () => page.rows.scrollTop === page.rows.scrollHeight;
    expect(end()).toBe(true);
    await ask(1);
    await until(() => page.rows.childElementCount === 201);
    expect([end(), page.get("newer").hidden]).toEqual([true, true]);

    page.scrollTo(40);
    const read = [...page.rows.children][2];
    await ask(3);
    await until(() => page.text("newer") === "3 new ↓");
    expect([page.rows.scrollTop, page.rows.childElementCount]).toEqual([40, 204]);

    const before = [...page.rows.children];
    page.press("Older");
    expect([page.rows.getAttribute("aria-busy"), page.rows.childElementCount]).toEqual(["true", 204]);
    await until(() => page.rows.getAttribute("aria-busy") === null);
    const after = [...page.rows.children];
    expect(after.length).toBe(254);
    expect(after.slice(50)).toEqual(before);
    // What was read stands where it stood.
    expect(after.indexOf(read as (typeof after)[number]) * ROW - page.rows.scrollTop).toBe(0);
    page.press("Older");
    await until(() => page.text("range") === "nothing older is kept");

    page.press("3 new ↓");
    page.scrollTo(page.rows.scrollHeight);
    expect(page.get("newer").hidden).toBe(true);
    await ask(1);
    await until(() => page.rows.childElementCount === 255);
    expect(end()).toBe(true);
  });
});
