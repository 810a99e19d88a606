import { expect, it } from "vitest";
import type { Stage } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { reference } from "../targets/reference/target.ts";
import { ofType, played } from "./stage.testing.ts";

it("a thief has the cookies of that moment, and his own jar from then on", async () => {
  const answers: unknown[] = [];
  const events = await played(async ({ browsers: [ada], steal, until, now, accessTokenLifetime }) => {
    await ada?.signIn();
    const thief = steal(ada as NonNullable<typeof ada>);
    answers.push(await thief.load());
    await until(now() + accessTokenLifetime);
    answers.push(await ada?.load());
  });
  expect(answers).toEqual(["signed-in", "signed-in"]);
  expect(ofType(events, "cookie-stolen")).toMatchObject([{ jar: "ada-thief", from: "ada", user: "user_ada", token: { generation: 0 } }]);
  expect(ofType(events, "load-sent").map(({ jar, held }) => [jar, held?.generation])).toEqual([
    ["ada-thief", 0],
    ["ada", 0],
  ]);
  expect(ofType(events, "jar-changed").map(({ jar, after }) => [jar, after?.generation])).toEqual([
    ["ada", 0],
    ["ada", 1],
  ]);
});

it("the cookies of a server-side session stand for the generation that they were given for", async () => {
  const events = await played(
    async ({ browsers: [ada], steal, until, now, accessTokenLifetime }) => {
      await ada?.signIn();
      const thief = steal(ada as NonNullable<typeof ada>);
      await until(now() + accessTokenLifetime);
      await ada?.load();
      await thief.load();
    },
    { strategy: "server-session" },
  );
  expect(ofType(events, "load-sent").map(({ held }) => held?.generation)).toEqual([0, 0]);
  expect(ofType(events, "jar-changed").map(({ jar, after }) => [jar, after?.generation])).toEqual([
    ["ada", 0],
    ["ada", 1],
    ["ada-thief", 1],
  ]);
});

it("a rotated key is one that no isolate was deployed with, and retiring leaves it alone", async () => {
  const events = await played(async ({ admin }) => {
    await admin.rotateKeys();
    await admin.retireKeys();
    await admin.rotateKeys();
  });
  const changes = ofType(events, "keys-changed").map(({ signs, published, baked }) => [signs, published.length, baked.includes(signs)]);
  expect(changes).toEqual([
    ["test-key-1", 2, true],
    ["rotated-key-1", 3, false],
    ["rotated-key-1", 1, false],
    ["rotated-key-1", 1, false],
    ["rotated-key-2", 2, false],
  ]);
});

it("an outage lasts as long as its part, and monitors know when it ends", async () => {
  const answers: unknown[] = [];
  const events = await played(async ({ admin, browsers: [ada], until, now, accessTokenLifetime }) => {
    await ada?.signIn();
    await until(now() + accessTokenLifetime);
    await admin.outage("jwks", async () => answers.push(await ada?.load()));
    await until(now() + accessTokenLifetime);
    await expect(admin.outage("all", async () => answers.push(await ada?.load()) && Promise.reject(new Error("stop")))).rejects.toThrow(
      "stop",
    );
    answers.push(await ada?.load());
  });
  expect(answers).toEqual(["signed-in", "unavailable", "signed-in"]);
  const told = events.flatMap(({ type }) => (/^faults-|load-answered/.test(type) ? [type] : []));
  expect(told).toEqual([
    ...["faults-began", "load-answered", "faults-ended"],
    ...["faults-began", "load-answered", "faults-ended", "load-answered"],
  ]);
});

it("a stranger has a bearer and no cookie, and is told apart from its user", async () => {
  const answers: unknown[] = [];
  const events = await played(async ({ browsers: [ada], present }) => {
    await ada?.signIn();
    for (const forgery of [null, "no signature"]) answers.push(await present(ada as NonNullable<typeof ada>, forgery));
  });
  expect(answers).toEqual(["signed-in", "signed-out"]);
  expect(ofType(events, "load-sent").map(({ jar, forged, held }) => [jar, forged, held])).toEqual([
    ["ada-stranger", null, null],
    ["ada-stranger", "no signature", null],
  ]);
});

it("nobody can be robbed who is not on the stage", async () => {
  const nobody = { user: "user_ada" } as never;
  const stolen = played(async ({ steal }) => void steal(nobody));
  await expect(stolen).rejects.toMatchObject({ code: "BAD_USAGE" });
});

it("what hangs for ever is told to whoever promised progress, and is a deadlock otherwise", async () => {
  let asked = 0;
  const fetch = () => (asked++ % 2 === 0 ? Response.json({ user: "user_ada" }) : new Promise<Response>(() => {}));
  const hanging: Target = { ...reference, create: () => ({ fetch: async () => fetch() }) };
  const script = async ({ browsers: [ada] }: Stage) => {
    await ada?.load();
    await ada?.load();
  };
  await expect(played(script, {}, hanging)).rejects.toMatchObject({ code: "DEADLOCK" });
  const promising: Target = { ...hanging, promises: { ledger: ["bounded-progress"] } };
  expect(ofType(await played(script, {}, promising), "loads-stuck")).toMatchObject([{ loads: ["ada/load-2"] }]);
});
