import { afterEach, describe, expect, it } from "vitest";
import { type Around, createGate, type StatementName } from "../store.testing.ts";
import { StoreConflict } from "../store.ts";
import { type Backend, callback, MINUTE, NOW, type OpenBackend, rejectionOf, repositoryOn, untilWaiting } from "./backend.testing.ts";

const IN_FLIGHT = { name: "RepositoryError", code: "idempotency_in_flight", retryAfter: 1 };

export function describeConcurrency(open: OpenBackend): void {
  describe("concurrent callbacks", () => {
    let backend: Backend;
    const opened = async (lockTimeout = 10_000) => {
      backend = await open({ lockTimeout });
      return backend;
    };
    afterEach(() => backend.close());

    it("with the same key wait for the first and get its answer", async () => {
      await opened();
      const gate = createGate("commit");
      const first = repositoryOn(backend, gate.around).resolveWebMember(callback());
      await gate.reached("commit");
      const second = repositoryOn(backend).resolveWebMember(callback({ now: NOW + 1 }));
      const third = repositoryOn(backend).resolveWebMember(callback({ now: NOW + 2 }));
      await untilWaiting(backend, 2);
      gate.open("commit");

      const answer = await first;
      expect(answer.defaultApiKey).not.toBeNull();
      expect(JSON.stringify([await second, await third])).toBe(JSON.stringify([answer, answer]));
    });

    it("with the same key of a known member see it once", async () => {
      await opened();
      await repositoryOn(backend).resolveWebMember(callback());
      const gate = createGate("see");
      const again = { idempotencyKey: "workos-jti:2" };
      const first = repositoryOn(backend, gate.around).resolveWebMember(callback({ ...again, now: NOW + 1 }));
      await gate.reached("see");
      const second = repositoryOn(backend).resolveWebMember(callback({ ...again, now: NOW + 2 }));
      await untilWaiting(backend, 1);
      gate.open("see");
      expect(await second).toEqual(await first);
      expect((await backend.tables()).members[0]?.lastSeenAt).toBe(NOW + 1);
    });

    it("with the same key of another identity are refused when the first has committed", async () => {
      await opened();
      const gate = createGate("commit");
      const first = repositoryOn(backend, gate.around).resolveWebMember(callback());
      await gate.reached("commit");
      const second = rejectionOf(repositoryOn(backend).resolveWebMember(callback({ workosUserId: "user_bob" })));
      await untilWaiting(backend, 1);
      gate.open("commit");
      await first;
      expect(await second).toMatchObject({ code: "idempotency_key_reused" });
      expect((await backend.tables()).workspaces).toHaveLength(1);
    });

    it("with the same key take over when the first rolls back", async () => {
      await opened();
      const gate = createGate("commit");
      const first = rejectionOf(repositoryOn(backend, crashingAt("commit", gate.around)).resolveWebMember(callback()));
      await gate.reached("commit");
      const second = repositoryOn(backend).resolveWebMember(callback({ now: NOW + 1 }));
      await untilWaiting(backend, 1);
      gate.open("commit");
      expect(await first).toMatchObject({ message: "crash" });
      const { workspace } = await second;
      expect(workspace.createdAt).toBe(NOW + 1);
      expect((await backend.tables()).workspaces).toEqual([workspace]);
    });

    it("with the same expired key let one of them take it over", async () => {
      await opened();
      await repositoryOn(backend).resolveWebMember(callback({ expiresAt: NOW + 1 }));
      const gate = createGate("complete");
      const first = repositoryOn(backend, gate.around).resolveWebMember(callback({ now: NOW + 1 }));
      await gate.reached("complete");
      const second = repositoryOn(backend).resolveWebMember(callback({ now: NOW + 2 }));
      await untilWaiting(backend, 1);
      gate.open("complete");
      expect(await second).toEqual(await first);
      expect((await backend.tables()).members[0]?.lastSeenAt).toBe(NOW + 1);
    });

    it("under another key wait for a provisioning and get its answer, secret included, which their own key replays", async () => {
      await opened();
      const gate = createGate("commit");
      const first = repositoryOn(backend, gate.around).resolveWebMember(callback());
      await gate.reached("commit");
      const other = callback({ idempotencyKey: "workos-session:2", email: "lovelace@example.com", now: NOW + 1 });
      const repository = repositoryOn(backend);
      const second = repository.resolveWebMember(other);
      await untilWaiting(backend, 1);
      gate.open("commit");

      const answer = await first;
      expect(answer.defaultApiKey).not.toBeNull();
      expect(JSON.stringify(await second)).toBe(JSON.stringify(answer));
      expect(JSON.stringify(await repository.resolveWebMember({ ...other, now: NOW + 2 }))).toBe(JSON.stringify(answer));
      const tables = await backend.tables();
      expect(tables.workspaces).toHaveLength(1);
      expect(tables.events).toHaveLength(3);
      expect(tables.members[0]?.lastSeenAt).toBe(NOW);
    });

    it("under another key get the answer also when they looked before it was there and came after it was", async () => {
      await opened();
      const gate = createGate("claim");
      const second = repositoryOn(backend, gate.around).resolveWebMember(callback({ idempotencyKey: "workos-jti:2" }));
      await gate.reached("claim");
      const first = await repositoryOn(backend).resolveWebMember(callback());
      gate.open("claim");
      expect(await second).toEqual(first);
    });

    it("under another key get the answer also when they had to start over", async () => {
      await opened();
      const gate = createGate("claim");
      let conflicts = 0;
      const around: Around = async (name, run) => {
        if (name !== "claim" || conflicts++ > 0) return run();
        await gate.around(name, async () => {});
        throw new StoreConflict("as in a deadlock");
      };
      const second = repositoryOn(backend, around).resolveWebMember(callback({ idempotencyKey: "workos-jti:2" }));
      await gate.reached("claim");
      const first = await repositoryOn(backend).resolveWebMember(callback());
      gate.open("claim");
      expect(await second).toEqual(first);
    });

    it("under another key see the member when the provisioning's answer has expired", async () => {
      await opened();
      const gate = createGate("claim");
      const late = callback({ idempotencyKey: "workos-jti:2", now: NOW + 10 * MINUTE });
      const second = repositoryOn(backend, gate.around).resolveWebMember(late);
      await gate.reached("claim");
      await repositoryOn(backend).resolveWebMember(callback());
      gate.open("claim");
      expect(await second).toMatchObject({ defaultApiKey: null, member: { lastSeenAt: NOW + 10 * MINUTE } });
      expect((await backend.tables()).workspaces).toHaveLength(1);
    });

    it("under another key provision when the first rolls back", async () => {
      await opened();
      const gate = createGate("commit");
      const first = rejectionOf(repositoryOn(backend, crashingAt("commit", gate.around)).resolveWebMember(callback()));
      await gate.reached("commit");
      const second = repositoryOn(backend).resolveWebMember(callback({ idempotencyKey: "workos-jti:2" }));
      await untilWaiting(backend, 1);
      gate.open("commit");
      await first;
      const { workspace, defaultApiKey } = await second;
      expect(defaultApiKey).not.toBeNull();
      expect((await backend.tables()).workspaces).toEqual([workspace]);
    });

    it("start over when the member is deleted under them", async () => {
      await opened();
      const before = await repositoryOn(backend).resolveWebMember(callback());
      const gate = createGate("begin");
      const again = repositoryOn(backend, gate.around).resolveWebMember(callback({ idempotencyKey: "workos-jti:2" }));
      await gate.reached("begin");
      await backend.deleteMember("user_ada");
      gate.open("begin");
      expect((await again).workspace.id).not.toBe(before.workspace.id);
    });

    it("give up when the member is gone whenever they come to see it", async () => {
      await opened();
      await repositoryOn(backend).resolveWebMember(callback());
      // As if an operator deleted the member each time, and another sign-in made it anew.
      const around = (async (name: StatementName, run: () => Promise<unknown>) => (name === "see" ? null : run())) as Around;
      const error = await rejectionOf(repositoryOn(backend, around).resolveWebMember(callback({ idempotencyKey: "workos-jti:2" })));
      expect(error).toMatchObject({ ...IN_FLIGHT, cause: { message: "the member was deleted meanwhile" } });
    });

    it("of other users under other keys, replays and reads wait for nobody", async () => {
      await opened();
      const eve = callback({ workosUserId: "user_eve", idempotencyKey: "workos-jti:3" });
      const known = await repositoryOn(backend).resolveWebMember(eve);
      const gate = createGate("commit");
      const first = repositoryOn(backend, gate.around).resolveWebMember(callback());
      await gate.reached("commit");

      const repository = repositoryOn(backend);
      const bob = await repository.resolveWebMember(callback({ workosUserId: "user_bob", idempotencyKey: "workos-jti:2" }));
      expect(bob.defaultApiKey).not.toBeNull();
      expect(await repository.resolveWebMember(eve)).toEqual(known);
      expect((await repository.resolveWebMember({ ...eve, idempotencyKey: "workos-jti:4" })).defaultApiKey).toBeNull();
      expect(await repository.getWebMemberByWorkOsUserId("user_ada")).toBeNull();
      expect(await repository.sweep(NOW)).toBe(0);
      gate.open("commit");
      await first;
    });

    it("of other known members wait for nobody either", async () => {
      await opened(50);
      const [ada, bob] = [callback(), callback({ workosUserId: "user_bob", idempotencyKey: "workos-jti:2" })];
      for (const known of [ada, bob]) await repositoryOn(backend).resolveWebMember(known);
      const gate = createGate("commit");
      const first = repositoryOn(backend, gate.around).resolveWebMember({ ...ada, idempotencyKey: "workos-jti:3" });
      await gate.reached("commit");
      const seen = await repositoryOn(backend).resolveWebMember({ ...bob, idempotencyKey: "workos-jti:4" });
      expect(seen).toMatchObject({ member: { workosUserId: "user_bob" }, defaultApiKey: null });
      gate.open("commit");
      await first;
    });

    it("provision once however many there are", async () => {
      await opened();
      const repositories = [1, 2, 3].map(() => repositoryOn(backend));
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          repositories[i % 3]?.resolveWebMember(callback({ idempotencyKey: `workos-jti:${i % 5}`, now: NOW + i })),
        ),
      );
      const secrets = new Set(answers.flatMap((answer) => answer?.defaultApiKey?.secret ?? []));
      expect(secrets.size).toBe(1);
      for (let key = 0; key < 5; key++) {
        expect(new Set(answers.filter((_, i) => i % 5 === key).map((answer) => JSON.stringify(answer))).size).toBe(1);
      }
      const { workspaces, members, apiKeys, events, records } = await backend.tables();
      expect([workspaces.length, members.length, apiKeys.length, events.length, records.length]).toEqual([1, 1, 1, 3, 6]);
    });

    it.each([
      ["the same key", {}],
      ["the same user", { idempotencyKey: "workos-jti:2" }],
    ])("that wait too long for %s are told to come back, and can", async (_, change) => {
      await opened(50);
      const gate = createGate("commit");
      const first = repositoryOn(backend, gate.around).resolveWebMember(callback());
      await gate.reached("commit");
      const repository = repositoryOn(backend);
      const error = await rejectionOf(repository.resolveWebMember(callback(change)));
      expect(error).toMatchObject(IN_FLIGHT);
      expect((error as Error).message).toMatch(
        /^expected the other request with this key or user to end within .*, got no end: retry with the same key$/,
      );
      gate.open("commit");
      const { workspace } = await first;
      expect((await repository.resolveWebMember(callback(change))).workspace).toEqual(workspace);
    });

    it("of a known member that wait too long for another's are told to come back", async () => {
      await opened(50);
      await repositoryOn(backend).resolveWebMember(callback());
      const gate = createGate("commit");
      const first = repositoryOn(backend, gate.around).resolveWebMember(callback({ idempotencyKey: "workos-jti:2" }));
      await gate.reached("commit");
      const other = callback({ idempotencyKey: "workos-jti:3" });
      expect(await rejectionOf(repositoryOn(backend).resolveWebMember(other))).toMatchObject(IN_FLIGHT);
      gate.open("commit");
      await first;
      expect((await backend.tables()).records.map(({ key }) => key)).not.toContain("workos-jti:3");
    });

    it("start over four times at most", async () => {
      await opened();
      let conflicts = 4;
      const around: Around = (name, run) => (name === "commit" && conflicts-- > 0 ? Promise.reject(new StoreConflict("deadlock")) : run());
      expect((await repositoryOn(backend, around).resolveWebMember(callback())).defaultApiKey).not.toBeNull();

      conflicts = 5;
      const error = await rejectionOf(repositoryOn(backend, around).resolveWebMember(callback({ idempotencyKey: "workos-jti:2" })));
      expect(error).toMatchObject({ ...IN_FLIGHT, cause: { name: "StoreConflict", message: "deadlock" } });
      expect((error as Error).message).toBe(
        "expected an end of conflicts with other requests within 5 attempts, got another: retry with the same key",
      );
      expect(conflicts).toBe(0);
    });
  });
}

/** Comes to a statement and never makes it. */
function crashingAt(statement: StatementName, around: Around): Around {
  return async (name, run) => {
    if (name !== statement) return run();
    await around(name, async () => {});
    throw new Error("crash");
  };
}
