import type { AnswerKind } from "./event.ts";
import type { InvariantId } from "./invariant.ts";

/** What a page answered, complete. Handed to {@link Target.classify}. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Where the issuer is and who the target is to it. The same in every isolate of a run. */
export interface IssuerSettings {
  /** Origin of the WorkOS surface, for instance `https://api.workos.test`. */
  readonly origin: string;
  /** The `iss` of its tokens. */
  readonly issuer: string;
  readonly clientId: string;
  /** The API key, which WorkOS also accepts as the client secret. */
  readonly apiKey: string;
  /** The public key set as baked at deploy time. */
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] };
}

/** The world as one isolate of a target sees it. */
export interface Environment {
  /** Which isolate this is: 1, 2, … */
  readonly isolate: number;
  /** The target's own origin, for instance `https://app.test`. */
  readonly origin: string;
  readonly issuer: IssuerSettings;
  /** The refresh strategy asked for; one of {@link Target.strategies}. */
  readonly strategy: string;
  /** Secrets that seal cookies, newest first; at least 32 characters each. */
  readonly cookiePasswords: readonly string[];
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  now(): number;
  randomBytes(length: number): Uint8Array;
}

/** One isolate of a target, running. */
export interface Instance {
  /**
   * Answers `/login?login_hint=…` (a redirect to the issuer), `/callback?code=…` (the end of a sign-in: a session cookie
   * and a redirect to a page), and every other path as a page. The refresh token must be readable in a cookie: plain,
   * percent-encoded, base64url JSON, or sealed with WebCrypto.
   */
  fetch(request: Request): Promise<Response>;
}

/** The system under test behind one interface. */
export interface Target {
  readonly name: string;
  /** One line for `holdfast list`. */
  readonly describe: string;
  /** The refresh strategies it offers, the default first. */
  readonly strategies: readonly string[];
  /** Invariants that a strategy promises beyond those that the scenario demands of everyone. */
  readonly promises: Readonly<Record<string, readonly InvariantId[]>>;
  create(environment: Environment): Instance | Promise<Instance>;
  /** What an answer means to the person who asked for the page. */
  classify(answer: Answer): AnswerKind;
}
