import { beforeEach, describe, expect, test } from "vitest";
import { createSessionCookie } from "./cookie.ts";
import { ledger } from "./refresh/ledger.ts";
import { naive } from "./refresh/naive.ts";
import { serverSession } from "./refresh/server-session.ts";
import { singleFlight } from "./refresh/single-flight.ts";
import type { StrategyFactory } from "./refresh/strategy.ts";
import { createSeal } from "./seal.ts";
import { applied, CLIENT, createSigner, ISSUER, json, PASSWORD, SECRET, START, sessionOf } from "./session.testing.ts";
import { createSession, type Session } from "./session.ts";
import { createManualClock, type ManualClock } from "./store/manual-clock.testing.ts";
import { createMemoryStore } from "./store/memory.ts";
import type { Store } from "./store/store.ts";

const OWN = "https://app.test";
const signer = await createSigner();
const seal = createSeal([PASSWORD]);

let clock: ManualClock;
let store: Store;
/** How many requests the issuer has taken, and how many of their connections have been ended. */
let asked: number;
let ended: number;
/** What the issuer answers; null is silence. */
let reply: (() => Response) | null;
beforeEach(() => {
  clock = createManualClock();
  store = createMemoryStore(clock);
  [asked, ended, reply] = [0, 0, null];
});

function open(strategy: StrategyFactory = ledger, grace: number | null = 30_000): Session {
  let drawn = 0;
  return createSession({
    ports: {
      now: () => clock.now(),
      wait: clock.wait,
      randomBytes: (length) => new Uint8Array(length).fill(++drawn),
      fetch: (_, init) => {
        asked++;
        if (reply !== null) return Promise.resolve(reply());
        return new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => {
            ended++;
            reject(init.signal?.reason);
          });
        });
      },
    },
    issuer: {
      origin: ISSUER,
      issuers: [ISSUER],
      clientId: CLIENT,
      clientSecret: SECRET,
      jwks: signer.jwks,
      grace: grace === null ? null : { duration: grace },
    },
    redirectUri: `${OWN}/callback`,
    afterSignOut: `${OWN}/`,
    store,
    cookiePasswords: [PASSWORD],
    strategy,
  });
}

/** When it came to something, in milliseconds from now on, and to what. */
async function timed<T>(work: Promise<T>): Promise<{ readonly after: number; readonly value: T | undefined }> {
  const began = clock.now();
  const result: { after: number; value: T | undefined } = { after: Number.POSITIVE_INFINITY, value: undefined };
  void work.then((value) => {
    result.after = clock.now() - began;
    result.value = value;
  });
  // Real crypto comes back from threads, before which no wait has begun.
  while (clock.waiting === 0) await clock.settle();
  await clock.advance(100_000);
  return result;
}

async function cookieOf(claims: Record<string, unknown>): Promise<string> {
  const cookie = createSessionCookie({ seal, now: () => clock.now() });
  return applied(await cookie.seal(sessionOf({ accessToken: await signer.sign(claims) })));
}

const page = (cookie: string) => new Request(`${OWN}/`, { headers: { cookie } });
const ENDED = { iat: START / 1000 - 300, exp: START / 1000 };

describe("a page that needs a refresh, from an issuer that is silent", () => {
  test.each<[string, number | null, number, number, StrategyFactory]>([
    ["ledger", 30_000, 20_000, 2, ledger],
    ["ledger", 3_000, 2_000, 2, ledger],
    ["ledger", null, 30_000, 2, ledger],
    ["single-flight", 30_000, 30_000, 1, singleFlight],
    ["naive", null, 30_000, 1, naive],
  ])(
    "%s with a grace of %j ms is unavailable after %d ms and %d connections, all of them ended",
    async (_, grace, after, times, strategy) => {
      const cookie = await cookieOf(ENDED);
      const session = open(strategy, grace);
      const { value, ...took } = await timed(session.authenticate(page(cookie)));
      expect(value).toMatchObject({ kind: "unavailable", said: "the issuer did not answer in time", retryAfter: 5 });
      expect([took.after, asked, ended, clock.waiting]).toEqual([after, times, times, 0]);
    },
  );

  test("keeps the session, and the next page is refreshed when the issuer is back", async () => {
    const cookie = await cookieOf(ENDED);
    const session = open();
    const { value } = await timed(session.authenticate(page(cookie)));
    expect(value?.kind === "unavailable" && value.headers.getSetCookie()).toEqual([]);
    const iat = clock.now() / 1000;
    const accessToken = await signer.sign({ iat, exp: iat + 300 });
    reply = () => json(200, { access_token: accessToken, refresh_token: "rt_1" });
    expect((await session.authenticate(page(cookie))).kind).toBe("signed-in");
  });
});

describe("a sign-in at an issuer that is silent", () => {
  async function begun(session: Session): Promise<Request> {
    const start = await session.beginSignIn();
    if ("kind" in start) throw new Error(start.said);
    const state = new URL(start.location).searchParams.get("state");
    const cookie = applied(start.headers.getSetCookie());
    return new Request(`${OWN}/callback?code=code_1&state=${state}`, { headers: { cookie } });
  }

  test.each([ledger, serverSession])("is unavailable after ten seconds, and its connection ended", async (strategy) => {
    const session = open(strategy);
    const { after, value } = await timed(session.signIn(await begun(session)));
    expect(value).toEqual({ kind: "unavailable", said: "the issuer did not answer in time", retryAfter: 5 });
    expect([after, asked, ended, clock.waiting]).toEqual([10_000, 1, 1, 0]);
  });

  test("is not exchanged a second time by the same callback on another isolate, while the first still waits", async () => {
    const [one, two] = [open(), open()];
    const request = await begun(one);
    const first = one.signIn(request.clone());
    while (clock.waiting === 0) await clock.settle();
    const second = two.signIn(request.clone());
    while (clock.waiting === 1) await clock.settle();
    // Longer than discovery, the exchange and the key set can take together.
    const [name = ""] = await store.list("sign-in:", 1);
    expect(JSON.parse((await store.read(name))?.value ?? "")).toEqual({ busyUntil: START + 30_000, done: null });
    await clock.advance(9_999);
    expect(asked).toBe(1);
    await clock.advance(1);
    expect((await first).kind).toBe("unavailable");
    // The first has given up, so the code is the second's to try.
    while (asked === 1) await clock.settle();
    await clock.advance(10_000);
    expect((await second).kind).toBe("unavailable");
    expect(asked).toBe(2);
  });
});

describe("a sign-out at an issuer that is silent", () => {
  test("goes on after ten seconds, and the issuer is told when it is back", async () => {
    const cookie = await cookieOf({});
    const session = open();
    const { after, value } = await timed(session.signOut(page(cookie)));
    expect([after, value?.kind, asked, ended]).toEqual([10_000, "signed-out", 1, 1]);
    reply = () => json(200, {});
    await session.maintain();
    expect(asked).toBe(2);
    await session.maintain();
    expect(asked).toBe(2);
  });
});
