import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Repository, ResolveWebMember } from "../repository.ts";
import type { StatementName } from "../store.testing.ts";
import { type Backend, callback, MINUTE, NOW, type OpenBackend, rejectionOf, repositoryOn } from "./backend.testing.ts";

export function describeResolving(open: OpenBackend): void {
  describe("resolving a web member", () => {
    let backend: Backend;
    let repository: Repository;
    let statements: StatementName[] = [];
    beforeEach(async () => {
      backend = await open({ lockTimeout: 10_000 });
      statements = [];
      repository = repositoryOn(backend, (name, run) => {
        statements.push(name);
        return run();
      });
    });
    afterEach(() => backend.close());

    /** Every answer, and that a replay of it is the same to the byte, that it changes nothing, and that it is one statement. */
    async function resolveTwice(request: ResolveWebMember) {
      const answer = await repository.resolveWebMember(request);
      const before = await backend.dump();
      statements = [];
      const replay = await repository.resolveWebMember({ ...request, email: "changed@example.com", now: request.now + 1 });
      expect(JSON.stringify(replay)).toBe(JSON.stringify(answer));
      expect(replay).toEqual(answer);
      expect(statements).toEqual(["lookup"]);
      expect(await backend.dump()).toBe(before);
      return answer;
    }

    it("provisions workspace, member, default key and events at the first sign-in", async () => {
      const { workspace, member, defaultApiKey } = await resolveTwice(callback());

      expect(workspace).toEqual({ id: expect.stringMatching(/^workspace_[0-9a-f]{32}$/), name: "ada's Workspace", createdAt: NOW });
      expect(member).toEqual({
        id: expect.stringMatching(/^member_[0-9a-f]{32}$/),
        workspaceId: workspace.id,
        workosUserId: "user_ada",
        email: "ada@example.com",
        scopes: ["publish", "read"],
        createdAt: NOW,
        lastSeenAt: NOW,
      });
      const { apiKey, secret = "" } = defaultApiKey ?? {};
      expect(apiKey).toEqual({
        id: expect.stringMatching(/^key_[0-9a-f]{32}$/),
        workspaceId: workspace.id,
        name: "Default",
        scopes: ["publish", "read"],
        prefix: expect.stringMatching(/^hfk_[0-9a-f]{12}$/),
        createdAt: NOW,
        revokedAt: null,
      });
      expect(secret).toMatch(new RegExp(`^${apiKey?.prefix}_[A-Za-z0-9_-]{43}$`));
      expect(await repository.verifyApiKey(secret)).toEqual(apiKey);

      const tables = await backend.tables();
      expect(tables.workspaces).toEqual([workspace]);
      expect(tables.members).toEqual([member]);
      expect(tables.apiKeys).toMatchObject([{ ...apiKey, isDefault: true, pepperVersion: "1" }]);
      const workspaceId = workspace.id;
      expect(tables.events).toEqual([
        { type: "workspace.created", workspaceId, subjectId: workspace.id, createdAt: NOW },
        { type: "workspace_member.added", workspaceId, subjectId: member.id, createdAt: NOW },
        { type: "api_key.created", workspaceId, subjectId: apiKey?.id, createdAt: NOW },
      ]);
      expect(tables.records.map(({ key, subject }) => [key, subject]).sort()).toEqual([
        ["workos-jti:1", "user_ada"],
        ["workos-user:user_ada", "user_ada"],
      ]);
    });

    it.each([
      ["ada@example.com", "ada's Workspace"],
      ['"a@b"@example.com', `"a@b"'s Workspace`],
      ["ada", "ada's Workspace"],
      ["@example.com", "@example.com's Workspace"],
    ])("names the workspace of %s %s", async (email, name) => {
      expect((await repository.resolveWebMember(callback({ email }))).workspace.name).toBe(name);
    });

    it("sees a member that is there: a new email and a later last_seen_at, and no key", async () => {
      const first = await repository.resolveWebMember(callback());
      const later = NOW + MINUTE;

      const seen = await resolveTwice(callback({ idempotencyKey: "workos-jti:2", email: "lovelace@example.com", now: later }));

      const member = { ...first.member, email: "lovelace@example.com", lastSeenAt: later };
      expect(seen).toEqual({ workspace: first.workspace, member, defaultApiKey: null });
      const tables = await backend.tables();
      expect(tables.members).toEqual([member]);
      expect(tables.records.find(({ key }) => key === "workos-jti:2")).toMatchObject({ subject: "user_ada", sealed: null });
      expect(tables.workspaces).toHaveLength(1);
      expect(tables.apiKeys).toHaveLength(1);
      expect(tables.events).toHaveLength(3);
    });

    it("never sets last_seen_at back", async () => {
      await repository.resolveWebMember(callback());
      const seen = await repository.resolveWebMember(callback({ idempotencyKey: "workos-jti:2", now: NOW - MINUTE }));
      expect(seen.member.lastSeenAt).toBe(NOW);
      expect((await backend.tables()).members[0]?.lastSeenAt).toBe(NOW);
    });

    it("replays a first sign-in as it was, although the member has been seen since", async () => {
      const first = await repository.resolveWebMember(callback());
      await repository.resolveWebMember(callback({ idempotencyKey: "workos-jti:2", email: "lovelace@example.com", now: NOW + 1 }));
      expect(await repository.resolveWebMember(callback({ now: NOW + 2 }))).toEqual(first);
    });

    it("gives its caller objects that are its own", async () => {
      const first = await repository.resolveWebMember(callback());
      const kept = structuredClone(first);
      Object.assign(first.member, { email: "mallory@example.com" });
      Object.assign(first.workspace, { name: "Mallory's" });
      (first.member.scopes as string[]).push("admin");
      const scopes = first.defaultApiKey?.apiKey.scopes ?? [];
      (scopes as string[]).push("admin");

      expect(await repository.resolveWebMember(callback())).toEqual(kept);
      const read = await repository.getWebMemberByWorkOsUserId("user_ada");
      expect(read).toEqual({ workspace: kept.workspace, member: kept.member });
      Object.assign(read?.workspace ?? {}, { name: "Mallory's" });
      Object.assign(read?.member ?? {}, { createdAt: 0 });
      const seen = await repository.resolveWebMember(callback({ idempotencyKey: "workos-jti:2" }));
      expect(seen.member).toEqual(kept.member);
      (seen.member.scopes as string[]).push("admin");
      const { workspaces, members, apiKeys } = await backend.tables();
      expect({ workspaces, members }).toEqual({ workspaces: [kept.workspace], members: [kept.member] });
      expect(apiKeys[0]?.scopes).toEqual(["publish", "read"]);
      const bob = await repository.resolveWebMember(callback({ workosUserId: "user_bob", idempotencyKey: "workos-jti:3" }));
      expect([bob.member.scopes, bob.defaultApiKey?.apiKey.scopes]).toEqual([
        ["publish", "read"],
        ["publish", "read"],
      ]);
    });

    it("refuses a key that belongs to another identity, and changes nothing", async () => {
      await repository.resolveWebMember(callback());
      const before = await backend.dump();
      const error = await rejectionOf(repository.resolveWebMember(callback({ workosUserId: "user_bob", email: "bob@example.com" })));
      expect(error).toMatchObject({ name: "RepositoryError", code: "idempotency_key_reused", retryAfter: null });
      expect((error as Error).message).toBe(
        "expected the idempotency key from the identity that first used it, got it from another: use a key of your own",
      );
      expect(await backend.dump()).toBe(before);
    });

    it("treats an expired record as absent before the sweep, to the millisecond", async () => {
      const first = await repository.resolveWebMember(callback({ expiresAt: NOW + 100 }));
      expect(await repository.resolveWebMember(callback({ now: NOW + 99 }))).toEqual(first);

      const after = await resolveTwice(callback({ now: NOW + 100 }));
      expect(after.defaultApiKey).toBeNull();
      expect(after.member.lastSeenAt).toBe(NOW + 100);
    });

    it("gives an expired key to whoever comes next, another identity too", async () => {
      await repository.resolveWebMember(callback({ expiresAt: NOW + 100 }));
      const bob = await resolveTwice(callback({ workosUserId: "user_bob", email: "bob@example.com", now: NOW + 100 }));
      expect(bob.defaultApiKey).not.toBeNull();
      expect(bob.member.workosUserId).toBe("user_bob");
    });

    it("provisions anew a member that an operator deleted", async () => {
      const first = await repository.resolveWebMember(callback());
      await backend.deleteMember("user_ada");
      const again = await repository.resolveWebMember(callback({ idempotencyKey: "workos-jti:2" }));
      expect(again.workspace.id).not.toBe(first.workspace.id);
      expect(again.defaultApiKey).not.toBeNull();
    });

    it("provisions once although the records have expired and are swept", async () => {
      await repository.resolveWebMember(callback());
      expect(await repository.sweep(NOW + 60 * MINUTE)).toBe(2);
      const later = await repository.resolveWebMember(callback({ now: NOW + 60 * MINUTE }));
      expect(later.defaultApiKey).toBeNull();
      expect((await backend.tables()).workspaces).toHaveLength(1);
    });

    it("reads a member without a write", async () => {
      expect(await repository.getWebMemberByWorkOsUserId("user_ada")).toBeNull();
      const { workspace, member } = await repository.resolveWebMember(callback());
      const before = await backend.dump();
      statements = [];
      expect(await repository.getWebMemberByWorkOsUserId("user_ada")).toEqual({ workspace, member });
      expect(await repository.getWebMemberByWorkOsUserId("user_bob")).toBeNull();
      expect(statements).toEqual(["findMember", "findMember"]);
      expect(await backend.dump()).toBe(before);
    });

    it("takes no more statements than these", async () => {
      await repository.resolveWebMember(callback());
      expect(statements).toEqual(["lookup", "begin", "claim", "provision", "complete", "commit", "committed"]);
      statements = [];
      await repository.resolveWebMember(callback({ idempotencyKey: "workos-jti:2" }));
      expect(statements).toEqual(["lookup", "begin", "claim", "see", "complete", "commit", "committed"]);
    });

    it("works when its methods are taken off their object", async () => {
      const { resolveWebMember, getWebMemberByWorkOsUserId, createApiKey, verifyApiKey, revokeApiKey, listArtifacts, sweep } = repository;
      const { workspace, member } = await resolveWebMember(callback());
      expect(await getWebMemberByWorkOsUserId("user_ada")).toEqual({ workspace, member });
      const workspaceId = workspace.id;
      const { apiKey, secret } = await createApiKey({ workspaceId, name: "CI", scopes: [], idempotencyKey: "ci", now: NOW });
      expect(await verifyApiKey(secret)).toEqual(apiKey);
      expect(await revokeApiKey({ workspaceId, apiKeyId: apiKey.id, now: NOW })).toEqual({ ...apiKey, revokedAt: NOW });
      expect(await listArtifacts({ workspaceId, cursor: null, limit: 1 })).toEqual({ items: [], nextCursor: null });
      expect(await sweep(NOW)).toBe(0);
    });
  });
}
