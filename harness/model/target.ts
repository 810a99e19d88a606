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
  /** Origin of the WorkOS surface, for instance `https://api.workos.test`, and the `iss` of the OpenID Connect surface, which has it too. */
  readonly origin: string;
  /** The `iss` of the WorkOS surface's tokens. */
  readonly issuer: string;
  readonly clientId: string;
  /** The API key, which WorkOS also accepts as the client secret. */
  readonly apiKey: string;
  /** The name of the profile that it follows, for a client that has to know whose words it hears. */
  readonly profile: string;
  /** Milliseconds for which it answers a replay of a spent refresh token with something that works; null where it does not. */
  readonly grace: number | null;
  /** Milliseconds for which a refresh token lives that nobody uses; null where it has no end. */
  readonly refreshTokenLifetime: number | null;
  /** The public key set as baked at deploy time. */
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] };
}

/** What the shared store holds under a key. */
export interface StoredRecord {
  readonly value: string;
  /** Grows with every change of the key; never 0. */
  readonly version: number;
}

/** What came of a write: the new version, or the record that stands there instead. */
export type WriteResult =
  | { readonly kind: "written"; readonly version: number }
  | { readonly kind: "conflict"; readonly record: StoredRecord | null };

/** A store that all isolates of a run share. Version 0 stands for no record; moments in milliseconds since the epoch. */
export interface SharedRecords {
  read(key: string): Promise<StoredRecord | null>;
  /** A null value deletes. */
  compareAndSet(key: string, version: number, value: string | null, expiresAt: number): Promise<WriteResult>;
  /** One operation that another version or the deadline enables. */
  wait(key: string, version: number, deadline: number): Promise<StoredRecord | null>;
  list(prefix: string, limit: number): Promise<readonly string[]>;
  /** Deletes what has expired. */
  sweep(): Promise<number>;
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
  /** Shared by all isolates of the run. */
  readonly store: SharedRecords;
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
  fetch(request: Request): Response | Promise<Response>;
  /**
   * All that requests share in this isolate beyond what never changes, as plain data without random bytes. Whoever offers this
   * says that what an unfinished request does next depends on nothing but what this says at that moment and what the request itself
   * has received: it keeps no copy of anything shared. An exhaustive search then merges far more states, and audits that it is so.
   */
  memory?(): unknown;
  /** Does what was left undone, for instance revocations that the issuer has not taken; a deployment has somebody call it now and then. */
  maintain?(): Promise<void>;
}

/** Where a target's own pages send what a person wants beyond pages, each as a POST with `Origin`. What is left out is not offered. */
export interface TargetRoutes {
  /** Ends the session, and sends the browser on: to the issuer's logout, or back. */
  readonly logOut?: string;
  /** Renews the session in the organization that the query parameter `organization_id` names, and answers as a page does. */
  readonly switchOrganization?: string;
  /** Takes what the web app sends to its API after a sign-in, with the access token as bearer, and answers with what the API has for that user. */
  readonly callback?: string;
}

/** Whose code a target runs, and how it is set up, for those who read what came of it. */
export interface About {
  /** As the registry knows it, for instance `@workos-inc/node`. */
  readonly package: string;
  /** The version that runs. */
  readonly version: string | undefined;
  /** The versions of what it needs beside it to talk to the issuer, by package. */
  readonly over: Readonly<Record<string, string | undefined>>;
  /** What it was told, and what it does by itself where that matters, each in a few words. */
  readonly configuration: Readonly<Record<string, string>>;
}

/** The system under test behind one interface. */
export interface Target {
  readonly name: string;
  /** One line for `holdfast list`. */
  readonly describe: string;
  /** Said by those that run somebody else's code. */
  readonly about?: About;
  /** The refresh strategies it offers, the default first. */
  readonly strategies: readonly string[];
  /** Invariants that a strategy promises beyond those that the scenario demands of everyone. */
  readonly promises: Readonly<Record<string, readonly InvariantId[]>>;
  /** One request makes dozens of WebCrypto calls, as iron seals do: they stay within their steps unless somebody asks for more. */
  readonly makesManyCryptoCalls?: true;
  readonly routes?: TargetRoutes;
  create(environment: Environment): Instance | Promise<Instance>;
  /** What an answer means to the person who asked for the page. */
  classify(answer: Answer): AnswerKind;
}
