import { test as base, type LaunchOptions, type Page, type PlaywrightWorkerOptions } from "@playwright/test";
import type { FaultAddress, FaultRule } from "../issuer/control/fault-plan.ts";
import { findChromium } from "../lanes/browser/chromium.ts";
import { startTestIssuer, type TestIssuer, type TestIssuerOptions } from "../lanes/browser/issuer.ts";
import { createTimeline, type Timeline } from "../lanes/browser/timeline.ts";
import { type AppChoice, type AppUnderTest, openApp } from "./app-under-test.ts";
import { keepJournal, keepSequence } from "./browser-evidence.ts";

// What `holdfast/playwright` offers: fixtures for Playwright Test.

export { expect } from "@playwright/test";
export type { TestIssuer, TestIssuerOptions } from "../lanes/browser/issuer.ts";
export type { AppChoice, AppSurroundings, AppUnderTest, StartedApp } from "./app-under-test.ts";

/** What a project or a file chooses with `use`. */
export interface HoldfastOptions {
  /** The issuer: its profile, the life of its access tokens, who may sign in. */
  readonly issuerOptions: TestIssuerOptions;
  /** The app: where it runs already, or how it is started. Null: Holdfast's own reference app. */
  readonly appUnderTest: AppChoice | null;
}

/** What a test has to work with. */
export interface HoldfastFixtures {
  /** The fake issuer of this test, with its journal and everything that its operator can do. */
  readonly issuer: TestIssuer;
  /** The app, which knows the issuer. */
  readonly app: AppUnderTest;
  /** Opens one more tab in the one browser of this test, at a path of the app unless it shall be empty (null). Tabs share their cookies. */
  readonly tab: (path?: string | null) => Promise<Page>;
  /**
   * Makes every access token expire that was issued so far. The reference app's clock, and that of an app that says how, is moved on
   * together with the issuer's; for any other app this waits until the newest token has come to its end, so choose a short life.
   */
  readonly expireAccessToken: () => Promise<void>;
  /** Has the issuer hold the next refreshes, until they are released or the test ends. */
  readonly hold: (options?: HoldOptions) => Hold;
}

/** Which requests to the issuer are held, and when. */
export interface HoldOptions extends Pick<FaultRule, "nth"> {
  /** Default: refreshes, at the token endpoint. */
  readonly at?: FaultAddress;
  /** `before-commit`, the default: nothing has happened yet; `after-commit`: the token is rotated, and the answer is on hold. */
  readonly when?: FaultRule["when"];
}

/** Requests on hold. */
export interface Hold {
  /** Resolves once so many wait at the same time; default one. */
  arrived(count?: number): Promise<void>;
  /** Lets them go on, and holds nothing any more. */
  release(): void;
}

const REFRESH: FaultAddress = { endpoint: "token", grantType: "refresh_token" };

interface Internals {
  readonly timeline: Timeline;
}

/**
 * Playwright Test's own `test`, with the fixtures {@link HoldfastFixtures} and the options {@link HoldfastOptions}. Each test has an
 * issuer of its own, and the app unless that runs already. Chromium is found by itself: see `docs/browser.md`.
 *
 * Of a test that fails, the issuer's journal and the picture of who asked whom are kept beside the trace and the screenshots.
 *
 * @example
 * ```ts
 * import { expect, test } from "holdfast/playwright";
 *
 * test.use({ issuerOptions: { profile: "workos", accessTokenLifetime: 60 } });
 *
 * test("two tabs at expiry make one refresh", async ({ issuer, tab, expireAccessToken, hold }) => {
 *   const first = await tab("/login?login_hint=ada@example.test");
 *   const second = await tab("/");
 *   await expireAccessToken();
 *   const refresh = hold();
 *   const reloads = Promise.all([first.reload(), second.reload()]);
 *   await refresh.arrived();
 *   refresh.release();
 *   await reloads;
 *   expect(issuer.events().filter(({ type }) => type === "token-redeemed")).toHaveLength(1);
 * });
 * ```
 */
export const test = base.extend<HoldfastFixtures & HoldfastOptions & Internals>({
  issuerOptions: [{}, { option: true }],
  appUnderTest: [null, { option: true }],

  // Playwright's own, but for the Chromium that it starts where nobody has chosen another browser.
  browser: [
    async ({ playwright, browserName, launchOptions, channel, connectOptions }, use) => {
      const browser = connectOptions
        ? await playwright[browserName].connect(connectOptions.wsEndpoint, connectOptions)
        : await playwright[browserName].launch(await startedBy({ browserName, launchOptions, channel }));
      await use(browser);
      await browser.close({ reason: "the tests are over" });
    },
    { scope: "worker", timeout: 0 },
  ],

  issuer: async ({ issuerOptions }, use, testInfo) => {
    const issuer = await startTestIssuer(issuerOptions);
    try {
      await use(issuer);
      if (testInfo.status !== testInfo.expectedStatus) await keepJournal(issuer, testInfo);
    } finally {
      await issuer.close();
    }
  },

  app: async ({ issuer, appUnderTest }, use) => {
    const app = await openApp(appUnderTest, issuer);
    try {
      await use(app);
    } finally {
      // What is held for ever would keep the app from ending.
      issuer.control.faults.clear();
      await app.close?.();
    }
  },

  baseURL: async ({ app }, use) => {
    await use(app.origin);
  },

  timeline: async ({ issuer, app, context }, use, testInfo) => {
    const timeline = createTimeline(issuer, app.origin, () => performance.now());
    timeline.watch(context);
    await use(timeline);
    timeline.stop();
    if (testInfo.status !== testInfo.expectedStatus) await keepSequence(timeline, testInfo);
  },

  tab: async ({ context, timeline: _watching }, use) => {
    await use(async (path = "/") => {
      const page = await context.newPage();
      if (path !== null) await page.goto(path);
      return page;
    });
  },

  expireAccessToken: async ({ issuer, app }, use) => {
    await use(async () => {
      if (app.advance !== undefined) {
        app.advance(issuer.accessTokenLifetime);
        return;
      }
      const issued = issuer.requests().filter(({ endpoint, outcome }) => endpoint === "token" && outcome === 200);
      const newest = Math.max(0, ...issued.map(({ at }) => at));
      await issuer.clock.wait(newest + issuer.accessTokenLifetime - issuer.clock.now());
    });
  },

  hold: async ({ issuer }, use) => {
    const { faults } = issuer.control;
    await use(({ at = REFRESH, when = "before-commit", nth } = {}) => {
      const [id = ""] = faults.add({ at, nth, when, times: null, effect: { kind: "hold" } });
      return {
        arrived: (count = 1) => faults.whenHeld(id, count),
        release: () => void faults.remove(id),
      };
    });
  },
});

/** What goes beyond the options that Playwright knows already. */
async function startedBy({ browserName, launchOptions, channel }: Chosen): Promise<LaunchOptions> {
  if (browserName !== "chromium" || channel !== undefined || launchOptions.executablePath !== undefined) return {};
  const { executablePath, args } = await findChromium();
  return { executablePath, args: [...args, ...(launchOptions.args ?? [])] };
}

type Chosen = Pick<PlaywrightWorkerOptions, "browserName" | "launchOptions" | "channel">;
