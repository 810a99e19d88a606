import { beforeEach, describe, expect, test } from "vitest";
import { START } from "../../callback/callback.testing.ts";
import { RepositoryError } from "../../repository/repository.ts";
import { type Bench, createBench, EXPIRED, ORIGIN, settle } from "../app.testing.ts";

const WORKSPACE = "ws_1";

let bench: Bench;
let jar: string;
beforeEach(async () => {
  bench = createBench();
  jar = await bench.signIn();
});

const append = (text: string) => bench.events.append(WORKSPACE, { kind: "note", text, at: bench.world.now });
const code = (text: string) => JSON.parse(text).error.code;

describe("a stream", () => {
  test("begins with the newest events, tells of each as it happens, and answers for the others", async () => {
    for (let n = 1; n <= 60; n++) append(`note ${n}`);
    const { answer, received, events } = await bench.connect(jar);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([204, []]);
    expect([received[0]?.first, received[0]?.events.length, received[0]?.total]).toEqual([11, 50, 61]);
    append("now");
    expect(received[1]).toEqual({ first: 61, total: 62, events: [{ kind: "note", text: "now", at: "2030-01-01T00:00:00.000Z" }] });
    events?.said(JSON.stringify({ first: 0, count: 2 }));
    expect(received[2]?.events.map(({ text }) => text)).toEqual(["ada@example.test signed in", "note 1"]);
  });

  test("is told nothing of another workspace, nor once it is closed", async () => {
    const { received, events } = await bench.connect(jar);
    bench.events.append("ws_2", { kind: "note", text: "other", at: 0 });
    expect(received).toHaveLength(1);
    events?.closed();
    append("late");
    expect(received).toHaveLength(1);
  });

  test.each(["nonsense", "{}", '{"first":-1,"count":1}', '{"first":0,"count":201}', '{"first":0,"count":1,"more":1}'])(
    "is ended for a question that it does not understand: %s",
    async (text) => {
      const socket = await bench.connect(jar);
      socket.events?.said(text);
      expect(socket.closed).toEqual([4400, "invalid_request"]);
    },
  );

  test("ends with the token that has opened it", async () => {
    const socket = await bench.connect(jar);
    bench.world.advance(299_999);
    await settle();
    expect(socket.closed).toBeNull();
    bench.world.advance(1);
    await settle();
    expect(socket.closed).toEqual([4401, "session_stale"]);
    append("late");
    expect(socket.received).toHaveLength(1);
  });

  test("ends after a day, if its token lives longer than any timer", async () => {
    bench.claims = { exp: START / 1000 + 100 * 86_400 };
    const socket = await bench.connect(await bench.signIn());
    bench.world.advance(86_399_999);
    await settle();
    expect(socket.closed).toBeNull();
    bench.world.advance(1);
    await settle();
    expect(socket.closed).toEqual([4401, "session_stale"]);
  });

  test("ends when its session is signed out, and no other one does", async () => {
    bench.claims = { sid: "session_2", jti: "jti_2" };
    const others = await bench.connect(await bench.signIn());
    const mine = [await bench.connect(jar), await bench.connect(jar)];
    bench.world.reply = () => new Response("{}");
    expect((await bench.ask("POST /logout", { jar, headers: { origin: ORIGIN } })).status).toBe(303);
    expect(mine.map(({ closed }) => closed)).toEqual([
      [4403, "session_ended"],
      [4403, "session_ended"],
    ]);
    expect(others.closed).toBeNull();
  });

  test("does not end for a sign-out that another site's page has sent", async () => {
    const socket = await bench.connect(jar);
    expect((await bench.ask("POST /logout", { jar, headers: { origin: "https://evil.test" } })).status).toBe(403);
    expect(socket.closed).toBeNull();
  });

  test("is ended for a browser that is too far behind, which may come back", async () => {
    const socket = await bench.connect(jar);
    socket.buffered = 2_000_000;
    append("one more");
    expect([socket.closed, socket.received.length]).toEqual([[4408, "too_slow"], 1]);
  });
});

describe("no stream", () => {
  test("for an expired token: the session is stale, nothing is refreshed and no cookie is set", async () => {
    bench.world.now = EXPIRED;
    const asked = bench.world.requests.length;
    const { answer, events } = await bench.connect(jar);
    expect([answer.status, code(answer.text), answer.headers.getSetCookie(), events]).toEqual([401, "session_stale", [], null]);
    expect(bench.world.requests).toHaveLength(asked);
  });

  test("for a page of another origin, whoever is signed in", async () => {
    const { answer, events } = await bench.connect(jar, { origin: "https://evil.test" });
    expect([answer.status, code(answer.text), events]).toEqual([403, "foreign_origin", null]);
  });

  test("for nobody", async () => {
    const { answer, events } = await bench.connect("");
    expect([answer.status, code(answer.text), events]).toEqual([401, "not_authenticated", null]);
  });

  test("for a person without a workspace", async () => {
    bench = createBench();
    bench.repository.faults = [new RepositoryError("unavailable", "down", 5)];
    const { answer } = await bench.connect(await bench.signIn());
    expect([answer.status, code(answer.text)]).toEqual([403, "not_a_member"]);
  });

  test("while the repository is down, which is a fault and no verdict", async () => {
    bench.repository.faults = [new RepositoryError("unavailable", "down", 5)];
    const { answer, events } = await bench.connect(jar);
    expect([answer.status, answer.headers.get("retry-after"), code(answer.text), events]).toEqual([503, "5", "unavailable", null]);
  });

  test("for a session that is signed out while the workspace is looked up", async () => {
    const { getWebMemberByWorkOsUserId } = bench.repository;
    bench.world.reply = () => new Response("{}");
    bench.repository.getWebMemberByWorkOsUserId = async (id) => {
      await bench.ask("POST /logout", { jar, headers: { origin: ORIGIN } });
      return getWebMemberByWorkOsUserId.call(bench.repository, id);
    };
    const { answer, events } = await bench.connect(jar);
    expect([answer.status, code(answer.text), events]).toEqual([401, "not_authenticated", null]);
  });

  test("for what is no upgrade, and where the runtime has none", async () => {
    const plain = await bench.ask("GET /events/live", { jar });
    expect([plain.status, plain.headers.get("upgrade"), code(plain.text)]).toEqual([426, "websocket", "upgrade_required"]);
    const without = await bench.ask("GET /events/live", { jar, headers: { upgrade: "websocket" } });
    expect([without.status, code(without.text)]).toEqual([501, "not_implemented"]);
  });
});
