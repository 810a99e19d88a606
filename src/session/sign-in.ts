import { base64url } from "jose";
import type { VerifyAccessToken } from "./access-token.ts";
import { DEFAULT_RETRY_AFTER } from "./authenticate.ts";
import type { SessionCookie } from "./cookie.ts";
import { readCookie, setCookie, storing } from "./cookie-header.ts";
import type { ExpiryOf } from "./expiry.ts";
import { issuerWords } from "./issuer-words.ts";
import type { Ports } from "./ports.ts";
import type { Protocol } from "./protocol/protocol.ts";
import type { SessionStrategy } from "./refresh/strategy.ts";
import { createReturnTo } from "./return-to.ts";
import type { Seal } from "./seal.ts";
import { newSessionKey, type SessionData } from "./session-data.ts";
import { createSignInOnce, REPLAY } from "./sign-in-once.ts";
import type { SignIn, SignInAttempt } from "./sign-in-outcome.ts";
import type { Store } from "./store/store.ts";
import type { TokenAnswer } from "./token-answer.ts";
import { decodeTransaction, encodeTransaction, TRANSACTION_LIFETIME, type Transaction, transactionCookie } from "./transaction.ts";

/** Where to send the browser, and what to set on the way. */
export interface SignInStart {
  readonly location: string;
  readonly headers: Headers;
}

/** What a sign-in may be begun with. */
export interface SignInOptions {
  readonly loginHint?: string | null;
  /** Where the browser goes afterwards; checked against the allow-list. */
  readonly returnTo?: string | null;
  readonly organizationId?: string | null;
}

/** The parts that {@link createSignIn} puts together. */
export interface SignInParts {
  readonly protocol: Protocol;
  readonly redirectUri: string;
  /** Origins, beside the app's own, to which a sign-in may return. */
  readonly returnToOrigins: readonly string[];
  readonly verify: VerifyAccessToken;
  readonly expiryOf: ExpiryOf;
  readonly cookie: SessionCookie;
  readonly strategy: SessionStrategy;
  readonly store: Store;
  readonly seal: Seal;
  readonly ports: Pick<Ports, "randomBytes" | "now">;
}

/** Both halves of a sign-in. */
export interface SignInRoutes {
  beginSignIn(options?: SignInOptions): Promise<SignInStart | Extract<SignIn, { readonly kind: "unavailable" }>>;
  signIn(request: Request): Promise<SignIn>;
}

const NOT_BEGUN_HERE: SignIn = {
  kind: "refused",
  said: "expected a sign-in that was begun in this browser within ten minutes, found no such state: sign in again",
};

/**
 * The two halves of a sign-in: to the issuer, and back with a code. A sealed cookie with state, verifier and nonce binds them to one
 * browser, so that nobody can sign a victim in as somebody else with a link; one cookie a sign-in, so that two tabs do not disturb
 * each other.
 *
 * @example
 * ```ts
 * const start = await routes.beginSignIn({ loginHint: "ada@example.com", returnTo: "/projects" });
 * const result = await routes.signIn(callbackRequest);
 * ```
 */
