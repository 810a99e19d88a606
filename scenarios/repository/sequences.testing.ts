import fc from "fast-check";
import { type Backend, MINUTE, NOW, repositoryOn } from "../../src/repository/contract/backend.testing.ts";
import type { ResolveWebMember } from "../../src/repository/repository.ts";
import { CallbackModel } from "./model.testing.ts";

/** Where a request dies: before or after the nth statement that it makes; nowhere when it does not make that many. */
export interface CrashPoint {
  readonly at: number;
  readonly when: "before" | "after";
}

type Step =
  | { readonly kind: "callback"; readonly user: string; readonly key: string; readonly life: number; readonly crash: CrashPoint | null }
  | { readonly kind: "read"; readonly user: string }
  | { readonly kind: "sleep"; readonly milliseconds: number }
  | { readonly kind: "sweep" };

const USERS = ["user_ada", "user_bob"];
const KEYS = ["workos-jti:1", "workos-jti:2", "workos-session:1", "workos-session:2"];

/** A request makes at most eight statements. */
export const crashes = fc.option(fc.record({ at: fc.nat(8), when: fc.constantFrom<CrashPoint["when"][]>("before", "after") }), { freq: 2 });

const callbacks = fc.record({
  kind: fc.constant("callback" as const),
  user: fc.constantFrom(...USERS),
  key: fc.constantFrom(...KEYS),
  life: fc.constantFrom(1, 5 * MINUTE, 60 * MINUTE),
  crash: crashes,
});

/** Callbacks, replays and retries (a key is often used again), reads, sweeps, and time that passes. */
export const sequences = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: callbacks },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("read" as const), user: fc.constantFrom(...USERS) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("sleep" as const), milliseconds: fc.constantFrom(1, MINUTE, 10 * MINUTE - 1, 10 * MINUTE) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("sweep" as const) }) },
  ),
  { minLength: 4, maxLength: 24, size: "max" },
);

/**
 * Runs a sequence against a backend and the model at once.
 *
 * @throws Error at the first difference.
 */
export async function followModel(backend: Backend, steps: readonly Step[]): Promise<void> {
  const model = new CallbackModel();
  const repository = repositoryOn(backend);
  let now = NOW;
  let count = 0;
  for (const step of steps) {
    switch (step.kind) {
      case "sleep":
        now += step.milliseconds;
        break;
      case "sweep":
        same("swept records", await repository.sweep(now), model.sweep(now));
        break;
      case "read": {
        const found = await repository.getWebMemberByWorkOsUserId(step.user);
        const known = model.members.get(step.user);
        same("a read", found && [found.member.email, found.member.lastSeenAt], known ? [known.email, known.lastSeenAt] : null);
        break;
      }
      case "callback": {
        // Another email each time, so that a write which should not be shows.
        const email = `${step.user}+${count++}@example.com`;
        await callBack(
          backend,
          model,
          { workosUserId: step.user, email, idempotencyKey: step.key, expiresAt: now + step.life, now },
          step.crash,
        );
        break;
      }
    }
    await compareTables(backend, model);
  }
}

async function callBack(backend: Backend, model: CallbackModel, request: ResolveWebMember, crash: CrashPoint | null): Promise<void> {
  const { expected, commit } = model.plan(request);
  let made = 0;
  let isCommitted = false;
  const repository = repositoryOn(backend, async (name, run) => {
    if (name === "committed") isCommitted = true;
    const dies = made++ === crash?.at;
    if (dies && crash.when === "before") throw new Crash();
    const result = await run();
    if (dies) throw new Crash();
    return result;
  });
  try {
    const answer = await repository.resolveWebMember(request).catch((error: unknown) => {
      if (error instanceof Error && "code" in error) return { code: String(error.code) };
      throw error;
    });
    const complaint = model.complaint(expected, answer);
    if (complaint !== null) throw new Error(complaint);
    commit();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    if (isCommitted) commit();
  }
}

/** All or nothing, and once: nothing is stored that the model does not have, and all that it has is. */
async function compareTables(backend: Backend, model: CallbackModel): Promise<void> {
  const { workspaces, members, apiKeys, events, records } = await backend.tables();
  const users = [...model.members].sort();
  same(
    "members",
    members.map(({ workosUserId, email, createdAt, lastSeenAt }) => [workosUserId, email, createdAt, lastSeenAt]).sort(),
    users.map(([user, { email, createdAt, lastSeenAt }]) => [user, email, createdAt, lastSeenAt]),
  );
  same("workspaces", workspaces.map(({ name }) => name).sort(), users.map(([, { workspaceName }]) => workspaceName).sort());
  same("default keys", apiKeys.map(({ workspaceId }) => workspaceId).sort(), workspaces.map(({ id }) => id).sort());
  same("events", events.length, 3 * users.length);
  same(
    "records",
    records.map(({ key, subject }) => [key, subject]).sort(),
    [...model.records].map(([key, { user }]) => [key, user]).sort(),
  );
  same("unfinished records", records.filter(({ result }) => result === null).length, 0);
}

/** The process dies here. */
export class Crash extends Error {
  constructor() {
    super("crash");
  }
}

function same(what: string, got: unknown, expected: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(expected)) {
    throw new Error(`expected ${what} as in the model, ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
  }
}
