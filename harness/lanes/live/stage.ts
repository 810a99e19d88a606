import type { Browser } from "../../browser/browser.ts";
import type { FaultEffect, FaultRule } from "../../issuer/control/fault-plan.ts";
import type { Credential } from "../../model/credential.ts";
import { HoldfastError } from "../../model/error.ts";
import type { AnswerKind } from "../../model/event.ts";
import type { Scene } from "./scene.ts";
import { troubleAtSignIn } from "./sign-in-trouble.ts";
import { pause, untilQuiet, untilTrue } from "./waits.ts";

/** Milliseconds after its end from which on nobody takes an access token any more, whatever clock has rounded what. */
const PAST_EXPIRY = 300;
/** Milliseconds that the first refresh has to come to the issuer. */
const FIRST_REFRESH = 10_000;
/** Tabs that load at once. */
const TABS = 6;

/** How long nothing may come before all is taken to have come. Milliseconds, from how long the app takes for a page. */
function calmFor(latency: number): number {
  return Math.min(1_500, Math.max(250, latency * 5));
}

/** What an item of the plan plays with. */
export class LiveStage {
  readonly scene: Scene;
  readonly ada: Browser;
  readonly ben: Browser;
  readonly #calm: number;
  readonly #signal: AbortSignal;
  #pages = 0;

  /** @param latency milliseconds that the app takes for a page */
  constructor(scene: Scene, latency: number) {
    this.scene = scene;
    this.ada = scene.ada;
    this.ben = scene.ben;
    this.#calm = calmFor(latency);
    this.#signal = scene.parts.signal;
  }

