import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from "jose";
import { createStaticKeySet } from "../keys/static.ts";
import {
  type ApiKey,
  type Artifact,
  type IssuedApiKey,
  type Page,
  type Repository,
  RepositoryError,
  type ResolvedMember,
  type ResolveWebMember,
  type Workspace,
  type WorkspaceMember,
} from "../repository/repository.ts";
import type { Ports } from "../session/ports.ts";
import type { LogEntry } from "./refusal.ts";
import { createTokenVerifier, type TokenVerifierOptions } from "./token.ts";

/** Milliseconds since the epoch: when every test begins. */
export const START = Date.UTC(2030, 0, 1);
export const ISSUER = "https://api.workos.test";
export const CLIENT = "client_1";
export const API_KEY = "sk_test_key";

export interface Signer {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwks: JSONWebKeySet;
  /** A token of user_ada from {@link START} to 300 s later; undefined leaves a claim or header out. */
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export async function createSigner(kid = "key-1"): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  return {
    kid,
    privateKey,
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" }] },
    sign: (claims = {}, header = {}) =>
      new SignJWT(claimsOf(claims)).setProtectedHeader(present({ alg: "RS256", kid, ...header }) as { alg: string }).sign(privateKey),
  };
}

export function claimsOf(claims: Record<string, unknown> = {}): Record<string, unknown> {
  const iat = START / 1000;
  return present({ iss: ISSUER, sub: "user_ada", sid: "session_1", jti: "jti_1", client_id: CLIENT, iat, exp: iat + 300, ...claims });
}

function present(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Ports that a test owns. A wait with a signal is a time-out and ends when the test moves time; any other passes at once. */
export interface World {
  readonly ports: Ports;
  readonly requests: { readonly url: string; readonly init: RequestInit }[];
  /** Milliseconds of every wait without a signal. */
  readonly waits: number[];
  readonly log: LogEntry[];
  now: number;
  reply: (url: string, init: RequestInit) => Response | Promise<Response>;
  advance(milliseconds: number): void;
}

export function createWorld(): World {
  let drawn = 0;
  let timers: { readonly at: number; readonly ring: () => void }[] = [];
  const world: World = {
    now: START,
    requests: [],
    waits: [],
    log: [],
    reply: () => {
      throw new Error("no request was expected");
    },
    advance(milliseconds) {
      world.now += milliseconds;
      const due = timers.filter(({ at }) => at <= world.now);
      timers = timers.filter(({ at }) => at > world.now);
      for (const { ring } of due) ring();
    },
    ports: {
      async fetch(input, init = {}) {
        // As the global of some runtimes does.
        if ((this as unknown) !== undefined) throw new TypeError("Illegal invocation");
        world.requests.push({ url: String(input), init });
        return world.reply(String(input), init);
      },
      now: () => world.now,
      randomBytes: (length) => new Uint8Array(length).fill(++drawn),
      wait: (milliseconds, signal) => {
        if (signal === undefined) {
          world.waits.push(milliseconds);
          world.now += milliseconds;
          return Promise.resolve();
        }
        return new Promise((ring) => {
          timers.push({ at: world.now + milliseconds, ring });
          signal.addEventListener("abort", () => ring());
        });
      },
    },
  };
  return world;
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}

/** The verifier of most tests: a static key set, one issuer, one client. */
export function testVerifier(world: World, jwks: JSONWebKeySet, options: Partial<TokenVerifierOptions> = {}) {
  const base = { keys: createStaticKeySet(jwks), issuers: [ISSUER], clientId: CLIENT, now: world.ports.now };
  return createTokenVerifier({ ...base, log: (entry) => world.log.push(entry), ...options });
}

/** A repository in a few lines. Its private members make a method that has lost its receiver fail, as a real class would. */
export class FakeRepository implements Repository {
  readonly resolved: ResolveWebMember[] = [];
  reads = 0;
  /** Thrown by the next calls, one each. */
  faults: unknown[] = [];
  artifacts: Artifact[] = [];
  readonly #members = new Map<string, { readonly member: WorkspaceMember; readonly workspace: Workspace }>();
  readonly #records = new Map<string, ResolvedMember>();

  async resolveWebMember(request: ResolveWebMember): Promise<ResolvedMember> {
    this.resolved.push(request);
    this.#fail();
    const replayed = this.#records.get(request.idempotencyKey);
    if (replayed !== undefined) {
      if (replayed.member.workosUserId === request.workosUserId) return replayed;
      throw new RepositoryError("idempotency_key_reused", "the key belongs to another user");
    }
    const known = this.#members.get(request.workosUserId);
    const result = known === undefined ? this.#provision(request) : { ...known, defaultApiKey: null };
    const seen = { ...result, member: { ...result.member, email: request.email, lastSeenAt: request.now } };
    this.#members.set(request.workosUserId, { member: seen.member, workspace: seen.workspace });
    this.#records.set(request.idempotencyKey, seen);
    return seen;
  }

  async getWebMemberByWorkOsUserId(workosUserId: string) {
    this.reads += 1;
    this.#fail();
    return this.#members.get(workosUserId) ?? null;
  }

  async listArtifacts({
    workspaceId,
    cursor,
    limit,
  }: {
    workspaceId: string;
    cursor: string | null;
    limit: number;
  }): Promise<Page<Artifact>> {
    this.#fail();
    const from = Number(cursor ?? 0);
    if (Number.isNaN(from)) throw new RepositoryError("invalid_argument", "expected a cursor");
    const own = this.artifacts.filter((artifact) => artifact.workspaceId === workspaceId);
    return { items: own.slice(from, from + limit), nextCursor: from + limit < own.length ? String(from + limit) : null };
  }

  createApiKey(): Promise<IssuedApiKey> {
    throw new Error("not in these tests");
  }

  revokeApiKey(): Promise<ApiKey | null> {
    throw new Error("not in these tests");
  }

  verifyApiKey(): Promise<ApiKey | null> {
    throw new Error("not in these tests");
  }

  sweep(): Promise<number> {
    throw new Error("not in these tests");
  }

  #fail(): void {
    const fault = this.faults.shift();
    if (fault !== undefined) throw fault;
  }

  #provision({ workosUserId, email, now }: ResolveWebMember): ResolvedMember {
    const n = this.#members.size + 1;
    const workspace = { id: `ws_${n}`, name: `${email.split("@")[0]}'s Workspace`, createdAt: now };
    const scopes = ["publish", "read"];
    const member = { id: `mem_${n}`, workspaceId: workspace.id, workosUserId, email, scopes, createdAt: now, lastSeenAt: now };
    const apiKey = { id: `key_${n}`, workspaceId: workspace.id, name: "Default", scopes, prefix: "hf_", createdAt: now, revokedAt: null };
    return { workspace, member, defaultApiKey: { apiKey, secret: `hf_secret_${n}` } };
  }
}
