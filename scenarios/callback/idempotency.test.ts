import fc from "fast-check";
import { expect, test } from "vitest";
import { RepositoryError } from "../../src/repository/repository.ts";
import type { Around, StatementName } from "../../src/repository/store.testing.ts";
import { type Answer, createSignedInWorld, type SignedInWorld, type Ticket, type User } from "./signed-in-world.testing.ts";

const SECOND = 1_000;
/** Milliseconds after which a `sid` record gives no secret any more (DESIGN §5). */
const SECRET_LIFE = 600 * SECOND;

const tickets: fc.Arbitrary<Ticket> = fc.record({
  user: fc.constantFrom<User>("user_ada", "user_ben"),
  by: fc.constantFrom("jti", "sid"),
  id: fc.constantFrom("1", "2", "3"),
  // An id belongs to one user; the tokens of one user that share it may end at different times only by `sid`.
  end: fc.constantFrom(300, 1_200),
});

type Step =
  | { readonly kind: "present"; readonly ticket: Ticket; readonly fault: "none" | "keys" | "users" | StatementName }
  | { readonly kind: "pass"; readonly seconds: number }
  | { readonly kind: "rename"; readonly user: User; readonly to: string }
  | { readonly kind: "sweep" };

const fault = fc.constantFrom(
  "none",
  "none",
  "none",
  "none",
  "keys",
  "users",
  "lookup",
  "begin",
  "claim",
  "provision",
  "see",
  "complete",
  "commit",
  "committed",
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("present"), ticket: tickets, fault }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass"), seconds: fc.constantFrom(1, 30, 200, 299, 301, 400) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("rename"),
      user: fc.constantFrom("user_ada", "user_ben"),
      to: fc.constantFrom("x@a.test", "y@a.test"),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "sweep" }) },
) as fc.Arbitrary<Step>;

/** A ticket as the API is given it: an id says whose it is, so that two users never share one. */
function own({ user, by, id, end }: Ticket): Ticket {
  return { user, by, id: `${user}_${by}_${id}`, end: by === "jti" ? 300 * (Number(id) + 1) : end };
}

/** What a key has answered, and until when it must. Milliseconds since the epoch. */
interface Remembered {
  readonly answer: Answer;
  readonly at: number;
  readonly until: number;
}

/** One user: a workspace, a member, a key and three events, or nothing at all. */
function expectWhole({ database }: SignedInWorld): void {
  const users = [...database.members.keys()];
  expect(users.length).toBe(new Set([...database.members.values()].map(({ workspaceId }) => workspaceId)).size);
  expect([database.workspaces.size, database.apiKeys.size]).toEqual([users.length, users.length]);
  expect(database.events.map(({ type }) => type).sort()).toEqual(
    ["api_key.created", "workspace.created", "workspace_member.added"].flatMap((type) => users.map(() => type)),
  );
}

