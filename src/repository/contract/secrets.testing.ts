import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Backend, callback, keyOf, MINUTE, NOW, type OpenBackend, portsWith, rejectionOf, repositoryOn } from "./backend.testing.ts";

const SID = "workos-session:1";

export function describeSecrets(open: OpenBackend): void {
  describe("the secret in a replayed answer", () => {
    let backend: Backend;
    beforeEach(async () => {
      backend = await open({ lockTimeout: 10_000 });
    });
    afterEach(() => backend.close());

    it("is nowhere at rest in clear, and neither is a key", async () => {
      const repository = repositoryOn(backend);
      const { defaultApiKey, workspace } = await repository.resolveWebMember(callback());
      const made = await repository.createApiKey({ workspaceId: workspace.id, name: "CI", scopes: [], idempotencyKey: "ci", now: NOW });
      await repository.verifyApiKey(made.secret);

      const dump = await backend.dump();
      expect(dump).toContain("user_ada");
      for (const secret of [defaultApiKey?.secret ?? "", made.secret]) {
        const random = secret.slice(secret.indexOf("_", 4) + 1);
        for (const form of [random, Buffer.from(random).toString("base64url"), Buffer.from(random, "base64url").toString("hex")]) {
          expect(form.length).toBeGreaterThan(42);
          expect(dump).not.toContain(form);
        }
      }
      const key = Buffer.from(keyOf("1").key);
      for (const form of [key.toString("hex"), key.toString("base64url"), key.toString()]) expect(dump).not.toContain(form);
    });

    it("is replayed under a jti for as long as the record lives", async () => {
      const repository = repositoryOn(backend);
      const first = await repository.resolveWebMember(callback({ expiresAt: NOW + 60 * MINUTE }));
      expect(await repository.resolveWebMember(callback({ now: NOW + 60 * MINUTE - 1 }))).toEqual(first);
    });

    it("is replayed under a sid for ten minutes, to the millisecond, and the rest of the answer for as long as the record lives", async () => {
      const repository = repositoryOn(backend);
      const session = { idempotencyKey: SID, expiresAt: NOW + 60 * MINUTE };
      const first = await repository.resolveWebMember(callback(session));
      expect(await repository.resolveWebMember(callback({ ...session, now: NOW + 10 * MINUTE - 1 }))).toEqual(first);

      const before = await backend.dump();
      const without = { ...first, defaultApiKey: null };
      expect(await repository.resolveWebMember(callback({ ...session, now: NOW + 10 * MINUTE }))).toEqual(without);
      expect(await backend.dump()).toBe(before);
      expect(await repository.resolveWebMember(callback({ ...session, now: NOW + 60 * MINUTE - 1 }))).toEqual(without);
    });

    it("is not replayed under a sid for longer than the record lives", async () => {
      const repository = repositoryOn(backend);
      await repository.resolveWebMember(callback({ idempotencyKey: SID, expiresAt: NOW + 2 * MINUTE }));
      await repository.sweep(NOW + 2 * MINUTE);
      expect((await backend.tables()).records.map(({ key }) => key)).toEqual(["workos-user:user_ada"]);
    });

    it("is wiped by the sweep when it has expired, and its record when that has", async () => {
      const repository = repositoryOn(backend);
      await repository.resolveWebMember(callback({ idempotencyKey: SID, expiresAt: NOW + 60 * MINUTE }));
      expect(await repository.sweep(NOW + 10 * MINUTE - 1)).toBe(0);
      expect((await backend.tables()).records.filter(({ sealed }) => sealed !== null)).toHaveLength(2);

      expect(await repository.sweep(NOW + 10 * MINUTE)).toBe(1);
      const [record, ...others] = (await backend.tables()).records;
      expect(record).toMatchObject({ key: SID, sealed: null });
      expect(others).toEqual([]);
      const replay = await repository.resolveWebMember(
        callback({ idempotencyKey: SID, now: NOW + 11 * MINUTE, expiresAt: NOW + 60 * MINUTE }),
      );
      expect(replay).toMatchObject({ defaultApiKey: null, member: { lastSeenAt: NOW } });

      expect(await repository.sweep(NOW + 60 * MINUTE - 1)).toBe(0);
      expect(await repository.sweep(NOW + 60 * MINUTE)).toBe(1);
      expect((await backend.tables()).records).toEqual([]);
    });

    it("does not open in another record, or for another user", async () => {
      const repository = repositoryOn(backend);
      const damaged = {
        code: "unavailable",
        retryAfter: null,
        message:
          "expected the sealed secret of this very record, got one that does not open: the row was damaged or moved; delete it, and issue a new key",
      };
      await repository.resolveWebMember(callback());
      await backend.moveRecord("workos-jti:1", "workos-jti:2", "user_ada");
      expect(await rejectionOf(repository.resolveWebMember(callback({ idempotencyKey: "workos-jti:2" })))).toMatchObject(damaged);

      await repository.resolveWebMember(callback({ workosUserId: "user_bob", idempotencyKey: "workos-jti:3" }));
      await backend.moveRecord("workos-jti:3", "workos-jti:3", "user_ada");
      expect(await rejectionOf(repository.resolveWebMember(callback({ idempotencyKey: "workos-jti:3" })))).toMatchObject(damaged);
    });

    it("survives a change of seal keys in both directions", async () => {
      const older = repositoryOn(backend, undefined, portsWith({ sealKeys: ["1"] }));
      const both = repositoryOn(backend, undefined, portsWith({ sealKeys: ["2", "1"] }));
      const first = await older.resolveWebMember(callback());
      expect(await both.resolveWebMember(callback())).toEqual(first);

      const bob = callback({ workosUserId: "user_bob", idempotencyKey: "workos-jti:2" });
      await both.resolveWebMember(bob);
      expect(await rejectionOf(older.resolveWebMember(bob))).toMatchObject({
        code: "unavailable",
        retryAfter: 5,
        message: "expected seal key version 2 in the ring, got 1: deploy the ring that has it everywhere",
      });
    });
  });
}
