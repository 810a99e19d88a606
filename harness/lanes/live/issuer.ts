import { ISSUER_CLIENT } from "../../../fixtures/issuer-client.ts";
import { signingKeys } from "../../../fixtures/keys/signing-keys.ts";
import type { Address } from "../../issuer/control/address.ts";
import type { Outcome } from "../../issuer/control/faults.ts";
import type { IssuerEvent } from "../../issuer/issuer.ts";
import type { SeededUser } from "../../issuer/options.ts";
import { graceOf, type Profile } from "../../issuer/profile.ts";
import { profileNamed } from "../../issuer/profiles.ts";
import { type IssuerServer, startIssuerServer } from "../../issuer/server.ts";
import type { Credential } from "../../model/credential.ts";
import type { IssuerFacts, IssuerSettings } from "./config.ts";

const { clientId: CLIENT_ID, apiKey: API_KEY } = ISSUER_CLIENT;
/** Seconds. */
const ACCESS_TOKEN_LIFETIME = 5;
/** Seconds: the longest grace that an app is told. Some issuers' has no end. */
const LONGEST_GRACE = 3_600;

/** Who listens to what the issuer does for one user. */
export interface IssuerListener {
  /** A refresh token has arrived. What is returned is told what came of it. */
  arrived(token: Credential): (outcome: Outcome | null) => void;
  happened(event: IssuerEvent): void;
}

/** The issuer of a verification. */
export interface LiveIssuer {
  readonly facts: IssuerFacts;
  readonly profile: Profile;
  /** Milliseconds. */
  readonly accessTokenLifetime: number;
  readonly control: IssuerServer["issuer"]["control"];
  /** Every refresh token by its text. */
  readonly tokens: ReadonlyMap<string, Credential>;
  /** The newest refresh token of a user's newest session; null where there is none. */
  newestOf(user: string): Credential | null;
  /** When it was issued, or handed out again (ms since the epoch). */
  issuedAt(token: Credential): number;
  /** An access token as a web app of this client would have it after a sign-in of its own. */
  accessTokenFor(user: SeededUser): Promise<string>;
  listen(user: string, listener: IssuerListener): void;
  close(): Promise<void>;
}

/**
 * Starts the issuer that the app shall use, on loopback.
 *
 * @throws HoldfastError `BAD_USAGE` for a profile that there is not, and when the port cannot be had
 */
export async function startLiveIssuer(settings: IssuerSettings, users: readonly SeededUser[]): Promise<LiveIssuer> {
  const { profile: profileName = "workos", port = 0 } = settings;
  const profile = profileNamed(profileName);
  const accessTokenLifetime = (settings.accessTokenLifetime ?? ACCESS_TOKEN_LIFETIME) * 1000;
  const tokens = new Map<string, Credential>();
  const newest = new Map<string, Credential>();
  const issued = new Map<string, number>();
  const listeners = new Map<string, IssuerListener>();

  function note(user: string, token: Credential): void {
    newest.set(user, token);
    issued.set(placeOf(token), Date.now());
  }

  function journal(event: IssuerEvent): void {
    const user = event.type === "token-redeemed" ? event.token.user : event.user;
    if (event.type === "session-started") {
      const { session, family } = event;
      note(user, { type: "refresh-token", user, session, family, generation: 0, sibling: 0 });
    }
    if (event.type === "token-redeemed" && event.successor !== null) note(user, event.successor);
    listeners.get(user)?.happened(event);
  }

  /** Of what presents a refresh token, only what wants another one for it: to revoke one is to redeem none. */
  function watch({ endpoint, token }: Address): (outcome: Outcome | null) => void {
    const listener = token === null || endpoint !== "token" ? undefined : listeners.get(token.credential.user);
    return token === null || listener === undefined ? () => {} : listener.arrived(token.credential);
  }

  const server = await startIssuerServer({
    ...{ profile, clientId: CLIENT_ID, apiKey: API_KEY, accessTokenLifetime, users, port },
    // One key, and a new one for each rotation: no app can know it before it is published.
    keys: signingKeys.slice(0, 1),
    // Everybody signs in by a hint, each time anew: the cookies of a browser are then the app's alone.
    interactive: false,
    name(secret, _, subject) {
      if (subject?.type === "refresh-token") tokens.set(secret, subject);
    },
    ...{ journal, watch },
  });
  const { origin, issuer, close } = server;
  const grace = graceOf(profile);
  return {
    facts: {
      ...{ origin, clientId: CLIENT_ID, apiKey: API_KEY, jwksUrl: `${origin}/sso/jwks/${CLIENT_ID}`, profile: profile.name },
      graceSeconds: Math.min((grace ?? 0) / 1000, LONGEST_GRACE),
    },
    ...{ profile, accessTokenLifetime, tokens, close },
    control: issuer.control,
    newestOf: (user) => newest.get(user) ?? null,
    issuedAt: (token) => issued.get(placeOf(token)) ?? 0,
    listen: (user, listener) => void listeners.set(user, listener),
    async accessTokenFor({ email }) {
      const query = new URLSearchParams({ client_id: CLIENT_ID, redirect_uri: `${origin}/`, response_type: "code", login_hint: email });
      const sent = await fetch(`${origin}/user_management/authorize?${query}`, { redirect: "manual" });
      const code = URL.parse(sent.headers.get("location") ?? "")?.searchParams.get("code") ?? "";
      const grant = { grant_type: "authorization_code", client_id: CLIENT_ID, client_secret: API_KEY, code };
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${origin}/user_management/authenticate`, { method: "POST", headers, body: JSON.stringify(grant) });
      return ((await answer.json()) as { access_token: string }).access_token;
    },
  };
}

function placeOf({ family, generation, sibling }: Credential): string {
  return `${family}.${generation}.${sibling}`;
}
