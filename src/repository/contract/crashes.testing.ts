import { describe, expect, it } from "vitest";
import type { ResolveWebMember } from "../repository.ts";
import type { StatementName } from "../store.testing.ts";
import { type Backend, callback, NOW, type OpenBackend, portsWith, rejectionOf, repositoryOn } from "./backend.testing.ts";

const STATEMENTS: readonly StatementName[] = ["lookup", "begin", "claim", "provision", "see", "complete", "commit", "committed"];
const POINTS = STATEMENTS.flatMap((statement) => [{ statement, when: "before" } as const, { statement, when: "after" } as const]);

export function describeCrashes(open: OpenBackend): void {
  describe("a crash", () => {
    /** Crashes at a point, if the request comes there, and says whether it did. */
    async function crash(backend: Backend, request: ResolveWebMember, point: (typeof POINTS)[number]): Promise<boolean> {
      let crashed = false;
      const fail = () => {
        crashed = true;
        throw new Error("crash");
      };
      const crashing = repositoryOn(backend, async (name, run) => {
        if (name !== point.statement) return run();
        if (point.when === "before") fail();
        await run();
        return fail();
      });
      const error = await crashing.resolveWebMember(request).catch((caught: unknown) => caught);
      if (crashed) expect(error).toMatchObject({ message: "crash" });
      return crashed;
    }

    it.each(POINTS)("$when $statement of a first sign-in leaves all or nothing, and a retry ends it", async (point) => {
      const backend = await open({ lockTimeout: 10_000 });
      const crashed = await crash(backend, callback(), point);
      const { workspaces, members, apiKeys, events, records } = await backend.tables();
      const counts = [workspaces, members, apiKeys, events, records].map(({ length }) => length);
      const isAfterCommit = point.statement === "committed" || !crashed;
      expect(counts).toEqual(isAfterCommit ? [1, 1, 1, 3, 2] : [0, 0, 0, 0, 0]);
      expect(crashed).toBe(point.statement !== "see");

      const retried = await repositoryOn(backend).resolveWebMember(callback({ now: NOW + 1 }));
      expect(retried.defaultApiKey).not.toBeNull();
      const after = await backend.tables();
      expect(after.workspaces).toEqual([retried.workspace]);
      expect(after.events).toHaveLength(3);
      await backend.close();
    });

    it.each(POINTS)("$when $statement of a later sign-in leaves all or nothing, and a retry ends it", async (point) => {
      const backend = await open({ lockTimeout: 10_000 });
      const repository = repositoryOn(backend);
      await repository.resolveWebMember(callback());
      const before = await backend.dump();
      const later = callback({ idempotencyKey: "workos-jti:2", email: "lovelace@example.com", now: NOW + 1 });

      const crashed = await crash(backend, later, point);
      expect(crashed).toBe(point.statement !== "provision");
      const isAfterCommit = point.statement === "committed" || !crashed;
      if (!isAfterCommit) expect(await backend.dump()).toBe(before);

      const retried = await repository.resolveWebMember({ ...later, now: NOW + 2 });
      expect(retried.member).toMatchObject({ email: "lovelace@example.com", lastSeenAt: isAfterCommit ? NOW + 1 : NOW + 2 });
      await backend.close();
    });

    it("of key generation, which can fail, leaves nothing", async () => {
      const backend = await open({ lockTimeout: 10_000 });
      const statements: StatementName[] = [];
      const repository = repositoryOn(
        backend,
        (name, run) => {
          statements.push(name);
          return run();
        },
        {
          ...portsWith(),
          randomBytes() {
            throw new Error("no randomness");
          },
        },
      );
      expect(await rejectionOf(repository.resolveWebMember(callback()))).toMatchObject({ message: "no randomness" });
      expect(statements).toEqual(["lookup"]);
      await backend.close();
    });
  });
}
