import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { organizations } from "../../fixtures/organizations.ts";
import { users } from "../../fixtures/users.ts";
import { asFetched } from "../issuer/answer.ts";
import { createIssuer, type Issuer } from "../issuer/issuer.ts";
import { type Profile, policyOf } from "../issuer/profile.ts";
import type { EventBody } from "../model/event.ts";
import type { IssuerSettings } from "../model/target.ts";
import type { Actor } from "../sim/actor.ts";
import type { Network } from "../sim/network.ts";
import type { Server } from "../sim/server.ts";
import { answerToWire } from "../sim/web/messages.ts";
import type { World } from "../sim/world.ts";

const ORIGIN = "https://api.workos.test";
const CLIENT_ID = "client_holdfast";
const API_KEY = "sk_test_holdfast_simulation_only";
/** One hour, in milliseconds: no message is on its way for so long that a refresh token or a cookie of days ends meanwhile. */
const LONGEST_DELAY = 3_600_000;

/**
 * Puts the issuer with the seeded users into a world.
 *
 * @param accessTokenLifetime milliseconds
 * @param ahead milliseconds by which its clock is ahead of the world's
 */
export function openIssuer(
  world: World,
  network: Network,
  profile: Profile,
  accessTokenLifetime: number,
  journal: (event: EventBody) => void,
  ahead = 0,
): Issuer {
  const actor = world.actor("issuer", "issuer");
  const issuer = createIssuer({
    profile,
    origin: ORIGIN,
    issuer: `${ORIGIN}/user_management/${CLIENT_ID}`,
    clientId: CLIENT_ID,
    apiKey: API_KEY,
    accessTokenLifetime,
    users,
    organizations,
    keys: signingKeys,
    // Browsers here sign in by a hint, and each sign-in stands alone.
    interactive: false,
    now: () => world.now() + ahead,
    randomBytes: (length) => world.randomness.bytes(actor.name, length),
    name(secret, label, subject) {
      world.names.register(secret, label, subject, subject?.type === "access-token" ? () => saidBy(secret) : null);
    },
    journal,
  });
  const server = issuerServer(actor, issuer);
  network.route(ORIGIN, () => server);
  const deadlines = () => issuer.deadlines().map((moment) => moment - ahead);
  world.watchDeadlines(() => deadlines().filter((moment) => moment - world.now() <= LONGEST_DELAY));
  return issuer;
}

/** What an access token says: when it ends, for which organization it is, which key signed it. Its id is its name, and random bytes. */
function saidBy(jwt: string): string {
  const [header = "", payload = ""] = jwt.split(".").map((part) => Buffer.from(part, "base64url").toString());
  const { jti: _, ...claims } = JSON.parse(payload);
  return `${header} ${JSON.stringify(claims)}`;
}

/** The issuer's face in a world: what has arrived is read already, so that no fetch `Request` is made of it. */
function issuerServer(actor: Actor, issuer: Issuer): Server {
  return {
    actor,
    async handle({ method, url, headers, body }, signal) {
      const fields = new Headers(headers as [string, string][]);
      return answerToWire(asFetched(await issuer.answerRead({ method, url: new URL(url), headers: fields, body: body ?? "", signal })));
    },
  };
}

/** What a target is told of that issuer. */
export function settingsOf(issuer: Issuer, profile: Profile): IssuerSettings {
  return {
    origin: ORIGIN,
    issuer: `${ORIGIN}/user_management/${CLIENT_ID}`,
    clientId: CLIENT_ID,
    apiKey: API_KEY,
    jwks: issuer.jwks,
    ...policyOf(profile),
  };
}
