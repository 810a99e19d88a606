import type { Browser } from "../../../browser/browser.ts";
import { REDIRECT_LIMIT, redirectOf } from "../../../browser/redirects.ts";
import { HoldfastError } from "../../../model/error.ts";
import type { LiveStage } from "../stage.ts";
import { callApi } from "./api-callback.ts";
import type { PlanItem } from "./item.ts";

/**
 * A browser asks for the callback of its sign-in twice at once, as a double click does, and once more, as a reload does. However these
 * are answered, the session that the first of them began lives. The address alone, in somebody else's browser, signs nobody in.
 * Where the app's API takes the web app's call after a sign-in, that call comes twice at once and once more, too.
 */
export const doubleCallback: PlanItem = {
  name: "double-callback",
  describe: "the callback of a sign-in comes twice at once and once more later, and in a browser that did not begin it",
  invariants: ({ callback }) => (callback === undefined ? [] : ["callback-idempotent"]),
  async play(stage) {
    const { ada, ben, scene } = stage;
    const { config, people, app } = scene.parts;
    const callback = await signInUpToTheCallback(stage, ada);
    await Promise.all([goOnFrom(ada, app.origin, callback), goOnFrom(ada, app.origin, callback)]);
    await stage.load(ada);
    await goOnFrom(ada, app.origin, callback);
    await stage.load(ada);
    const stranger = scene.open("stranger", people.ben);
    await goOnFrom(stranger, app.origin, callback);
    await stranger.load(stage.page());
    await stage.signIn(ben);
    if (config.callback !== undefined) await callApi(stage, config.callback);
    await stage.goOn();
  },
};

/** The address at which the app is to be told the code. */
async function signInUpToTheCallback({ scene }: LiveStage, browser: Browser): Promise<string> {
  const { app, config, issuer } = scene.parts;
  let url = `${app.origin}${config.signIn ?? "/login"}`;
  for (let hop = 0; hop <= REDIRECT_LIMIT; hop++) {
    const response = await browser.visit(url);
    const next = response === null ? null : redirectOf(url, response);
    if (next === null) break;
    if (new URL(url).origin === issuer.facts.origin && next.origin === app.origin) return next.href;
    url = next.href;
  }
  throw new HoldfastError(
    "BAD_TARGET",
    "expected the issuer to send the browser back to the app",
    "the app's redirect URI is on its own origin",
  );
}

/** Follows where an address leads within the app. */
async function goOnFrom(browser: Browser, app: string, from: string): Promise<void> {
  let url = from;
  for (let hop = 0; hop <= REDIRECT_LIMIT; hop++) {
    const response = await browser.visit(url);
    const next = response === null ? null : redirectOf(url, response);
    if (next === null || next.origin !== app) return;
    url = next.href;
  }
}
