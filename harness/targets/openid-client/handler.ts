import * as client from "openid-client";
import type { Environment, Instance } from "../../model/target.ts";
import { type SealedCookies, sealedCookies } from "./cookies.ts";

const SESSION = "session";
/** What the callback has to know of the sign-in that it ends. */
const TRANSACTION = "sign-in";

interface Session {
  readonly user: string;
  readonly refreshToken: string;
  /** Milliseconds since the epoch, by the app's own clock. */
  readonly expiresAt: number;
}

interface Transaction {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** What the handlers of one isolate share. */
interface App {
  readonly origin: string;
  readonly cookies: SealedCookies;
  configuration(): Promise<client.Configuration>;
}

/**
 * An app that signs people in by `openid-client`, as its documentation shows it, and keeps their tokens in a cookie. The library has
 * no sessions: that the app redeems the refresh token where it finds the access token expired, and that nobody else is asked whether he is
 * at it, too, is what apps write around it. A refusal ends the session; anything else is no verdict, so the cookie stays.
 */
export function createHandler({ origin, issuer, cookiePasswords }: Environment): Instance {
  let discovered: Promise<client.Configuration> | null = null;
  const app: App = {
    origin,
    cookies: sealedCookies(cookiePasswords[0] ?? ""),
    configuration() {
      discovered ??= client.discovery(new URL(issuer.origin), issuer.clientId, issuer.apiKey).catch((error: unknown) => {
        discovered = null;
        throw error;
      });
      return discovered;
    },
  };
  return {
    async fetch(request) {
      const url = new URL(request.url);
      if (url.pathname === "/login") return logIn(app, url.searchParams.get("login_hint") ?? "");
      if (url.pathname === "/callback") return callback(app, request);
      if (url.pathname === "/logout" && request.method === "POST") return logOut(app, request);
      return page(app, request);
    },
  };
}

async function logIn({ origin, cookies, configuration }: App, hint: string): Promise<Response> {
  const transaction: Transaction = {
    verifier: client.randomPKCECodeVerifier(),
    state: client.randomState(),
    nonce: client.randomNonce(),
  };
  const location = client.buildAuthorizationUrl(await configuration(), {
    ...{ redirect_uri: `${origin}/callback`, scope: "openid email offline_access", login_hint: hint },
    ...{ code_challenge: await client.calculatePKCECodeChallenge(transaction.verifier), code_challenge_method: "S256" },
    ...{ state: transaction.state, nonce: transaction.nonce },
  });
  return redirect(location.href, await cookies.set(TRANSACTION, transaction));
}

async function callback({ cookies, configuration }: App, request: Request): Promise<Response> {
  const transaction = await cookies.read<Transaction>(request, TRANSACTION);
  if (transaction === null) return redirect("/login");
  const tokens = await client.authorizationCodeGrant(await configuration(), new URL(request.url), {
    ...{ pkceCodeVerifier: transaction.verifier, expectedState: transaction.state, expectedNonce: transaction.nonce },
    idTokenExpected: true,
  });
  return redirect("/", await cookies.set(SESSION, sessionOf(tokens, null)), cookies.clear(TRANSACTION));
}

async function page({ cookies, configuration }: App, request: Request): Promise<Response> {
  const session = await cookies.read<Session>(request, SESSION);
  if (session === null) return redirect("/login");
  if (Date.now() < session.expiresAt) return Response.json({ user: session.user });
  try {
    const refreshed = sessionOf(await client.refreshTokenGrant(await configuration(), session.refreshToken), session);
    return Response.json({ user: refreshed.user }, { headers: { "set-cookie": await cookies.set(SESSION, refreshed) } });
  } catch (error) {
    if (isRefusal(error)) return redirect("/login", cookies.clear(SESSION));
    return new Response("try again", { status: 503, headers: { "retry-after": "1" } });
  }
}

async function logOut({ cookies, configuration }: App, request: Request): Promise<Response> {
  const session = await cookies.read<Session>(request, SESSION);
  if (session === null) return redirect("/login");
  try {
    await client.tokenRevocation(await configuration(), session.refreshToken);
  } catch {
    return new Response("try again", { status: 503, headers: { "retry-after": "1" } });
  }
  return redirect("/", cookies.clear(SESSION));
}

/** What an answer leaves out stays as it was (RFC 6749 §6). */
function sessionOf(tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers, before: Session | null): Session {
  return {
    user: tokens.claims()?.sub ?? before?.user ?? "",
    refreshToken: tokens.refresh_token ?? before?.refreshToken ?? "",
    expiresAt: Date.now() + (tokens.expiresIn() ?? 0) * 1_000,
  };
}

/** Whether the issuer has said no, in the words of RFC 6749 or in others: `openid-client` keeps an answer that it does not understand as the cause. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const answer = error instanceof client.ResponseBodyError ? error : error.cause;
  const status = answer instanceof client.ResponseBodyError || answer instanceof Response ? answer.status : 0;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

function redirect(location: string, ...cookies: readonly string[]): Response {
  return new Response(null, {
    status: 302,
    headers: [["location", location], ...cookies.map((line): [string, string] => ["set-cookie", line])],
  });
}
