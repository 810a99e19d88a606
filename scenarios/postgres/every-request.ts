import type { DatabaseScenario, DatabaseStage } from "../../harness/lanes/postgres/scenario.ts";
import type { Repository } from "../../src/repository/repository.ts";
import { insist } from "./insist.ts";
import { tenants } from "./tenants.ts";

const USER = "user_ada";
const EMAIL = "ada@example.test";
/** Milliseconds, from a moment on. */
const LATER = 60_000;
const FIVE_MINUTES = 300_000;
const ALL = "every request was answered";

/**
 * One of each request that writes, one after the other: a first sign-in, a later one, a key, its revocation. Whoever is not answered asks
 * again. With one fault of a kind, a search that is complete has tried every point at which it can strike.
 */
export const everyRequest: DatabaseScenario<Repository, typeof ALL> = {
  ...tenants,
  name: "every-request",
  describe: "a user signs in, signs in again, makes an API key and revokes it; whoever is not answered asks again",
  defaults: { loads: 1, isolates: 2 },
  invariants: ["callback-idempotent", "provision-once", "all-or-nothing", "secret-never-at-rest"],
  mustReach: [ALL],
  async play(stage) {
    await stage.withFaults(async () => {
      const first = await signIn(stage, "first-sign-in", "workos-jti:1");
      await stage.until(stage.now() + LATER);
      await signIn(stage, "later-sign-in", "workos-jti:2");
      const workspaceId = first.workspace.id;
      const { apiKey, secret } = await answered(
        insist(stage, {
          ...{ place: 1, request: "ada/key-creation", user: USER, key: `api-key:${workspaceId}:ci` },
          run: (repository, now) => repository.createApiKey({ workspaceId, name: "CI", scopes: ["publish"], idempotencyKey: "ci", now }),
        }),
      );
      const request = { workspaceId, apiKeyId: apiKey.id };
      const revoked = await answered(
        insist(stage, {
          ...{ place: 1, request: "ada/revocation", user: USER, key: null },
          run: (repository, now) => repository.revokeApiKey({ ...request, now }),
        }),
      );
      const verified = await answered(
        insist(stage, {
          ...{ place: 1, request: "ada/verification", user: USER, key: null },
          // What the check itself answers null to is what is asked for here.
          run: async (repository) => ({ isStillValid: (await repository.verifyApiKey(secret)) !== null }),
        }),
      );
      if (revoked.revokedAt !== null && !verified.isStillValid) stage.reach(ALL);
    });
  },
};

function signIn(stage: DatabaseStage<Repository>, name: string, key: string) {
  return answered(
    insist(stage, {
      ...{ place: 1, request: `ada/${name}`, user: USER, key },
      run: (repository, now) =>
        repository.resolveWebMember({ workosUserId: USER, email: EMAIL, idempotencyKey: key, expiresAt: now + FIVE_MINUTES, now }),
    }),
  );
}

async function answered<T>(answer: Promise<T | null>): Promise<T> {
  const value = await answer;
  if (value === null) throw new Error("expected an answer, got a refusal");
  return value;
}
