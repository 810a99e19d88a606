import type { Seal } from "../seal.ts";
import { sessionOf } from "../session.testing.ts";
import type { SessionData, SessionReference } from "../session-data.ts";
import { createManualClock, type ManualClock } from "../store/manual-clock.testing.ts";
import { createMemoryStore } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import { ledger } from "./ledger.ts";
import { type IssuerGrace, refreshPolicy } from "./policy.ts";
import type { Admission, Redemption, RefreshOutcome, SessionStrategy, StrategyFactory } from "./strategy.ts";

/** One presentation of a refresh token, which the test answers; at its limit it is answered with silence. */
export interface Presentation {
  readonly isolate: number;
  readonly token: string;
  readonly organizationId: string | null;
  answer(redemption: Redemption): Promise<void>;
  /** Answers with the next generation, `rt_{n + 1}`. */
  issue(data?: Partial<SessionData>): Promise<void>;
}

/** Isolates that share a store and an issuer, all in the hands of a test. */
export interface Stage {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly seal: Seal;
  readonly presentations: Presentation[];
  /** The refresh tokens that the issuer was told to revoke. */
  readonly revoked: string[];
  /** What the issuer says to a revocation; true takes it. */
  revoking: boolean;
  /** How many of the next statements of the store fail, the first `after` of them excepted. */
  failStore(count: number, after?: number): void;
  /** Holds the next write up until the returned function is called. */
  slowWrite(): () => void;
  /** Statements so far. */
  readonly statements: string[];
  isolate(number: number): SessionStrategy;
}

/** Hides a text from the eye and no more. Real crypto comes back from threads, when nobody knows. */
function createPaperSeal(): Seal {
  const mark = "paper.";
  return {
    seal: async (text) => `${mark}${Buffer.from(text).toString("base64url")}`,
    open: async (sealed) =>
      sealed.startsWith(mark)
        ? { kind: "opened", text: Buffer.from(sealed.slice(mark.length), "base64url").toString() }
        : { kind: "unknown-key" },
  };
}

export function fault(issuer: "unreached" | "declined" | "unknown", retryAfter: number | null = null): Redemption {
  return { kind: "unavailable", said: `fault: ${issuer}`, retryAfter, issuer };
}

/** What a presentation comes to that nobody answers. */
const SILENCE: Redemption = { kind: "unavailable", said: "silence", retryAfter: null, issuer: "unknown" };
export const REJECTED: Redemption = { kind: "rejected", said: "invalid_grant" };

/** The session in a generation, as the fake issuer hands it out. */
export function generation(n: number, data: Partial<SessionData> = {}): SessionData {
  return sessionOf({ generation: n, accessToken: `at_${n}`, refreshToken: `rt_${n}`, ...data });
}

export function openStage(
  options: { readonly grace?: IssuerGrace | null; readonly strategy?: StrategyFactory; readonly window?: number } = {},
): Stage {
  const clock = createManualClock();
  const inner = createMemoryStore(clock);
  const seal = createPaperSeal();
  const presentations: Presentation[] = [];
  const revoked: string[] = [];
  const statements: string[] = [];
  const isolates = new Map<number, SessionStrategy>();
  let failing = { count: 0, after: 0 };
  let slow: Promise<void> | null = null;

  async function statement<T>(name: string, run: () => Promise<T>): Promise<T> {
    statements.push(name);
    if (failing.after > 0) failing.after--;
    else if (failing.count > 0) {
      failing.count--;
      throw new Error("the database is gone");
    }
    return run();
  }
  const store: Store = {
    read: (key) => statement("read", () => inner.read(key)),
    compareAndSet: (...all) =>
      statement("write", async () => {
        const held = slow;
        slow = null;
        await held;
        return inner.compareAndSet(...all);
      }),
    wait: (...all) => statement("wait", () => inner.wait(...all)),
    list: (...all) => statement("list", () => inner.list(...all)),
    sweep: () => statement("sweep", () => inner.sweep()),
  };

  const stage: Stage = {
    clock,
    store,
    seal,
    presentations,
    revoked,
    revoking: true,
    statements,
    failStore(count, after = 0) {
      failing = { count, after };
    },
    slowWrite() {
      const gate = Promise.withResolvers<void>();
      slow = gate.promise;
      return gate.resolve;
    },
    isolate(number) {
      const known = isolates.get(number);
      if (known !== undefined) return known;
      const strategy = (options.strategy ?? ledger)({
        redeem: (session, wish, limit) =>
          new Promise((resolve) => {
            const answered = new AbortController();
            void clock.wait(limit, answered.signal).then(() => resolve(SILENCE));
            async function answer(redemption: Redemption): Promise<void> {
              resolve(redemption);
              answered.abort();
              await clock.settle();
            }
            presentations.push({
              isolate: number,
              token: session.refreshToken,
              organizationId: wish.organizationId,
              answer,
              issue: (data = {}) =>
                answer({ kind: "issued", successor: generation(session.generation + 1, { ...data, key: session.key }) }),
            });
          }),
        revoke: async ({ refreshToken }) => {
          if (stage.revoking) revoked.push(refreshToken);
          return stage.revoking;
        },
        store,
        seal,
        policy: refreshPolicy(options.grace === undefined ? { duration: 30_000 } : options.grace, options.window),
        retention: 24 * 60 * 60 * 1000,
        ports: clock,
      });
      isolates.set(number, strategy);
      return strategy;
    },
  };
  return stage;
}

/** Admits a cookie, and says so if it is not admitted. */
export async function admitted(stage: Stage, isolate: number, cookie: SessionReference) {
  const admission = await stage.isolate(isolate).admit(cookie);
  if (admission.kind !== "admitted") throw new Error(`expected to be admitted, found ${JSON.stringify(admission)}`);
  return admission;
}

/** Begins a refresh, and lets everything happen up to the issuer. */
export async function refreshing(
  stage: Stage,
  isolate: number,
  cookie: SessionReference,
  organizationId: string | null = null,
): Promise<{ readonly outcome: Promise<RefreshOutcome>; readonly admission: Admission }> {
  const admission = await admitted(stage, isolate, cookie);
  const outcome = admission.refresh({ organizationId });
  await stage.clock.settle();
  return { outcome, admission };
}

/** A whole refresh that the issuer grants. */
export async function rotate(
  stage: Stage,
  isolate: number,
  cookie: SessionReference,
  data: Partial<SessionData> = {},
): Promise<SessionData> {
  const { outcome } = await refreshing(stage, isolate, cookie);
  await stage.presentations.at(-1)?.issue(data);
  const settled = await outcome;
  if (settled.kind !== "rotated") throw new Error(`expected a rotation, found ${JSON.stringify(settled)}`);
  return settled.session;
}

/** Everything that stands in the store, as one text. */
export async function dump(store: Store): Promise<string> {
  const keys = await store.list("", 1_000);
  return JSON.stringify(await Promise.all(keys.map(async (key) => [key, await store.read(key)])));
}