test("any sequence of sign-ins, replays, outages and crashes: one answer a key, one provisioning a user, nothing by halves", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 25 }), async (run) => {
      let crashAt: StatementName | null = null;
      const around: Around = async (name, statement) => {
        if (name !== crashAt) return statement();
        throw new RepositoryError("unavailable", "the server went away", 1);
      };
      const world = createSignedInWorld(() => around);
      const remembered = new Map<string, Remembered>();
      const start = world.now;

      for (const step of run) {
        if (step.kind === "pass") world.now += step.seconds * SECOND;
        if (step.kind === "rename") world.emails[step.user] = step.to;
        if (step.kind === "sweep") await world.repository.sweep(world.now);
        if (step.kind !== "present") continue;

        const ticket = own(step.ticket);
        world.faults = { keys: step.fault === "keys", users: step.fault === "users" };
        crashAt = step.fault === "none" || step.fault === "keys" || step.fault === "users" ? null : step.fault;
        const before = world.snapshot();
        const wasMember = world.database.members.has(ticket.user);
        const answer = await world.present(ticket);
        const changed = world.snapshot() !== before;
        expectWhole(world);

        const known = remembered.get(ticket.id);
        const live = known !== undefined && world.now < known.until ? known : null;
        const isOver = world.now >= start + ticket.end * SECOND;
        // A key set that is down may hide that the token is over; nothing else may.
        expect([200, 401, 503]).toContain(answer.status);
        expect(answer.status === 401).toBe(isOver && step.fault !== "keys");
        if (step.fault === "none" && !isOver) expect(answer.status).toBe(200);
        if (step.fault === "keys" || (step.fault === "users" && !isOver)) expect(answer.status).toBe(503);

        if (answer.status !== 200) {
          // After `committed` only the answer is lost: the next one under the key is what it would have been.
          // What was committed need not show: a member that is seen twice at one moment looks the same.
          if (step.fault !== "committed" || isOver) {
            expect(changed).toBe(false);
            continue;
          }
          crashAt = null;
          const retried = await world.present(ticket);
          expect(retried.secret !== null).toBe(!wasMember);
          remembered.set(ticket.id, { answer: retried, at: world.now, until: start + (ticket.end + 60) * SECOND });
          continue;
        }

        if (live !== null) {
          expect(changed).toBe(false);
          const isWiped = ticket.by === "sid" && world.now >= live.at + SECRET_LIFE;
          if (isWiped) expect(answer.secret).toBe(null);
          else expect(answer.body).toBe(live.answer.body);
          continue;
        }
        const member = world.database.members.get(ticket.user);
        expect(member).toMatchObject({ email: world.emails[ticket.user], lastSeenAt: world.now });
        expect(answer.secret !== null).toBe(!wasMember);
        if (answer.secret !== null)
          expect(await world.repository.verifyApiKey(answer.secret)).toMatchObject({ workspaceId: member?.workspaceId });
        remembered.set(ticket.id, { answer, at: world.now, until: start + (ticket.end + 60) * SECOND });
      }
    }),
    { numRuns: 300 },
  );
});

test("any order in which concurrent sign-ins' statements are answered: one provisioning a user, one answer a key", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(tickets, { minLength: 2, maxLength: 5 }), async (scheduler, batch) => {
      const presented = batch.map(own);
      // Concurrent are those that looked before anything was provisioned: the first look-ups wait for each other, since tokens
      // are verified on threads that the scheduler does not own.
      const looked = Promise.withResolvers<void>();
      let lookups = 0;
      const world = createSignedInWorld(() => async (name, statement) => {
        if (name === "lookup" && lookups < presented.length) {
          const found = await statement();
          if (++lookups === presented.length) looked.resolve();
          await looked.promise;
          return found;
        }
        await scheduler.schedule(Promise.resolve(), name);
        return statement();
      });
      const answers = await scheduler.waitFor(Promise.all(presented.map(world.present)));
      expectWhole(world);
      expect(world.database.members.size).toBe(new Set(presented.map(({ user }) => user)).size);
      for (const [i, ticket] of presented.entries()) {
        expect(answers[i]).toMatchObject({ status: 200, secret: expect.any(String) });
        for (const [j, other] of presented.entries()) {
          if (other.id === ticket.id) expect(answers[j]?.body).toBe(answers[i]?.body);
          expect(other.user === ticket.user).toBe(answers[j]?.secret === answers[i]?.secret);
        }
      }
      const again = scheduler.waitFor(Promise.all(presented.map(world.present)));
      expect((await again).map(({ body }) => body)).toEqual(answers.map(({ body }) => body));
    }),
    { numRuns: 150 },
  );
});

test("a key that two users share is refused to the second, who gets nothing of the first", async () => {
  const world = createSignedInWorld(() => (_, statement) => statement());
  const ticket: Ticket = { user: "user_ada", by: "jti", id: "shared", end: 300 };
  await world.present(ticket);
  const before = world.snapshot();
  const refused = await world.present({ ...ticket, user: "user_ben" });
  expect(refused.status).toBe(409);
  expect(JSON.parse(refused.body).error.code).toBe("idempotency_key_reused");
  expect(refused.body).not.toMatch(/ada|secret_/);
  expect(world.snapshot()).toBe(before);
});
