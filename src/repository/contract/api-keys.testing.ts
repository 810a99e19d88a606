import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CreateApiKey, Repository } from "../repository.ts";
import { createGate, type StatementName } from "../store.testing.ts";
import {
  type Backend,
  callback,
  MINUTE,
  NOW,
  type OpenBackend,
  portsWith,
  rejectionOf,
  repositoryOn,
  untilWaiting,
} from "./backend.testing.ts";

export function describeApiKeys(open: OpenBackend): void {
  describe("API keys", () => {
    let backend: Backend;
    let repository: Repository;
    let workspaceId: string;
    let statements: StatementName[] = [];
    beforeEach(async () => {
      backend = await open({ lockTimeout: 10_000 });
      repository = repositoryOn(backend, (name, run) => {
        statements.push(name);
        return run();
      });
      workspaceId = (await repository.resolveWebMember(callback())).workspace.id;
      statements = [];
    });
    afterEach(() => backend.close());

    const request = (change: Partial<CreateApiKey> = {}): CreateApiKey => ({
      workspaceId,
      name: "CI",
      scopes: ["publish"],
      idempotencyKey: "ci",
      now: NOW,
      ...change,
    });

    it("are made once a key, with an event, and replayed with the same secret for ten minutes", async () => {
      const made = await repository.createApiKey(request());
      expect(statements).toEqual(["findRecord", "begin", "claim", "insertApiKey", "complete", "commit", "committed"]);
      expect(made.apiKey).toEqual({
        id: expect.stringMatching(/^key_[0-9a-f]{32}$/),
        workspaceId,
        name: "CI",
        scopes: ["publish"],
        prefix: made.secret.slice(0, 16),
        createdAt: NOW,
        revokedAt: null,
      });
      const { apiKeys, events } = await backend.tables();
      expect(apiKeys).toHaveLength(2);
      expect(apiKeys.find(({ id }) => id === made.apiKey.id)).toMatchObject({ isDefault: false });
      expect(events.slice(3)).toEqual([{ type: "api_key.created", workspaceId, subjectId: made.apiKey.id, createdAt: NOW }]);

      const before = await backend.dump();
      expect(JSON.stringify(await repository.createApiKey(request({ now: NOW + 10 * MINUTE - 1 })))).toBe(JSON.stringify(made));
      expect(await backend.dump()).toBe(before);

      const another = await repository.createApiKey(request({ now: NOW + 10 * MINUTE }));
      expect(another.apiKey.id).not.toBe(made.apiKey.id);
    });

    it("are made by the first of two concurrent requests with one key", async () => {
      const gate = createGate("commit");
      const first = repositoryOn(backend, gate.around).createApiKey(request());
      await gate.reached("commit");
      const second = repository.createApiKey(request());
      await untilWaiting(backend, 1);
      gate.open("commit");
      expect(await second).toEqual(await first);
      expect((await backend.tables()).apiKeys).toHaveLength(2);
    });

    it("have keys of idempotency that belong to their workspace", async () => {
      const bob = await repository.resolveWebMember(callback({ workosUserId: "user_bob", idempotencyKey: "workos-jti:2" }));
      const made = await repository.createApiKey(request());
      const theirs = await repository.createApiKey(request({ workspaceId: bob.workspace.id }));
      expect(theirs.apiKey.id).not.toBe(made.apiKey.id);
      expect(theirs.apiKey.workspaceId).toBe(bob.workspace.id);
    });

    it.each([{ name: "CD" }, { scopes: ["read"] }])("refuse a key of idempotency that made another: %o", async (change) => {
      await repository.createApiKey(request());
      expect(await rejectionOf(repository.createApiKey(request(change)))).toMatchObject({
        code: "idempotency_key_reused",
        message:
          "expected the idempotency key from a request with the same name and scopes, got it from one with others: use a key of your own",
      });
      expect((await backend.tables()).apiKeys).toHaveLength(2);
    });

    it("need a workspace", async () => {
      const before = await backend.dump();
      expect(await rejectionOf(repository.createApiKey(request({ workspaceId: "workspace_0" })))).toMatchObject({
        code: "invalid_argument",
        message: "expected the id of a workspace, got one that there is not: take it from the member",
      });
      expect(await backend.dump()).toBe(before);
      expect((await repository.createApiKey(request())).apiKey.name).toBe("CI");
    });

    it("are verified by their secret and nothing else", async () => {
      const { apiKey, secret } = await repository.createApiKey(request());
      statements = [];
      expect(await repository.verifyApiKey(secret)).toEqual(apiKey);
      expect(statements).toEqual(["findApiKeys"]);

      const last = secret.at(-1) === "A" ? "E" : "A";
      expect(await repository.verifyApiKey(secret.slice(0, -1) + last)).toBeNull();
      statements = [];
      for (const other of ["", apiKey.prefix, `${secret}A`, ` ${secret}`, secret.toUpperCase(), secret.slice(0, -1)]) {
        expect(await repository.verifyApiKey(other)).toBeNull();
      }
      expect(statements).toEqual([]);
      expect(await repository.verifyApiKey(`hfk_000000000000_${"A".repeat(43)}`)).toBeNull();
    });

    it("are looked up by how their secret begins", async () => {
      const { apiKey } = await repository.createApiKey(request());
      expect(await backend.store().findApiKeys(apiKey.prefix)).toMatchObject([{ id: apiKey.id }]);
    });

    it("are told apart when their secrets begin alike", async () => {
      const ports = portsWith();
      const alike = repositoryOn(backend, undefined, {
        ...ports,
        randomBytes: (length) => (length === 6 ? new Uint8Array(6) : ports.randomBytes(length)),
      });
      const made = [await alike.createApiKey(request({ idempotencyKey: "1" })), await alike.createApiKey(request({ idempotencyKey: "2" }))];
      expect(made[0]?.apiKey.prefix).toBe(made[1]?.apiKey.prefix);
      for (const { apiKey, secret } of made) expect(await alike.verifyApiKey(secret)).toEqual(apiKey);
    });

    it("survive a new pepper, and are not refused for want of one", async () => {
      const { apiKey, secret } = await repository.createApiKey(request());
      const both = repositoryOn(backend, undefined, portsWith({ peppers: ["2", "1"] }));
      expect(await both.verifyApiKey(secret)).toEqual(apiKey);
      const newer = await both.createApiKey(request({ idempotencyKey: "2" }));
      expect(await both.verifyApiKey(newer.secret)).toEqual(newer.apiKey);
      expect(await rejectionOf(repository.verifyApiKey(newer.secret))).toMatchObject({
        code: "unavailable",
        retryAfter: 5,
        message: "expected pepper version 2 in the ring, got 1: deploy the ring that has it everywhere",
      });
    });

    it("are refused under another pepper of the same version", async () => {
      const { secret } = await repository.createApiKey(request());
      const other = {
        ...portsWith(),
        peppers: { ...portsWith({ peppers: ["2"] }).peppers, get: () => portsWith({ peppers: ["2"] }).peppers.newest },
      };
      expect(await repositoryOn(backend, undefined, other).verifyApiKey(secret)).toBeNull();
    });

    it("are revoked once, with an event, and refused from then on", async () => {
      const { apiKey, secret } = await repository.createApiKey(request());
      statements = [];
      const revoked = await repository.revokeApiKey({ workspaceId, apiKeyId: apiKey.id, now: NOW + 1 });
      expect(statements).toEqual(["begin", "revokeApiKey", "commit", "committed"]);
      expect(revoked).toEqual({ ...apiKey, revokedAt: NOW + 1 });
      expect(await repository.verifyApiKey(secret)).toBeNull();
      const { apiKeys, events } = await backend.tables();
      expect(events.at(-1)).toEqual({ type: "api_key.revoked", workspaceId, subjectId: apiKey.id, createdAt: NOW + 1 });

      expect(await repository.revokeApiKey({ workspaceId, apiKeyId: apiKey.id, now: NOW + 2 })).toEqual(revoked);
      expect(await backend.tables()).toMatchObject({ apiKeys, events });
      // Its answer is what it was when it was made.
      expect(await repository.createApiKey(request())).toEqual({ apiKey, secret });
    });

    it("are revoked by the first of two who do it at once", async () => {
      const { apiKey } = await repository.createApiKey(request());
      const gate = createGate("commit");
      const first = repositoryOn(backend, gate.around).revokeApiKey({ workspaceId, apiKeyId: apiKey.id, now: NOW + 1 });
      await gate.reached("commit");
      const other = await repository.createApiKey(request({ idempotencyKey: "other" }));
      expect(await repository.revokeApiKey({ workspaceId, apiKeyId: other.apiKey.id, now: NOW })).toMatchObject({ revokedAt: NOW });
      const second = repository.revokeApiKey({ workspaceId, apiKeyId: apiKey.id, now: NOW + 2 });
      await untilWaiting(backend, 1);
      gate.open("commit");
      expect(await second).toEqual(await first);
      expect((await backend.tables()).events.filter(({ type }) => type === "api_key.revoked")).toHaveLength(2);
    });

    it("are not revoked from another workspace, or when there is none", async () => {
      const bob = await repository.resolveWebMember(callback({ workosUserId: "user_bob", idempotencyKey: "workos-jti:2" }));
      const { apiKey, secret } = await repository.createApiKey(request());
      expect(await repository.revokeApiKey({ workspaceId: bob.workspace.id, apiKeyId: apiKey.id, now: NOW })).toBeNull();
      expect(await repository.revokeApiKey({ workspaceId, apiKeyId: "key_0", now: NOW })).toBeNull();
      expect(await repository.verifyApiKey(secret)).toEqual(apiKey);
    });

    it("gives its caller objects that are its own", async () => {
      const { apiKey, secret } = await repository.createApiKey(request());
      const kept = structuredClone(apiKey);
      (apiKey.scopes as string[]).push("admin");
      const verified = await repository.verifyApiKey(secret);
      expect(verified).toEqual(kept);
      Object.assign(verified?.scopes ?? [], ["admin"]);
      const revoke = { workspaceId, apiKeyId: kept.id, now: NOW };
      for (let times = 0; times < 3; times++) {
        const revoked = await repository.revokeApiKey(revoke);
        expect(revoked?.scopes).toEqual(["publish"]);
        Object.assign(revoked?.scopes ?? [], ["admin"]);
      }
    });
  });
}
