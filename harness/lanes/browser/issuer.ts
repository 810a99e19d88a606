import { ISSUER_CLIENT } from "../../../fixtures/issuer-client.ts";
import { signingKeys } from "../../../fixtures/keys/signing-keys.ts";
import { users } from "../../../fixtures/users.ts";
import type { Control } from "../../issuer/control/control.ts";
import type { Entry } from "../../issuer/control/journal.ts";
import type { CustomClaim, IssuerEvent, SeededMembership, SeededOrganization, SeededUser } from "../../issuer/options.ts";
import { policyOf } from "../../issuer/profile.ts";
import { profileNamed } from "../../issuer/profiles.ts";
import { startIssuerServer } from "../../issuer/server.ts";
import type { IssuerSettings } from "../../model/target.ts";
import { workosVariables } from "../../model/workos-variables.ts";
import { createMovableClock, type MovableClock } from "./clock.ts";

/** Entries that the journal keeps. */
const JOURNAL_SIZE = 10_000;

/** What may be chosen of the issuer. */
export interface TestIssuerOptions {
  /** A profile's name; default `better-auth`, which ends every session of a user and client when a spent refresh token comes again. */
  readonly profile?: string;
  /** Seconds; default 300. */
  readonly accessTokenLifetime?: number;
  /** Default 0: any that is free. An app that is started by somebody else knows the issuer by a port. */
  readonly port?: number;
  /** Default ada@example.test and ben@example.test. */
  readonly users?: readonly SeededUser[];
  readonly organizations?: readonly SeededOrganization[];
  readonly memberships?: readonly SeededMembership[];
  readonly customClaims?: readonly CustomClaim[];
}

/** The fake issuer of one test. */
export interface TestIssuer {
  readonly origin: string;
  readonly users: readonly SeededUser[];
  /** Milliseconds. */
  readonly accessTokenLifetime: number;
  /** What an app must know of it, for instance its key set as it is at deploy time. */
  readonly settings: IssuerSettings;
  /** The same as the variables that WorkOS' SDKs read. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its keys, faults, sessions and families: everything that its operator can do. */
  readonly control: Control;
  readonly clock: MovableClock;
  /** What it was asked and what came of it, in order: each of its answers is here. */
  requests(): readonly Extract<Entry, { type: "request" }>[];
  /** What happened to sessions and refresh tokens, in order. */
  events(): readonly IssuerEvent[];
  /** The journal as text, a line for each thing that happened. No secret is in it. */
  journalText(): string;
  /** Tells of each entry of the journal as it is written. */
  subscribe(listener: (entry: Entry) => void): () => void;
  close(): Promise<void>;
}

/**
 * Starts the issuer of one test on loopback.
 *
 * @throws {HoldfastError} `BAD_USAGE` for a profile that does not exist, or a port that cannot be had
 *
 * @example
 * ```ts
 * const issuer = await startTestIssuer({ profile: "workos", accessTokenLifetime: 5 });
 * issuer.requests().length; // 0
 * await issuer.close();
 * ```
 */
export async function startTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const { profile: name = "better-auth", accessTokenLifetime = 300, port = 0, ...seed } = options;
  const profile = profileNamed(name);
  const clock = createMovableClock();
  const events: IssuerEvent[] = [];
  const chosen = { users, ...seed };
  const server = await startIssuerServer({
    ...{ ...chosen, profile, port, keys: signingKeys, ...ISSUER_CLIENT },
    ...{ accessTokenLifetime: accessTokenLifetime * 1000, now: clock.now, journalSize: JOURNAL_SIZE },
    journal: (event) => events.push(event),
  });
  const { origin, issuer } = server;
  const { control } = issuer;
  // It was given a size.
  const journal = control.journal as NonNullable<Control["journal"]>;
  const settings = { origin, issuer: origin, ...ISSUER_CLIENT, jwks: issuer.jwks, ...policyOf(profile) };
  return {
    ...{ origin, users: chosen.users, accessTokenLifetime: accessTokenLifetime * 1000, control, clock },
    settings,
    environment: workosVariables(settings),
    requests: () => journal.entries().filter((entry) => entry.type === "request"),
    events: () => [...events],
    journalText: () => journal.text(),
    subscribe: (listener) => journal.subscribe(listener),
    close: () => server.close(),
  };
}
