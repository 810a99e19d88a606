import { systemPorts } from "../../../src/app/system-ports.ts";
import { createTokenVerifier, type VerifyToken } from "../../../src/callback/token.ts";
import { json, later, redirect, refusal, unauthenticated } from "../../../src/session/answers.ts";
import type { Ports } from "../../../src/session/ports.ts";
import { ledger } from "../../../src/session/refresh/ledger.ts";
import { naive } from "../../../src/session/refresh/naive.ts";
import { serverSession } from "../../../src/session/refresh/server-session.ts";
import { singleFlight } from "../../../src/session/refresh/single-flight.ts";
import type { StrategyFactory } from "../../../src/session/refresh/strategy.ts";
import { createSession, type Session } from "../../../src/session/session.ts";
import { createMemoryStore } from "../../../src/session/store/memory.ts";
import { HoldfastError } from "../../model/error.ts";
import type { InvariantId } from "../../model/invariant.ts";
import type { Answer, Environment, Instance, Target } from "../../model/target.ts";
import { dialectOf } from "./dialects.ts";
import { referenceKeys } from "./keys.ts";

interface Offer {
  readonly factory: StrategyFactory;
  /** Whether isolates meet in the store; the others have one each, which is only there so that a sign-in happens once. */
  readonly shared: boolean;
}

/** The first is the default. */
const STRATEGIES: ReadonlyMap<string, Offer> = new Map([
  ["ledger", { factory: ledger, shared: true }],
  ["server-session", { factory: serverSession, shared: true }],
  ["single-flight", { factory: singleFlight, shared: false }],
  ["naive", { factory: naive, shared: false }],
]);

/** Seconds. A cookie outlives its refresh token, so that the issuer is asked, and says that the session has expired, before it is gone. */
const SHORTEST_COOKIE = 30 * 24 * 60 * 60;

/** What is so whatever the strategy. */
const ALWAYS: readonly InvariantId[] = [
  ...(["cookie-coherent", "lifetimes-nest", "no-issuer-roundtrip", "key-rotation-survived", "upgrade-never-refreshes"] as const),
];
/** What a store beyond the isolate makes possible. */
const COORDINATED: readonly InvariantId[] = [
  ...ALWAYS,
  ...(["no-token-reuse", "one-refresh-per-generation", "successor-durable", "logout-final", "theft-detected"] as const),
];

/** The reference implementation of `src/session` behind the smallest web app that shows what it decides. */
export const reference: Target = {
  name: "reference",
  describe: "the reference session of src/session, behind a plain fetch handler",
  strategies: [...STRATEGIES.keys()],
  promises: { ledger: COORDINATED, "server-session": COORDINATED, "single-flight": ALWAYS, naive: ALWAYS },
  routes: { logOut: "/logout", switchOrganization: "/session" },
  create,
  classify,
};

function create(environment: Environment): Instance {
  const { issuer, origin } = environment;
  const strategy = STRATEGIES.get(environment.strategy);
  if (strategy === undefined) {
    const known = [...STRATEGIES.keys()].join(", ");
    throw new HoldfastError(
      "BAD_USAGE",
      `expected a strategy of reference (${known}), got "${environment.strategy}"`,
      "run `holdfast list`",
    );
  }
  const ports: Ports = {
    fetch: (input, init) => environment.fetch(input, init),
    now: () => environment.now(),
    randomBytes: (length) => environment.randomBytes(length),
    wait: systemPorts().wait,
  };
  const keys = referenceKeys(issuer, ports);
  const session = createSession({
    ports,
    store: strategy.shared ? environment.store : createMemoryStore(ports),
    issuer: {
      origin: issuer.origin,
      issuers: [issuer.issuer],
      clientId: issuer.clientId,
      clientSecret: issuer.apiKey,
      dialect: dialectOf(issuer.profile),
      keys: keys.find,
      grace: issuer.grace === null ? null : { duration: issuer.grace },
    },
    redirectUri: `${origin}/callback`,
    afterSignOut: `${origin}/`,
    cookieMaxAge: Math.max(SHORTEST_COOKIE, (issuer.refreshTokenLifetime ?? 0) / 1_000),
    cookiePasswords: environment.cookiePasswords,
    strategy: strategy.factory,
  });
  const accept = { issuers: [issuer.issuer], clientId: issuer.clientId };
  const verify = createTokenVerifier({ ...accept, keys: keys.find, now: () => ports.now(), log: () => {} });
  return {
    fetch: (request) => (request.headers.has("authorization") ? answerBearer(verify, request) : route(session, request)),
    memory: () => [session.underWay(), keys.memory()],
    maintain: () => session.maintain(),
  };
}

/** What a 401 says, by its code. */
const REFUSALS: ReadonlyMap<unknown, ReturnType<Target["classify"]>> = new Map([
  ["session_stale", "stale"],
  ["not_authenticated", "signed-out"],
]);

/** What an answer of {@link create}'s handler means to the person in front of the browser. */
function classify(answer: Answer): ReturnType<Target["classify"]> {
  if (answer.status === 200) return "signed-in";
  if (answer.status === 302 && answer.headers.get("location") === "/login") return "signed-out";
  if (answer.status === 401) return REFUSALS.get(errorCode(answer.body)) ?? "other";
  if (answer.status === 503) return "unavailable";
  return "other";
}

async function route(session: Session, request: Request): Promise<Response> {
  const answer = await session.routes(request);
  if (answer !== null) return answer;
  if (request.method !== "GET") return refusal(405, "method_not_allowed", `${request.method} is not offered here`);
  const who = await session.authenticate(request);
  // A page sends its visitor to the sign-in; everything else is answered as the session says.
  if (who.kind === "signed-out") return redirect(302, "/login", who.headers);
  return who.kind === "signed-in" ? json(200, { user: who.principal.userId }, who.headers) : unauthenticated(who);
}

/** An API beside the pages, for whoever has an access token in hand. */
async function answerBearer(verify: VerifyToken, request: Request): Promise<Response> {
  const verdict = await verify(request.headers.get("authorization"));
  if (verdict.kind === "accepted") return json(200, { user: verdict.token.userId });
  if (verdict.kind === "unavailable") return later(verdict.said, verdict.retryAfter);
  return redirect(302, "/login");
}

function errorCode(body: string): unknown {
  try {
    return JSON.parse(body)?.error?.code;
  } catch {
    return undefined;
  }
}
