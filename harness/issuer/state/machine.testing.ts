import { signingKeys } from "../../../fixtures/keys/signing-keys.ts";
import { users } from "../../../fixtures/users.ts";
import type { Client, IssuerEvent, IssuerOptions } from "../options.ts";
import type { Profile } from "../profile.ts";
import { createDirectory } from "./directory.ts";
import { createMachine } from "./machine.ts";
import type { Session, TokenPair } from "./records.ts";

const CONFIDENTIAL = "client_test";
const PUBLIC: Client = { id: "client_public", secret: null, redirectUris: null, postLogoutRedirectUris: null };
/** By the numbers that the tests use. */
export const CLIENTS = [CONFIDENTIAL, PUBLIC.id] as const;

/** The machine with a clock that only the test moves, and with access tokens that need no signature. */
export function machineBench(profile: Profile, more: Partial<IssuerOptions> = {}) {
  let now = 0;
  let draws = 0;
  let minted = 0;
  const names = new Map<string, string>();
  const events: IssuerEvent[] = [];
  const options: IssuerOptions = {
    profile,
    origin: "https://api.workos.test",
    issuer: "https://api.workos.com",
    clientId: CONFIDENTIAL,
    clients: [PUBLIC],
    apiKey: "sk_test",
    accessTokenLifetime: 300_000,
    users,
    keys: signingKeys,
    now: () => now,
    randomBytes: (length) => Buffer.from(String(++draws).padStart(length, "0")),
    name: (secret, label) => names.set(secret, label),
    journal: (event) => events.push(event),
    ...more,
  };
  const machine = createMachine(options, () => ({ expiresAt: now + 300_000, jwt: Promise.resolve(`access token ${++minted}`) }));
  const directory = createDirectory(options);

  function signIn(user = 0, client = 0, session: Session | null = null): TokenPair {
    const who = directory.user(userId(user));
    const what = directory.client(CLIENTS[client] ?? "");
    if (who === undefined || what === undefined) throw new Error("no such user or client");
    const how = { surface: "workos", method: "Password", organizationId: null, scope: null } as const;
    return machine.signIn({ user: who, client: what, ...how, session });
  }

  return { machine, signIn, names, events, now: () => now, advance: (ms: number) => (now += ms) };
}

export function userId(index: number): string {
  return users[index === 0 ? 0 : 1].id;
}
