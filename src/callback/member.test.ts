import { beforeEach, expect, test } from "vitest";
import { RepositoryError } from "../repository/repository.ts";
import { createSigner, createWorld, FakeRepository, START, testVerifier, type World } from "./callback.testing.ts";
import { createMemberLookup } from "./member.ts";

const signer = await createSigner();

let world: World;
let repository: FakeRepository;
beforeEach(() => {
  world = createWorld();
  repository = new FakeRepository();
});

async function lookUp(claims: Record<string, unknown> = {}) {
  const look = createMemberLookup({ verify: testVerifier(world, signer.jwks), repository, log: (entry) => world.log.push(entry) });
  return look(`Bearer ${await signer.sign(claims)}`);
}

test("finds the member and the workspace, and writes nothing", async () => {
  const request = { workosUserId: "user_ada", email: "ada@example.test", idempotencyKey: "workos-jti:1", expiresAt: START + 1, now: START };
  const { member, workspace } = await repository.resolveWebMember(request);
  world.now += 60_000;
  expect(await lookUp()).toEqual({ kind: "member", member, workspace });
  expect(repository.resolved).toEqual([request]);
  expect(world.requests).toEqual([]);
});

test("who has never been through the callback is no member, and does not become one", async () => {
  expect(await lookUp()).toEqual({ kind: "not_a_member" });
  expect(repository.resolved).toEqual([]);
});

test("a rejected token does not reach the repository", async () => {
  expect(await lookUp({ exp: 1 })).toEqual({ kind: "rejected", reason: "expired" });
  expect(repository.reads).toBe(0);
});

test("a repository that is down is an outage, and is logged", async () => {
  repository.faults = [new RepositoryError("unavailable", "down", 3)];
  expect(await lookUp()).toMatchObject({ kind: "unavailable", dependency: "repository", retryAfter: 3 });
  expect(world.log).toEqual([{ event: "unavailable", dependency: "repository", said: "the repository is unavailable" }]);
});

test.each([new RepositoryError("invalid_argument", "x"), new Error("x")])("any other fault rejects: %s", async (error) => {
  repository.faults = [error];
  await expect(lookUp()).rejects.toBe(error);
});