export function createSignIn(parts: SignInParts): SignInRoutes {
  const { protocol, cookie, strategy, seal, ports } = parts;
  const returnTo = createReturnTo(new URL(parts.redirectUri).origin, parts.returnToOrigins);
  const once = createSignInOnce(parts);

  async function opened(request: Request, state: string): Promise<Transaction | null> {
    const name = transactionCookie(state);
    const value = name === null ? null : readCookie(request.headers.get("cookie"), name);
    const unsealed = value === null ? null : await seal.open(value);
    const transaction = unsealed?.kind === "opened" ? decodeTransaction(unsealed.text) : null;
    const isCurrent = transaction !== null && transaction.state === state && ports.now() < transaction.begunAt + TRANSACTION_LIFETIME;
    return isCurrent ? transaction : null;
  }

  async function exchange(parameters: URLSearchParams, transaction: Transaction): Promise<SignInAttempt> {
    const answer = await protocol.exchangeCode(parameters, transaction);
    if (answer.kind === "unavailable") return later(answer);
    if (answer.kind !== "issued") return answer;
    if (answer.refreshToken === null) {
      return { kind: "misconfigured", said: "the issuer returned no refresh_token: allow offline access" };
    }
    return started(answer.accessToken, answer.refreshToken, parts.expiryOf(answer.refreshTokenLifetime));
  }

  async function started(accessToken: string, refreshToken: string, expiresAt: number): Promise<SignInAttempt> {
    const token = await parts.verify(accessToken);
    if (token.kind !== "valid") {
      const why = token.kind === "expired" ? "expired: compare the clocks" : `${token.kind}: ${token.reason}`;
      return { kind: "misconfigured", said: `the issuer's access token is not acceptable here, ${why}` };
    }
    const key = newSessionKey(ports);
    const { sub: userId, sid, org_id: organization } = token.claims;
    const session: SessionData = {
      key,
      epoch: 0,
      generation: 0,
      startedAt: ports.now(),
      organizationId: typeof organization === "string" ? organization : null,
      expiresAt,
      accessToken,
      refreshToken,
      userId,
      sessionId: sid ?? key,
    };
    const begun = await strategy.begin(session);
    return begun.kind === "begun" ? { kind: "session", session } : later(begun);
  }

  async function signedIn(request: Request, transaction: Transaction, session: SessionData, replayed: boolean): Promise<SignIn> {
    const before = await cookie.open(request.headers.get("cookie"));
    const names = before.kind === "absent" ? [] : before.names;
    if (before.kind === "opened" && !replayed) {
      // The new session takes the place of what this browser had. Left alive, an answer on its way could bring that back.
      for (const earlier of [before.session, ...before.others]) await strategy.end(earlier, "session_ended");
    }
    // A replay may find the session already rotated, and must not remove that.
    const set = await cookie.seal(strategy.cookieOf(session), replayed ? [] : names);
    const kept = setCookie(transactionCookie(transaction.state) ?? "", await seal.seal(encodeTransaction(transaction)), REPLAY / 1000);
    const { userId, sessionId, organizationId, accessToken } = session;
    return {
      kind: "signed-in",
      principal: { userId, sessionId, organizationId },
      accessToken,
      returnTo: transaction.returnTo,
      headers: storing([...set, kept]),
    };
  }

  return {
    async beginSignIn(options = {}) {
      const random = (length: number) => base64url.encode(ports.randomBytes(length));
      const transaction: Transaction = {
        state: random(16),
        nonce: random(16),
        verifier: random(32),
        returnTo: returnTo(options.returnTo ?? null),
        begunAt: ports.now(),
      };
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(transaction.verifier));
      const location = await protocol.authorizationUrl({
        state: transaction.state,
        nonce: transaction.nonce,
        codeChallenge: base64url.encode(new Uint8Array(digest)),
        loginHint: options.loginHint ?? null,
        organizationId: options.organizationId ?? null,
      });
      if (typeof location !== "string") return later(location);
      const value = await seal.seal(encodeTransaction(transaction));
      return {
        location,
        headers: storing([setCookie(transactionCookie(transaction.state) ?? "", value, TRANSACTION_LIFETIME / 1000)]),
      };
    },

    async signIn(request) {
      const { searchParams } = new URL(request.url);
      const transaction = await opened(request, searchParams.get("state") ?? "");
      if (transaction === null) return NOT_BEGUN_HERE;
      const error = searchParams.get("error");
      if (error !== null) return { kind: "rejected", said: issuerWords([error, searchParams.get("error_description")], []) };
      const code = searchParams.get("code") ?? "";
      if (code === "") return { kind: "refused", said: "expected a code from the issuer, found none: sign in again" };

      const result = await once(transaction, code, async () => exchange(searchParams, transaction));
      return result.kind === "session" ? signedIn(request, transaction, result.session, result.replayed) : result;
    },
  };
}

function later({ said, retryAfter }: Pick<Extract<TokenAnswer, { readonly kind: "unavailable" }>, "said" | "retryAfter">) {
  return { kind: "unavailable", said, retryAfter: retryAfter ?? DEFAULT_RETRY_AFTER } as const;
}
