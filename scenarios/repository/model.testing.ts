import type { ResolvedMember, ResolveWebMember } from "../../src/repository/repository.ts";

/** Milliseconds. Written down again, not imported: the model is a second opinion. */
const TEN_MINUTES = 600_000;

interface ModelMember {
  readonly email: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly workspaceName: string;
}

/** What must come of a callback. */
export type Expected =
  | { readonly kind: "reused" }
  | { readonly kind: "answer"; readonly user: string; readonly member: ModelMember; readonly withKey: boolean };

interface ModelRecord {
  readonly user: string;
  readonly member: ModelMember;
  readonly isFirst: boolean;
  readonly expiresAt: number;
  readonly secretExpiresAt: number;
}

/**
 * Members and records as the design has them, in a few lines and without a database: callbacks one after another, each of which happens
 * or does not. Ids and secrets cannot be foretold; the first that is heard of a user must be all that is ever heard.
 */
export class CallbackModel {
  readonly members = new Map<string, ModelMember>();
  readonly records = new Map<string, ModelRecord>();
  readonly #workspaceIds = new Map<string, string>();
  readonly #memberIds = new Map<string, string>();
  readonly #defaultKeys = new Map<string, string>();

  /** @returns What the callback must be answered, and what to do to the model if it is committed. */
  plan(request: ResolveWebMember): { readonly expected: Expected; readonly commit: () => void } {
    const { idempotencyKey: key, workosUserId: user, email, expiresAt, now } = request;
    const record = this.records.get(key);
    if (record !== undefined && now < record.expiresAt) {
      if (record.user !== user) return { expected: { kind: "reused" }, commit: () => {} };
      const withKey = record.isFirst && now < record.secretExpiresAt;
      return { expected: { kind: "answer", user, member: record.member, withKey }, commit: () => {} };
    }
    const known = this.members.get(user);
    const member =
      known === undefined
        ? { email, createdAt: now, lastSeenAt: now, workspaceName: `${email.split("@")[0]}'s Workspace` }
        : { ...known, email, lastSeenAt: Math.max(known.lastSeenAt, now) };
    const isFirst = known === undefined;
    const secretExpiresAt = key.startsWith("workos-session:") ? Math.min(expiresAt, now + TEN_MINUTES) : expiresAt;
    return {
      expected: { kind: "answer", user, member, withKey: isFirst },
      commit: () => {
        this.members.set(user, member);
        this.records.set(key, { user, member, isFirst, expiresAt, secretExpiresAt });
        if (isFirst) {
          const userKey = { user, member, isFirst, expiresAt: now + TEN_MINUTES, secretExpiresAt: now + TEN_MINUTES };
          this.records.set(`workos-user:${user}`, userKey);
        }
      },
    };
  }

  /** @returns Why an answer is not what was expected; null when it is. */
  complaint(expected: Expected, actual: ResolvedMember | { readonly code: string }): string | null {
    if (expected.kind === "reused") {
      return "code" in actual && actual.code === "idempotency_key_reused" ? null : `expected a refusal, got ${JSON.stringify(actual)}`;
    }
    if ("code" in actual) return `expected an answer, got ${actual.code}`;
    const { user, member, withKey } = expected;
    const workspaceId = learn(this.#workspaceIds, user, actual.workspace.id);
    const defaultKey = actual.defaultApiKey === null ? null : learn(this.#defaultKeys, user, JSON.stringify(actual.defaultApiKey));
    const wanted: ResolvedMember = {
      workspace: { id: workspaceId, name: member.workspaceName, createdAt: member.createdAt },
      member: {
        id: learn(this.#memberIds, user, actual.member.id),
        workspaceId,
        workosUserId: user,
        email: member.email,
        scopes: ["publish", "read"],
        createdAt: member.createdAt,
        lastSeenAt: member.lastSeenAt,
      },
      defaultApiKey: defaultKey === null ? null : JSON.parse(defaultKey),
    };
    if (withKey !== (actual.defaultApiKey !== null)) return `expected ${withKey ? "the" : "no"} default key of ${user}, got the opposite`;
    const [want, got] = [JSON.stringify(wanted), JSON.stringify(actual)];
    return want === got ? null : `expected ${want}, got ${got}`;
  }

  /** Forgets expired records, and says how many there were. */
  sweep(now: number): number {
    const before = this.records.size;
    for (const [key, { expiresAt }] of this.records) if (expiresAt <= now) this.records.delete(key);
    return before - this.records.size;
  }
}

/** What was heard first, now and ever after. */
function learn(known: Map<string, string>, user: string, heard: string): string {
  const first = known.get(user) ?? heard;
  known.set(user, first);
  return first;
}
