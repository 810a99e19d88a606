import type { DatabaseScenario } from "../../harness/lanes/postgres/scenario.ts";
import type { Repository } from "../../src/repository/repository.ts";
import { insist } from "./insist.ts";
import { tenants } from "./tenants.ts";

const USER = "user_ada";
const FIVE_MINUTES = 300_000;
const SAME = "every revocation was answered alike";

/** A key is revoked by several isolates at once. */
export const revocations: DatabaseScenario<Repository, typeof SAME> = {
  ...tenants,
  name: "revocations",
  describe: "an API key is revoked at several isolates at once",
  defaults: { loads: 2, isolates: 2 },
  invariants: ["callback-idempotent", "provision-once", "all-or-nothing", "secret-never-at-rest"],
  mustReach: [SAME],
  async play(stage) {
    const { loads, isolates } = stage.parameters;
    const signedIn = await insist(stage, {
      ...{ place: 1, request: "ada/sign-in", user: USER, key: "workos-jti:1" },
      run: (repository, now) =>
        repository.resolveWebMember({
          ...{ workosUserId: USER, email: "ada@example.test", idempotencyKey: "workos-jti:1", expiresAt: now + FIVE_MINUTES, now },
        }),
    });
    const apiKey = signedIn?.defaultApiKey?.apiKey;
    if (apiKey === undefined) throw new Error("expected the key of a first sign-in, got none");
    const answers = await stage.withFaults(() =>
      Promise.all(
        Array.from({ length: loads }, (_, index) =>
          insist(stage, {
            ...{ place: (index % isolates) + 1, request: `ada/revocation-${index + 1}`, user: USER, key: null },
            run: (repository, now) => repository.revokeApiKey({ workspaceId: apiKey.workspaceId, apiKeyId: apiKey.id, now }),
          }),
        ),
      ),
    );
    if (answers.every((answer) => answer !== null && answer.revokedAt === answers[0]?.revokedAt)) stage.reach(SAME);
  },
};
