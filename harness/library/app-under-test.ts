import type { TestIssuer } from "../lanes/browser/issuer.ts";
import { HoldfastError } from "../model/error.ts";
import { startTestApp } from "../targets/reference/test-app.ts";

/** The app of a test. */
export interface AppUnderTest {
  /** Where browsers reach it, for instance `http://localhost:3000`. */
  readonly origin: string;
  /** Moves its clock and the issuer's forward by so many milliseconds, where it can. */
  advance?(ms: number): void;
  /** Stops it, where the test has started it. */
  close?(): Promise<void>;
}

/** What an app is started with. */
export interface AppSurroundings {
  readonly issuer: TestIssuer;
  /** What WorkOS' SDKs read, for a process: `WORKOS_API_HOSTNAME`, `WORKOS_API_PORT`, `WORKOS_API_HTTPS`, `WORKOS_CLIENT_ID`, `WORKOS_API_KEY`, … */
  readonly environment: Readonly<Record<string, string>>;
}

/** An app that a test has started. */
export interface StartedApp extends AppUnderTest {
  close(): Promise<void>;
}

/** Where the app runs already (then the issuer needs a fixed port, and tests one worker), or how each test starts one of its own. */
export type AppChoice = { readonly url: string } | { start(surroundings: AppSurroundings): Promise<StartedApp> };

/**
 * The app that was chosen, once it answers.
 *
 * @throws {HoldfastError} `BAD_USAGE` for what is no app
 */
export async function openApp(choice: AppChoice | null, issuer: TestIssuer): Promise<AppUnderTest> {
  if (choice === null) return startTestApp(issuer.settings, issuer.clock);
  if ("url" in choice) return { origin: await answering(originOf(choice.url, "appUnderTest.url")) };
  const started = await choice.start({ issuer, environment: issuer.environment });
  try {
    return { ...started, origin: await answering(originOf(started.origin, "the `origin` of what appUnderTest.start returns")) };
  } catch (error) {
    await started.close?.();
    throw error;
  }
}

function originOf(text: string, what: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.origin;
  throw new HoldfastError(
    "BAD_USAGE",
    `expected ${what} to be an http(s) URL, got ${JSON.stringify(text)}`,
    "http://localhost:3000 is one",
  );
}

/** Whatever it answers: which pages it has is its own affair. */
async function answering(origin: string): Promise<string> {
  try {
    await (await fetch(origin, { redirect: "manual" })).body?.cancel();
    return origin;
  } catch (error) {
    const hint = "start it first, for instance with Playwright's `webServer`, or return from `start` once it listens";
    throw new HoldfastError("BAD_USAGE", `expected an app that answers at ${origin}, got nothing`, hint, { cause: error });
  }
}
