import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Repository } from "../repository.ts";
import { type Backend, callback, NOW, type OpenBackend, rejectionOf, repositoryOn } from "./backend.testing.ts";

const BAD_TEXTS = [
  ["", /non-blank, got ""$/],
  [" \t", /non-blank, got " \\t"$/],
  ["x".repeat(257), /at most 256 characters, got 257$/],
  ["a\0b", /well-formed text, got a NUL or a lone surrogate$/],
  ["a\ud800b", /well-formed text, got a NUL or a lone surrogate$/],
] as const;
const BAD_MOMENTS = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1];

export function describeArguments(open: OpenBackend): void {
  describe("arguments", () => {
    let backend: Backend;
    let repository: Repository;
    beforeAll(async () => {
      backend = await open({ lockTimeout: 10_000 });
      // No statement is made for arguments that are refused.
      repository = repositoryOn(backend, (name) => Promise.reject(new Error(`a statement: ${name}`)));
    });
    afterAll(() => backend.close());

    const create = { workspaceId: "w", name: "n", scopes: ["s"], idempotencyKey: "k", now: NOW };
    const revoke = { workspaceId: "w", apiKeyId: "a", now: NOW };
    const TEXTS: readonly [string, (value: string) => Promise<unknown>][] = [
      ["workosUserId", (workosUserId) => repository.resolveWebMember(callback({ workosUserId }))],
      ["email", (email) => repository.resolveWebMember(callback({ email }))],
      ["idempotencyKey", (idempotencyKey) => repository.resolveWebMember(callback({ idempotencyKey }))],
      ["workosUserId", (workosUserId) => repository.getWebMemberByWorkOsUserId(workosUserId)],
      ["workspaceId", (workspaceId) => repository.createApiKey({ ...create, workspaceId })],
      ["name", (name) => repository.createApiKey({ ...create, name })],
      ["a scope", (scope) => repository.createApiKey({ ...create, scopes: ["s", scope] })],
      ["idempotencyKey", (idempotencyKey) => repository.createApiKey({ ...create, idempotencyKey })],
      ["workspaceId", (workspaceId) => repository.revokeApiKey({ ...revoke, workspaceId })],
      ["apiKeyId", (apiKeyId) => repository.revokeApiKey({ ...revoke, apiKeyId })],
      ["workspaceId", (workspaceId) => repository.listArtifacts({ workspaceId, cursor: null, limit: 1 })],
    ];
    it.each(TEXTS.map(([name, call], index) => ({ name, call, index })))("refuse a bad $name ($index)", async ({ name, call }) => {
      for (const [value, message] of BAD_TEXTS) {
        const error = await rejectionOf(call(value));
        expect(error).toMatchObject({ name: "RepositoryError", code: "invalid_argument", retryAfter: null });
        expect((error as Error).message).toMatch(message);
        expect((error as Error).message).toMatch(new RegExp(`^expected ${name} `));
      }
    });

    const MOMENTS: readonly [string, (value: number) => Promise<unknown>][] = [
      ["now", (now) => repository.resolveWebMember({ ...callback(), now })],
      ["expiresAt", (expiresAt) => repository.resolveWebMember(callback({ expiresAt }))],
      ["now", (now) => repository.createApiKey({ ...create, now })],
      ["now", (now) => repository.revokeApiKey({ ...revoke, now })],
      ["now", (now) => repository.sweep(now)],
    ];
    it.each(MOMENTS.map(([name, call], index) => ({ name, call, index })))(
      "refuse a bad moment as $name ($index)",
      async ({ name, call }) => {
        for (const moment of BAD_MOMENTS) {
          expect(await rejectionOf(call(moment))).toMatchObject({
            code: "invalid_argument",
            message: `expected ${name} in whole milliseconds since the epoch, got ${moment}`,
          });
        }
      },
    );

    it.each(["jti:1", "workos-user:user_ada", "workos-jti:", "workos-jti: ", "workos-session:", "x workos-jti:1"])(
      "refuse the key %j",
      async (key) => {
        expect(await rejectionOf(repository.resolveWebMember(callback({ idempotencyKey: key })))).toMatchObject({
          code: "invalid_argument",
          message:
            "expected an idempotencyKey of workos-jti:{jti} or workos-session:{sid}, got another or a blank id: derive it from the verified token",
        });
      },
    );

    it("refuse a record that would expire before it is made", async () => {
      expect(await rejectionOf(repository.resolveWebMember(callback({ expiresAt: NOW })))).toMatchObject({
        code: "invalid_argument",
        message: "expected expiresAt after now, got 0 ms before it: refuse expired tokens first",
      });
    });

    it("go up to 256 characters of three bytes each, and to the first and last moment", async () => {
      const real = repositoryOn(backend);
      const long = "語".repeat(256);
      const key = `workos-jti:${"語".repeat(245)}`;
      const request = { workosUserId: long, email: long, idempotencyKey: key, now: 0, expiresAt: 8.64e15 };
      const first = await real.resolveWebMember(request);
      expect(await real.resolveWebMember(request)).toEqual(first);
      const made = await real.createApiKey({ workspaceId: first.workspace.id, name: long, scopes: [long], idempotencyKey: long, now: 0 });
      expect(await real.verifyApiKey(made.secret)).toEqual(made.apiKey);
      expect(await real.sweep(8.64e15)).toBe(3);
    });
  });
}
