import { afterEach, beforeEach, vi } from "vitest";
import { API_KEY, type Bench, bench, CLIENT_ID, ORIGIN, START } from "../issuer/issuer.testing.ts";
import { profiles } from "../issuer/profiles.ts";
import type { Environment, Instance, Target } from "../model/target.ts";

export const APP = "https://app.test";
/** Milliseconds: of an access token. */
export const LIFETIME = 300_000;

/** What a page answered, as a test wants to see it. */
interface Seen {
  readonly status: number;
  readonly kind: string;
  readonly location: string | null;
  readonly body: string;
  /** The lines of `Set-Cookie`. */
  readonly set: readonly string[];
}

/** One person's browser before an isolate of a target, with the issuer behind it. */
export interface Visits {
  readonly issuer: Bench;
  /** What the target asked the issuer for, in order: `POST /user_management/authenticate`. */
  readonly asked: string[];
  /** Answers in place of the issuer, by path; a function that throws is a network that fails. */
  instead: Record<string, () => Response>;
  /** Cookies, by name. */
  readonly jar: Map<string, string>;
  /** Asks for a page, with the jar's cookies, and takes in what is set. */
  visit(path: string, method?: "GET" | "POST"): Promise<Seen>;
  /** Signs in by real redirects, and forgets what was asked for meanwhile. */
  signIn(): Promise<Seen>;
  /** Lets time pass for both. */
  pass(milliseconds: number): void;
  /** Another isolate takes the place of the one before. */
  restart(cookiePassword?: string): Promise<void>;
}

/** The target asks no store: all that it keeps is in its cookie. */
const noStore = new Proxy({}, { get: () => () => Promise.reject(new Error("this target asks no store")) }) as Environment["store"];

/**
 * Puts a target before the fake issuer, strict as `zitadel`, anew for each test of a file. The clocks of both stand still.
 *
 * The bundle that runs is the one that runs in worlds.
 */
export function visitsTo(target: Target): Visits {
  let instance: Instance;
  const visits: Visits = {
    issuer: undefined as unknown as Bench,
    asked: [],
    instead: {},
    jar: new Map(),
    async visit(path, method = "GET") {
      const cookie = [...visits.jar].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers = { ...(cookie === "" ? {} : { cookie }), ...(method === "POST" ? { origin: APP } : {}) };
      const response = await instance.fetch(new Request(new URL(path, APP), { method, headers }));
      const set = response.headers.getSetCookie();
      for (const line of set) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === "") visits.jar.delete(name);
        else visits.jar.set(name, value);
      }
      const answer = { status: response.status, headers: response.headers, body: await response.text() };
      const kind = target.classify(answer);
      return { status: answer.status, kind, location: response.headers.get("location"), body: answer.body, set };
    },
    async signIn() {
      const login = await visits.visit("/login?login_hint=ada%40example.test");
      const authorized = await visits.issuer.send(login.location ?? "");
      const callback = new URL(authorized.headers.get("location") ?? "");
      const answer = await visits.visit(`${callback.pathname}${callback.search}`);
      visits.asked.length = 0;
      return answer;
    },
    pass(milliseconds) {
      vi.setSystemTime(Date.now() + milliseconds);
      visits.issuer.advance(milliseconds);
    },
    async restart(cookiePassword) {
      instance = await target.create(environmentOf(target, cookiePassword));
    },
  };

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: START });
    const issuer = bench({ profile: profiles.zitadel });
    Object.assign(visits, { issuer, instead: {} });
    visits.asked.length = 0;
    visits.jar.clear();
    vi.stubGlobal("fetch", async (input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      const { origin, pathname } = new URL(request.url);
      if (origin !== ORIGIN) throw new Error(`nobody should ask ${origin}`);
      visits.asked.push(`${request.method} ${pathname}`);
      return visits.instead[pathname]?.() ?? issuer.issuer.fetch(request);
    });
    await visits.restart();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  return visits;
}

/** Lets an SDK's pauses between its own attempts pass at once. */
export async function patiently<T>(answer: Promise<T>): Promise<T> {
  let waiting = true;
  const stop = () => {
    waiting = false;
  };
  answer.then(stop, stop);
  while (waiting) {
    await new Promise(setImmediate);
    await vi.runAllTimersAsync();
  }
  return answer;
}

/** What an isolate of a target is given before the fake issuer. */
export function environmentOf(target: Target, cookiePassword = "a-password-of-at-least-thirty-two-characters"): Environment {
  return {
    isolate: 1,
    origin: APP,
    issuer: {
      ...{ origin: ORIGIN, issuer: "https://api.workos.com", clientId: CLIENT_ID, apiKey: API_KEY, profile: "zitadel" },
      ...{ grace: null, refreshTokenLifetime: null, jwks: { keys: [] } },
    },
    strategy: target.strategies[0] as string,
    cookiePasswords: [cookiePassword],
    fetch,
    store: noStore,
    now: () => Date.now(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  };
}

/** Ways in which nobody can say anything of a token, each with what comes in place of the issuer's answer. */
export const TROUBLES: readonly (readonly [string, () => Response])[] = [
  ["answers 503", () => Response.json({ message: "Service Unavailable" }, { status: 503 })],
  ["answers 429", () => Response.json({ message: "slow down" }, { status: 429, headers: { "retry-after": "3" } })],
  ["is behind a proxy that answers 502 with HTML", () => new Response("<html>", { status: 502, headers: { "content-type": "text/html" } })],
  [
    "cannot be reached",
    () => {
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
    },
  ],
];
