import type { JSONWebKeySet } from "jose";
import type { Authentication } from "../../../src/session/authenticate.ts";
import type { Ports } from "../../../src/session/ports.ts";
import { ledger } from "../../../src/session/refresh/ledger.ts";
import { naive } from "../../../src/session/refresh/naive.ts";
import { serverSession } from "../../../src/session/refresh/server-session.ts";
import { singleFlight } from "../../../src/session/refresh/single-flight.ts";
import type { StrategyFactory } from "../../../src/session/refresh/strategy.ts";
import { createSession, type Session } from "../../../src/session/session.ts";
import type { SignIn } from "../../../src/session/sign-in.ts";
import { createMemoryStore } from "../../../src/session/store/memory.ts";
import { HoldfastError } from "../../model/error.ts";
import type { Answer, Environment, Instance, Target } from "../../model/target.ts";

interface Offer {
  readonly factory: StrategyFactory;
  /** Whether isolates meet in the store; the others have one each, which is only there so that a sign-in happens once. */
  readonly shared: boolean;
}

const STRATEGIES: ReadonlyMap<string, Offer> = new Map([
  ["single-flight", { factory: singleFlight, shared: false }],
  ["naive", { factory: naive, shared: false }],
  ["ledger", { factory: ledger, shared: true }],
  ["server-session", { factory: serverSession, shared: true }],
]);

/** The reference implementation of `src/session` behind the smallest web app that shows what it decides. */
export const reference: Target = {
  name: "reference",
  describe: "the reference session of src/session, behind a plain fetch handler",
  strategies: [...STRATEGIES.keys()],
  promises: { "single-flight": [], naive: [], ledger: ["no-token-reuse"], "server-session": ["no-token-reuse"] },
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
    wait,
  };
  const session = createSession({
    ports,
    store: strategy.shared ? environment.store : createMemoryStore(ports),
    issuer: {
      origin: issuer.origin,
      issuers: [issuer.issuer],
      clientId: issuer.clientId,
      clientSecret: issuer.apiKey,
      jwks: issuer.jwks as unknown as JSONWebKeySet,
      grace: issuer.grace === null ? null : { duration: issuer.grace },
    },
    redirectUri: `${origin}/callback`,
    afterSignOut: `${origin}/`,
    cookiePasswords: environment.cookiePasswords,
    strategy: strategy.factory,
  });
  return { fetch: (request) => route(session, request) };
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** What an answer of {@link create}'s handler means to the person in front of the browser. */
function classify(answer: Answer): ReturnType<Target["classify"]> {
  if (answer.status === 200) return "signed-in";
  if (answer.status === 302 && answer.headers.get("location") === "/login") return "signed-out";
  if (answer.status === 401 && errorCode(answer.body) === "session_stale") return "stale";
  if (answer.status === 503) return "unavailable";
  return "other";
}

async function route(session: Session, request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const route = `${request.method} ${pathname}`;
  if (route === "GET /login") {
    const start = await session.beginSignIn({ loginHint: searchParams.get("login_hint"), returnTo: searchParams.get("return_to") });
    return "kind" in start ? later(start.said, start.retryAfter, new Headers()) : redirect(start.location, start.headers);
  }
  if (route === "GET /callback") return afterSignIn(await session.signIn(request));
  if (route === "POST /logout") {
    const end = await session.signOut(request);
    return end.kind === "unavailable" ? later(end.said, end.retryAfter, new Headers()) : redirect(end.location, end.headers);
  }
  if (request.method !== "GET" || pathname === "/logout") return refusal(405, "method_not_allowed", `${route} is not offered`);
  return page(await session.authenticate(request));
}

function page(who: Authentication): Response {
  switch (who.kind) {
    case "signed-in":
      return json(200, { user: who.principal.userId }, who.headers);
    case "signed-out":
      return redirect("/login", who.headers);
    case "stale": {
      const status = who.because === "upgrade" ? 401 : 503;
      return refusal(
        status,
        "session_stale",
        "the session lives; ask for a page to renew it",
        new Headers([["cache-control", "no-store"]]),
      );
    }
    case "unavailable":
      return later(who.said, who.retryAfter, who.headers);
  }
}

function afterSignIn(result: SignIn): Response {
  switch (result.kind) {
    case "signed-in":
      return redirect(result.returnTo, result.headers);
    case "refused":
      return refusal(400, "sign_in_refused", result.said);
    case "rejected":
      return refusal(502, "issuer_rejected", result.said);
    case "misconfigured":
      return refusal(500, "issuer_misconfigured", result.said);
    case "unavailable":
      return later(result.said, result.retryAfter, new Headers());
  }
}

function later(said: string, retryAfter: number, headers: Headers): Response {
  headers.set("retry-after", String(retryAfter));
  headers.set("cache-control", "no-store");
  return refusal(503, "unavailable", said, headers);
}

function redirect(location: string, headers: Headers): Response {
  headers.set("location", location);
  return new Response(null, { status: 302, headers });
}

function refusal(status: number, code: string, message: string, headers = new Headers()): Response {
  return json(status, { error: { code, message } }, headers);
}

function json(status: number, body: unknown, headers: Headers): Response {
  headers.set("content-type", "application/json");
  return new Response(JSON.stringify(body), { status, headers });
}

function errorCode(body: string): unknown {
  try {
    return JSON.parse(body)?.error?.code;
  } catch {
    return undefined;
  }
}
