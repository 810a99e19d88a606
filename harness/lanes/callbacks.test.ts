import { describe, expect, it } from "vitest";
import type { Stage, TokenIds } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { reference } from "../targets/reference/target.ts";
import { ofType, played } from "./stage.testing.ts";

/** An API that answers its calls so, one after the other, and keeps the tokens that it was sent. */
function answering(...answers: readonly (() => Response)[]): { readonly target: Target; readonly tokens: Record<string, unknown>[] } {
  const tokens: Record<string, unknown>[] = [];
  const fetch = (request: Request) => {
    expect([request.method, new URL(request.url).pathname]).toEqual(["POST", "/callback"]);
    const [, claims = ""] = request.headers.get("authorization")?.split(".") ?? [];
    tokens.push(JSON.parse(Buffer.from(claims, "base64url").toString()));
    return answers[tokens.length - 1]?.() ?? new Response(null, { status: 500 });
  };
  return { tokens, target: { ...reference, routes: { callback: "/callback" }, create: () => ({ fetch }) } };
}

async function calling(target: Target, ids: TokenIds) {
  const results: (string | null)[] = [];
  const events = await played(
    async ({ browsers: [ada], callBack }: Stage) => {
      results.push(await callBack(ada, ids));
    },
    {},
    target,
  );
  return { result: results[0], events: events.filter(({ type }) => type.startsWith("request-")) };
}

const IDS = { jti: "jti_1", sid: "session_1" };
const base = { user: "user_ada", key: "workos-jti:jti_1", isolate: "isolate-1" };

describe("a call of the web app", () => {
  it("carries the access token of its user, and its answer comes back with whom it shows", async () => {
    const { target, tokens } = answering(() => Response.json({ user: "user_ada", guest: "user_ben" }));
    const { result, events } = await calling(target, IDS);
    expect(result).toBe('{"user":"user_ada","guest":"user_ben"}');
    expect(tokens).toMatchObject([{ sub: "user_ada", jti: "jti_1", sid: "session_1" }]);
    expect(events).toMatchObject([
      { type: "request-sent", request: "callback-1", ...base },
      { type: "request-answered", request: "callback-1", ...base, answer: result, mentions: ["user_ada", "user_ben"] },
    ]);
  });

  it("comes again a second later, with the same token, while it is told to come back", async () => {
    const { target, tokens } = answering(
      () => new Response(null, { status: 503 }),
      () => new Response(null, { status: 409 }),
      () => Response.json({}),
    );
    const { result, events } = await calling(target, IDS);
    expect([result, new Set(tokens.map((token) => JSON.stringify(token))).size]).toEqual(["{}", 1]);
    expect(ofType(events, "request-sent").map(({ request }) => request)).toEqual([
      ...["callback-1", "callback-1-again-1", "callback-1-again-2"],
    ]);
    expect(ofType(events, "request-sent").map(({ at }) => at - (events[0]?.at ?? 0))).toEqual([0, 1_000, 2_000]);
    expect(ofType(events, "request-failed").map(({ reason }) => reason)).toEqual(["status 503", "status 409"]);
  });

  it("is given up after three attempts, and at once when it is refused", async () => {
    const down = answering();
    expect([(await calling(down.target, IDS)).result, down.tokens.length]).toEqual([null, 3]);
    const refused = answering(() => new Response(null, { status: 401 }));
    expect([(await calling(refused.target, IDS)).result, refused.tokens.length]).toEqual([null, 1]);
  });

  it.each([
    [{ jti: "j", sid: "s" }, "workos-jti:j"],
    [{ jti: null, sid: "s" }, "workos-session:s"],
    [{ jti: " ", sid: "s" }, "workos-session:s"],
    [{ jti: null, sid: null }, null],
    [{ jti: "", sid: " " }, null],
  ])("of a token with %j is known to the monitors by %s", async (ids, key) => {
    const { target, tokens } = answering(() => Response.json({}));
    const { events } = await calling(target, ids);
    expect(events[0]).toMatchObject({ type: "request-sent", key });
    expect([tokens[0]?.jti ?? null, tokens[0]?.sid ?? null]).toEqual([ids.jti, ids.sid]);
  });

  it("needs a target that says where it takes it", async () => {
    await expect(calling(reference, IDS)).rejects.toMatchObject({ code: "BAD_USAGE" });
  });
});
