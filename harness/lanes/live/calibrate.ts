import type { Browser } from "../../browser/browser.ts";
import { HoldfastError } from "../../model/error.ts";
import type { Answer } from "../../model/target.ts";
import { classifier } from "./classify.ts";
import { exchange } from "./http.ts";
import type { Scene } from "./scene.ts";
import { cookiesIn, type IsSessionCookie, type NamedCookie, sessionCookiesLike, sessionCookiesNamed } from "./session-cookies.ts";
import type { LiveStage } from "./stage.ts";

/** What is known of an app before it is tried. */
export interface Calibration {
  /** Milliseconds that it takes for a page of somebody who is signed in. */
  readonly latency: number;
  readonly isSession: IsSessionCookie;
}

/**
 * Gets to know the app: two people sign in, every configured page is seen as somebody and as nobody, and its session cookies are those
 * without which a page is no longer that of somebody signed in.
 *
 * @throws HoldfastError `BAD_TARGET` when a sign-in comes to nothing, `BAD_USAGE` when the configuration cannot tell signed-in from signed-out
 */
export async function calibrate(stage: LiveStage): Promise<Calibration> {
  const { scene } = stage;
  const { config } = scene.parts;
  await stage.signIn(stage.ada);
  await stage.signIn(stage.ben);
  const taken: number[] = [];
  for (const path of config.pages) {
    const began = performance.now();
    await expectKind(scene, path, headerOf(stage.ada), "signed-in");
    taken.push(performance.now() - began);
    await expectKind(scene, path, "", "signed-out");
  }
  const latency = Math.max(...taken);
  if (config.sessionCookies !== undefined) return { latency, isSession: sessionCookiesNamed(config.sessionCookies) };
  const [one, other] = [await essential(scene, stage.ada), await essential(scene, stage.ben)];
  return { latency, isSession: sessionCookiesLike(one, other) };
}

/** The names of the cookies without any one of which a page is not answered signed-in; all of them where none is by itself. */
async function essential(scene: Scene, browser: Browser): Promise<readonly string[]> {
  const path = scene.parts.config.pages[0] ?? "/";
  const cookies = cookiesIn(headerOf(browser));
  const needed: string[] = [];
  for (const { name } of cookies) {
    const { kind } = await ask(scene, path, textOf(cookies.filter((cookie) => cookie.name !== name)));
    if (kind !== "signed-in") needed.push(name);
  }
  return needed.length > 0 ? needed : cookies.map(({ name }) => name);
}

async function expectKind(scene: Scene, path: string, cookies: string, expected: "signed-in" | "signed-out"): Promise<void> {
  const { kind, answer } = await ask(scene, path, cookies);
  if (kind === expected) return;
  const who = expected === "signed-in" ? "somebody who has just signed in" : "somebody without a cookie";
  const got = answer === null ? "no answer" : `status ${answer.status}${locationOf(answer)}, which the configuration calls "${kind}"`;
  const word = expected === "signed-in" ? "signedIn" : "signedOut";
  throw new HoldfastError(
    "BAD_USAGE",
    `expected ${path} to be answered ${expected} for ${who}, got ${got}`,
    `mend ${word} in the configuration, which tells how such an answer is recognised, or pages`,
  );
}

/** One page with these cookies and nothing of what it sets kept. */
async function ask(scene: Scene, path: string, cookies: string): Promise<{ readonly kind: string; readonly answer: Answer | null }> {
  const { app, config, signal } = scene.parts;
  const headers = [["accept", "text/html"] as const, ...(cookies === "" ? [] : [["cookie", cookies] as const])];
  const { answer } = exchange({ method: "GET", url: `${app.origin}${path}`, headers, body: null }, signal, (config.patience ?? 30) * 1000);
  const response = await answer;
  if (response === null) return { kind: "lost", answer: null };
  const { status, body } = response;
  const whole = { status, headers: new Headers(response.headers as [string, string][]), body };
  return { kind: classifier(config)(whole, "page"), answer: whole };
}

function headerOf(browser: Browser): string {
  return browser.cookies();
}

function textOf(cookies: readonly NamedCookie[]): string {
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
}

function locationOf({ headers }: Answer): string {
  const location = headers.get("location");
  return location === null ? "" : ` to ${location.split("?")[0]}`;
}
