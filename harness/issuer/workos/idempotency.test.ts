import { expect, test } from "vitest";
import { API_KEY, type Bench, bench, CLIENT_ID } from "../issuer.testing.ts";
import { profiles } from "../profiles.ts";

const DAY = 86_400_000;

const refresh = (world: Bench, token: string, key: string, secret = API_KEY) => {
  const body = { grant_type: "refresh_token", client_id: CLIENT_ID, client_secret: secret, refresh_token: token };
  return world.post("/user_management/authenticate", body, { "idempotency-key": key });
};

test("a key is ignored unless it is asked for: a retry meets the profile's own policy", async () => {
  const world = bench({ profile: profiles.zitadel });
  const token = (await world.signIn()).refresh;
  expect((await refresh(world, token, "retry-1")).status).toBe(200);
  expect((await refresh(world, token, "retry-1")).status).toBe(400);
});

test("an equal request with an equal key gets the first one's answer, at once and later, and redeems nothing", async () => {
  const world = bench({ profile: profiles.zitadel, idempotencyKeys: "replayed" });
  const token = (await world.signIn()).refresh;
  const [one, two] = await Promise.all([refresh(world, token, "retry-1"), refresh(world, token, "retry-1")]);
  world.advance(DAY - 1);
  const three = await refresh(world, token, "retry-1");

  expect([two.status, two.text, three.text]).toEqual([200, one.text, one.text]);
  expect(world.events.filter((event) => event.type === "token-redeemed")).toHaveLength(1);
  world.advance(1);
  expect((await refresh(world, token, "retry-1")).status).toBe(400);
});

test("another key, another body or another secret is another request", async () => {
  const world = bench({ profile: profiles.zitadel, idempotencyKeys: "replayed" });
  const [one, two] = [await world.signIn(), await world.signIn()];
  expect((await refresh(world, one.refresh, "retry-1")).status).toBe(200);
  expect((await refresh(world, one.refresh, "retry-2")).status).toBe(400);
  expect(world.names.get((await refresh(world, two.refresh, "retry-1")).body.refresh_token)).toBe("RT F2.g1");
  expect((await refresh(world, one.refresh, "retry-1", "sk_wrong")).body.error).toBe("invalid_client");
});

test("a refusal is an answer too; an error of the harness is none", async () => {
  let full = true;
  const world = bench({
    idempotencyKeys: "replayed",
    journal: () => {
      if (full) throw new Error("the journal is full");
    },
  });
  const wrong = await refresh(world, "unknown", "retry-1");
  expect((await refresh(world, "unknown", "retry-1")).text).toBe(wrong.text);
  const code = await world.code();
  const exchange = () =>
    world.post(
      "/user_management/authenticate",
      { grant_type: "authorization_code", client_id: CLIENT_ID, client_secret: API_KEY, code },
      { "idempotency-key": "retry-2" },
    );
  await expect(exchange()).rejects.toThrow("the journal is full");
  full = false;
  expect((await exchange()).body.error).toBe("invalid_grant");
});
