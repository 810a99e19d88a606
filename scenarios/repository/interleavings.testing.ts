import fc from "fast-check";
import { type Backend, callback, MINUTE, NOW, repositoryOn } from "../../src/repository/contract/backend.testing.ts";
import type { ResolvedMember, ResolveWebMember } from "../../src/repository/repository.ts";
import { Crash, type CrashPoint, crashes } from "./sequences.testing.ts";
import { createStepper, type Stepper } from "./stepper.testing.ts";

/** Callbacks that begin at once, and which of them makes its next statement: the nth of those that can. */
export interface Interleaving {
  readonly callbacks: readonly { readonly user: string; readonly key: string; readonly crash: CrashPoint | null }[];
  readonly choices: readonly number[];
}

export const interleavings: fc.Arbitrary<Interleaving> = fc.record({
  callbacks: fc.array(
    fc.record({
      user: fc.constantFrom("user_ada", "user_ada", "user_bob"),
      key: fc.constantFrom("workos-jti:1", "workos-jti:2", "workos-session:3"),
      crash: crashes,
    }),
    { minLength: 2, maxLength: 4 },
  ),
  choices: fc.array(fc.nat(3), { maxLength: 40, size: "max" }),
});

/** What one client saw. */
interface Outcome {
  readonly request: ResolveWebMember;
  readonly answer: ResolvedMember | null;
  readonly error: unknown;
}

/** What happened when, by the number of the step. */
interface History {
  /** Of each key: when the request that was committed under it had first looked. */
  readonly lookedBy: Map<string, number>;
  /** Of each user: when the provisioning was committed. */
  readonly provisionedAt: Map<string, number>;
  readonly outcomes: Outcome[];
}

/**
 * Runs an interleaving, lets every client retry until it has an answer, and checks what the design says of any order: provisioned once and
 * whole; one answer a key, the same to the byte; the secret for whoever looked before the provisioning was committed, and for nobody else;
 * a key for one identity alone.
 *
 * @throws Error when one of these does not hold.
 */
export async function checkInterleaving(backend: Backend, { callbacks, choices }: Interleaving): Promise<void> {
  const stepper = createStepper(backend, choices);
  const history: History = { lookedBy: new Map(), provisionedAt: new Map(), outcomes: [] };
  const requests = callbacks.map(({ user, key }, i) =>
    callback({ workosUserId: user, idempotencyKey: key, email: `${user}+${i}@example.com`, now: NOW + i, expiresAt: NOW + 5 * MINUTE }),
  );
  await stepper.run(requests.map((request, i) => () => attempt(backend, stepper, history, request, callbacks[i]?.crash ?? null)));
  // The crashed ones come back, one after another.
  for (const { request, error } of [...history.outcomes]) {
    if (error instanceof Crash) await stepper.run([() => attempt(backend, stepper, history, request, null)]);
  }
  await judge(backend, history);
}

async function attempt(
  backend: Backend,
  stepper: Stepper,
  history: History,
  request: ResolveWebMember,
  crash: CrashPoint | null,
): Promise<void> {
  const { idempotencyKey: key, workosUserId: user } = request;
  let made = 0;
  let lookedAt: number | null = null;
  let isProvisioning = false;
  const repository = repositoryOn(backend, async (name, run) => {
    const dies = made++ === crash?.at;
    const step = await stepper.turn();
    if (dies && crash.when === "before") throw new Crash();
    if (name === "lookup") lookedAt ??= step;
    const result = await run();
    if (name === "provision") isProvisioning = result === true;
    if (name === "begin") isProvisioning = false;
    if (dies && crash.when === "after" && name !== "commit") throw new Crash();
    if (name === "commit") {
      if (dies && crash.when === "after") throw new Crash();
      history.lookedBy.set(key, lookedAt ?? step);
      if (isProvisioning) history.provisionedAt.set(user, step);
    }
    return result;
  });
  const outcome = await repository.resolveWebMember(request).then(
    (answer) => ({ request, answer, error: null }),
    (error: unknown) => ({ request, answer: null, error }),
  );
  history.outcomes.push(outcome);
}

async function judge(backend: Backend, { outcomes, lookedBy, provisionedAt }: History): Promise<void> {
  const repository = repositoryOn(backend);
  const { workspaces, members, apiKeys, events, records } = await backend.tables();
  const served = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const { request, answer, error } = outcome;
    if (error instanceof Crash) continue;
    const key = request.idempotencyKey;
    const owner = records.find((record) => record.key === key)?.subject;
    if (answer === null) {
      // The only refusal that an order can bring about.
      demand("no error but that of a key of another", owner !== request.workosUserId && isReused(error), String(error));
      continue;
    }
    demand("an answer for the owner of the key alone", owner === request.workosUserId, `${owner} and ${request.workosUserId}`);
    const first = served.get(key) ?? outcome;
    served.set(key, first);
    demand("one answer a key", JSON.stringify(answer) === JSON.stringify(first.answer), JSON.stringify([first.answer, answer]));
    const replay = await repository.resolveWebMember({ ...request, now: request.now + 1 });
    demand("the same answer in a replay", JSON.stringify(replay) === JSON.stringify(answer), JSON.stringify([answer, replay]));
    const isOwed = (lookedBy.get(key) ?? Number.POSITIVE_INFINITY) < (provisionedAt.get(request.workosUserId) ?? Number.NEGATIVE_INFINITY);
    demand(
      "the secret for whoever looked before the provisioning and nobody else",
      isOwed === (answer.defaultApiKey !== null),
      JSON.stringify(answer),
    );
    if (answer.defaultApiKey !== null) {
      const verified = await repository.verifyApiKey(answer.defaultApiKey.secret);
      demand("a secret that works", verified?.workspaceId === answer.workspace.id, JSON.stringify(verified));
    }
  }

  const users = new Set([...served.values()].map(({ request }) => request.workosUserId));
  const counts = [workspaces, members, apiKeys, events].map(({ length }) => length);
  const expected = [users.size, users.size, users.size, 3 * users.size];
  demand("everything once a user", JSON.stringify(counts) === JSON.stringify(expected), `${counts} instead of ${expected}`);
  demand("one record a key and one a user", records.length === served.size + users.size, `${records.length}`);
  for (const user of users) {
    const answers = [...served.values()]
      .filter(({ request }) => request.workosUserId === user)
      .map(({ answer }) => answer as ResolvedMember);
    const secrets = new Set(answers.flatMap(({ defaultApiKey }) => defaultApiKey?.secret ?? []));
    demand("one secret a user", secrets.size === 1, `${secrets.size}`);
    const lastSeen = Math.max(...answers.map(({ member }) => member.lastSeenAt));
    demand("the latest sighting", members.find((member) => member.workosUserId === user)?.lastSeenAt === lastSeen, `${lastSeen}`);
  }
}

function isReused(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "idempotency_key_reused";
}

function demand(what: string, holds: boolean, got: string): void {
  if (!holds) throw new Error(`expected ${what}, got ${got}`);
}