  /** Milliseconds. */
  get #leeway(): number {
    return (this.scene.parts.config.leeway ?? 0) * 1000;
  }

  get tabs(): number {
    return this.scene.parts.config.tabs ?? TABS;
  }

  /** Milliseconds. */
  get accessTokenLifetime(): number {
    return this.scene.parts.issuer.accessTokenLifetime;
  }

  /** The next of the configured pages. */
  page(): string {
    const { pages } = this.scene.parts.config;
    return pages[this.#pages++ % pages.length] ?? "/";
  }

  load(browser: Browser): Promise<AnswerKind | null> {
    const loaded = browser.load(this.page());
    // An item may have failed before it comes to wait for this one.
    loaded.catch(() => {});
    return loaded;
  }

  /** @throws HoldfastError `BAD_TARGET` that says where it ended instead */
  async signIn(browser: Browser): Promise<void> {
    try {
      await browser.signIn();
    } catch (error) {
      throw troubleAtSignIn(error, this.scene);
    }
  }

  /** Both sign in, and see a page. */
  async signBothIn(): Promise<void> {
    for (const browser of [this.ada, this.ben]) {
      await this.signIn(browser);
      await this.load(browser);
    }
  }

  wait(milliseconds: number): Promise<void> {
    return pause(milliseconds, this.#signal);
  }

  /** Waits until the newest access token of a browser's user is over. */
  async expire(browser: Browser): Promise<void> {
    const { issuer } = this.scene.parts;
    const newest = issuer.newestOf(browser.user);
    const since = newest === null ? Date.now() : issuer.issuedAt(newest);
    await this.wait(Math.max(0, since + this.accessTokenLifetime + this.#leeway + PAST_EXPIRY - Date.now()));
  }

  /** The refresh tokens of a browser's session, as the issuer's faults address them. */
  at(browser: Browser): NonNullable<FaultRule["at"]> {
    return { grantType: "refresh_token", family: this.#newest(browser).family };
  }

  /** Plays a part in which the issuer does this to every refresh of a browser's session. */
  withTrouble<T>(browser: Browser, effect: FaultEffect, part: () => Promise<T>): Promise<T> {
    return this.scene.withFaults([{ at: this.at(browser), times: null, when: "before-commit", effect }], part);
  }

  /**
   * Plays a part in which the issuer holds every refresh of a browser's session until it is let go. Nothing fails by that, and so no
   * monitor hears of it.
   *
   * @param when it is held: before the issuer deals with it, or with its answer ready
   */
  async holding<T>(browser: Browser, part: (hold: Hold) => Promise<T>, when: FaultRule["when"] = "before-commit"): Promise<T> {
    const { faults } = this.scene.parts.issuer.control;
    const [id = ""] = faults.add({ at: this.at(browser), times: null, when, effect: { kind: "hold" } });
    try {
      return await part({
        waiting: () => faults.held().filter(({ fault }) => fault === id).length,
        release: () => faults.remove(id),
        first: async () => {
          const isHeld = () => faults.held().some(({ fault }) => fault === id);
          if (!(await untilTrue(isHeld, FIRST_REFRESH, this.#signal))) throw notRenewed();
        },
      });
    } finally {
      faults.remove(id);
    }
  }

  /**
   * Many tabs load at once while the issuer holds their refreshes: it lets them go when as many wait as there are loads, or when all loads are
   * with the app and nothing more comes. So every load was sent before the first refresh came about, each time and not by luck.
   */
  async race(browser: Browser, tabs = this.tabs): Promise<readonly (AnswerKind | null)[]> {
    const renewed = this.renewal();
    return this.holding(browser, async (hold) => {
      const { wire } = this.scene;
      const before = new Set(browser.inFlight.keys());
      const loads = Array.from({ length: tabs }, () => this.load(browser));
      const names = [...browser.inFlight.keys()].filter((load) => !before.has(load));
      await Promise.all(names.map((name) => wire.sent(name)));
      await this.quiet(() => hold.waiting() >= tabs || browser.inFlight.size === before.size);
      hold.release();
      const answers = await Promise.all(loads);
      renewed();
      return answers;
    });
  }

  /**
   * Begins something that only shows anything if a session is renewed in it.
   *
   * @returns to be called when it is over; throws `VACUOUS` where no refresh token has come to the issuer
   */
  renewal(): () => void {
    const before = this.scene.arrivals;
    return () => {
      if (this.scene.arrivals === before) throw notRenewed();
    };
  }

  /** Waits until nothing more of this item has come to the issuer for a while, or until it is known that nothing will. */
  quiet(isEnough: () => boolean = () => false): Promise<void> {
    return untilQuiet((heard) => this.scene.onIssuer(heard), isEnough, this.#calm, this.#signal);
  }

  /** Both go on for two access-token lifetimes: what a race has destroyed shows when the next one is over. */
  async goOn(...browsers: readonly Browser[]): Promise<void> {
    const all = browsers.length === 0 ? [this.ada, this.ben] : browsers;
    const step = this.accessTokenLifetime / 2 + PAST_EXPIRY;
    for (let part = 0; part < 4; part++) {
      await this.wait(step);
      await Promise.all(all.map((browser) => this.load(browser)));
    }
  }

  #newest(browser: Browser): Credential {
    const newest = this.scene.parts.issuer.newestOf(browser.user);
    if (newest !== null) return newest;
    throw new HoldfastError(
      "BAD_TARGET",
      "expected a session at the issuer, and there is none",
      "the app must sign in at the issuer that it is told",
    );
  }
}

/** Refreshes that wait at the issuer. */
export interface Hold {
  waiting(): number;
  /** Lets them go, in the order in which they came, and holds no more. */
  release(): void;
  /**
   * Waits until one waits.
   *
   * @throws HoldfastError `VACUOUS` where none comes
   */
  first(): Promise<void>;
}

function notRenewed(): HoldfastError {
  return new HoldfastError(
    "VACUOUS",
    "expected the app to renew its session for a page that came after its access token's end, and it did not ask the issuer",
    "where it takes access tokens for good beyond their end, say for how long: `leeway` in the configuration",
  );
}
