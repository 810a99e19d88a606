import type { DatabaseScenario, DatabaseStage } from "../../harness/lanes/postgres/scenario.ts";
import type { Repository, ResolvedMember } from "../../src/repository/repository.ts";
import { insist } from "./insist.ts";
import { tenants } from "./tenants.ts";

const USER = "user_ada";
const FIVE_MINUTES = 300_000;
const TOGETHER = "several looked for the user before any had provisioned it";
const ANSWERED = "every first sign-in was answered";

type Mark = typeof TOGETHER | typeof ANSWERED;

const terms = {
  ...tenants,
  defaults: { loads: 2, isolates: 2 },
  invariants: ["callback-idempotent", "provision-once", "all-or-nothing", "secret-never-at-rest"],
  mustReach: [TOGETHER, ANSWERED],
} as const;

/** A new user signs in at several isolates at once, each time with a token of its own: every isolate finds that there is no such member. */
export const firstSignIns: DatabaseScenario<Repository, Mark> = {
  ...terms,
  name: "first-sign-ins",
  describe: "a new user signs in at several isolates at once, with a token each",
  play: (stage) => play(stage, (n) => `workos-jti:${n}`),
};

/** The same sign-in comes several times at once, as a browser sends it that repeats a request. */
export const oneFirstSignIn: DatabaseScenario<Repository, Mark> = {
  ...terms,
  name: "one-first-sign-in",
  describe: "the first sign-in of a new user comes to several isolates at once, with one token",
  play: (stage) => play(stage, () => "workos-jti:1"),
};

async function play(stage: DatabaseStage<Repository, Mark>, keyOf: (n: number) => string): Promise<void> {
  const { loads, isolates } = stage.parameters;
  const answers = await stage.withFaults(() =>
    Promise.all(Array.from({ length: loads }, (_, index) => signIn(stage, (index % isolates) + 1, index + 1, keyOf(index + 1)))),
  );
  const given = answers.filter((answer) => answer !== null && answer.defaultApiKey !== null);
  if (given.length > 1) stage.reach(TOGETHER);
  if (answers.every((answer) => answer !== null)) stage.reach(ANSWERED);
}

function signIn(stage: DatabaseStage<Repository, Mark>, place: number, n: number, key: string): Promise<ResolvedMember | null> {
  return insist(stage, {
    place,
    request: `ada/callback-${n}`,
    user: USER,
    key,
    run: (repository, now) =>
      repository.resolveWebMember({
        workosUserId: USER,
        email: "ada@example.test",
        idempotencyKey: key,
        expiresAt: now + FIVE_MINUTES,
        now,
      }),
  });
}
