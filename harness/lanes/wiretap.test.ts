import { describe, expect, it } from "vitest";
import type { Credential } from "../model/credential.ts";
import type { EventBody } from "../model/event.ts";
import type { Actor } from "../sim/actor.ts";
import type { Exchange } from "../sim/exchange.ts";
import { Names } from "../sim/names.ts";
import { refreshTokenIn, Wiretap } from "./wiretap.ts";

const isolate: Actor = { name: "isolate-1", kind: "isolate" };
const issuer: Actor = { name: "issuer", kind: "issuer" };
const browser: Actor = { name: "ada", kind: "browser" };

function credential(type: Credential["type"], generation: number, sibling = 0): Credential {
  return { type, user: "user_ada", session: "session_ada", family: "F1", generation, sibling };
}
const [g0, g1, g1b, g2] = [
  credential("refresh-token", 0),
  credential("refresh-token", 1),
  credential("refresh-token", 1, 1),
  credential("refresh-token", 2),
];

const names = new Names();
const secrets = new Map<Credential, string>();
for (const [index, known] of [g0, g1, g1b, g2, credential("access-token", 1)].entries()) {
  const secret = `secret_of_token_number_${index}`;
  secrets.set(known, secret);
  names.register(secret, `name ${index}`, known);
}
names.register("code_0123456789abcdef", "code 1");
const rt0 = secrets.get(g0) as string;
const rt1 = secrets.get(g1) as string;

function exchange(change: Partial<Exchange> & { readonly body?: string | null; readonly path?: string } = {}): Exchange {
  const {
    body = JSON.stringify({ grant_type: "refresh_token", refresh_token: rt0 }),
    path = "/user_management/authenticate",
    ...rest
  } = change;
  const url = new URL(path, "https://api.workos.test");
  const request = { method: "POST", url: url.href, headers: [], body };
  return { from: isolate, to: issuer, task: "ada/load-1", url, request, ...rest } as Exchange;
}

function heard(listen: (wiretap: Wiretap) => void): readonly EventBody[] {
  const events: EventBody[] = [];
  listen(
    new Wiretap(
      names,
      (event) => events.push(event),
      () => {},
    ),
  );
  return events;
}

describe("a refresh token in a text", () => {
  it.each([
    ["none where there is none", "no secrets here, only words", null],
    ["none for an access token, a code or a name without a credential", `${[...secrets.values()].at(-1)} code_0123456789abcdef`, null],
    ["the one that there is", `refresh_token=${rt0}`, g0],
    ["the newest of several, whatever their order", `${rt1} and ${rt0}`, g1],
    ["the newest of several, whatever their order", `${rt0} and ${rt1}`, g1],
    ["the later of two siblings", `${rt1} and ${secrets.get(g1b)}`, g1b],
  ])("is %s", (_, text, expected) => {
    expect(refreshTokenIn(names, text)).toBe(expected);
  });
});

describe("a presentation", () => {
  const presented = (sent: Exchange) => heard((wiretap) => wiretap.sent(sent)).filter(({ type }) => type === "token-presented");

  it("is heard when an isolate sends a refresh token to the token endpoint", () => {
    expect(presented(exchange())).toEqual([{ type: "token-presented", token: g0, isolate: "isolate-1", load: "ada/load-1" }]);
  });

  it("is heard in a form as well as in JSON, and without a load", () => {
    const form = exchange({ body: `grant_type=refresh_token&refresh_token=${rt0}`, task: null });
    expect(presented(form)).toEqual([{ type: "token-presented", token: g0, isolate: "isolate-1", load: null }]);
  });

  it("is heard at the token endpoint of OpenID Connect as well", () => {
    const form = exchange({ path: "/oauth2/token", body: `grant_type=refresh_token&refresh_token=${rt0}` });
    expect(presented(form)).toEqual([{ type: "token-presented", token: g0, isolate: "isolate-1", load: "ada/load-1" }]);
    const answered = heard((wiretap) => wiretap.answered(form, { status: 200, headers: [], body: JSON.stringify({ refresh_token: rt1 }) }));
    expect(answered).toMatchObject([{ type: "token-answered", token: g0, answer: { kind: "issued", successor: g1 } }]);
  });

  it.each<[string, Partial<Parameters<typeof exchange>[0]>]>([
    ["a sign-in's code", { body: JSON.stringify({ grant_type: "authorization_code", code: "code_0123456789abcdef" }) }],
    ["a request without a body", { body: null }],
    ["a token at another endpoint", { path: "/user_management/sessions/revoke" }],
    ["a token that is revoked", { path: "/oauth2/revoke", body: `token=${rt0}` }],
    ["a browser's request", { from: browser, to: isolate }],
    ["a browser's request to the issuer", { from: browser }],
    ["an isolate's request to another", { to: isolate }],
  ])("is not %s", (_, change) => {
    expect(presented(exchange(change))).toEqual([]);
    expect(heard((wiretap) => wiretap.answered(exchange(change), { status: 200, headers: [], body: "{}" }))).toEqual([]);
    expect(heard((wiretap) => wiretap.lost(exchange(change), null))).toEqual([]);
  });
});

describe("a request to the issuer", () => {
  const sent = (change: Parameters<typeof exchange>[0]) => heard((wiretap) => wiretap.sent(exchange(change)));
  const by = { isolate: "isolate-1", load: "ada/load-1" };

  it("is told with the beginning of its path, which has no id in it", () => {
    expect(sent({ path: "/sso/jwks/client_1", body: null })).toEqual([{ type: "issuer-called", ...by, path: "/sso/jwks" }]);
  });

  it("to end a session is told with the session", () => {
    const path = "/user_management/sessions/revoke";
    expect(sent({ path, body: '{"session_id":"session_ada"}' })).toEqual([
      { type: "issuer-called", ...by, path: "/user_management/sessions" },
      { type: "revocation-asked", ...by, session: "session_ada" },
    ]);
    for (const body of ["no JSON", "null", '{"session_id":7}', null]) expect(sent({ path, body })).toHaveLength(1);
  });

  it("is none of a browser's, and none to another isolate", () => {
    expect(sent({ from: browser })).toEqual([]);
    expect(sent({ to: isolate, body: null })).toEqual([]);
  });
});

describe("the answer to a presentation", () => {
  function answered(status: number, body: string) {
    const [event, ...more] = heard((wiretap) => wiretap.answered(exchange(), { status, headers: [], body }));
    expect(more).toEqual([]);
    return event;
  }
  const told = (answer: unknown) => ({ type: "token-answered", token: g0, isolate: "isolate-1", load: "ada/load-1", answer });

  it("is issued, with the successor that the body carries", () => {
    expect(answered(200, JSON.stringify({ refresh_token: rt1 }))).toEqual(told({ kind: "issued", successor: g1 }));
  });

  it("is issued with the same token when the body has no other: that issuer does not rotate", () => {
    expect(answered(200, JSON.stringify({ access_token: "x" }))).toEqual(told({ kind: "issued", successor: g0 }));
  });

  it.each([400, 401, 403, 404, 302])("is rejected for status %i", (status) => {
    expect(answered(status, '{"error":"invalid_grant"}')).toEqual(told({ kind: "rejected" }));
  });

  it.each(["invalid_client", "unauthorized_client", "unsupported_grant_type"])(
    "is no verdict on the token when the client is refused: %s",
    (error) => {
      expect(answered(401, JSON.stringify({ error }))).toEqual(told({ kind: "fault", detail: error }));
    },
  );

  it.each([408, 429, 500, 502, 503, 599])("is a fault and no verdict for status %i", (status) => {
    expect(answered(status, '{"error":"invalid_grant"}')).toEqual(told({ kind: "fault", detail: `status ${status}` }));
  });

  it.each(["<html>a proxy says hello</html>", `{"refresh_token":"${rt1}`, ""])("is a fault and no verdict for 200 with %j", (body) => {
    expect(answered(200, body)).toEqual(told({ kind: "fault", detail: "a body that is no JSON" }));
  });
});

describe("an answer that is lost", () => {
  function lost(body: string | null) {
    return heard((wiretap) => wiretap.lost(exchange(), body === null ? null : { status: 200, headers: [], body }));
  }
  const told = (answer: unknown) => [{ type: "token-answered", token: g0, isolate: "isolate-1", load: "ada/load-1", answer }];

  it("is a fault that says which successor went with it", () => {
    expect(lost(JSON.stringify({ refresh_token: rt1 }))).toEqual(told({ kind: "fault", detail: "the answer was lost", lost: g1 }));
  });

  it.each([
    ["nobody had answered yet", null, "no answer came"],
    ["it was a rejection", '{"error":"invalid_grant"}', "the answer was lost"],
  ])("takes nothing with it when %s", (_, body, detail) => {
    expect(lost(body)).toEqual(told({ kind: "fault", detail }));
  });
});

describe("a copy that the wire makes", () => {
  const presented = { token: g0, isolate: "isolate-1", load: "ada/load-1" };

  it("is told of when it presents a token", () => {
    expect(heard((wiretap) => wiretap.repeated(exchange()))).toEqual([{ type: "token-repeated", ...presented }]);
    expect(heard((wiretap) => wiretap.repeated(exchange({ body: "{}" })))).toEqual([]);
  });

  it.each([
    ["a successor", `{"refresh_token":"${rt1}"}`, g1],
    ["nothing", '{"error":"invalid_grant"}', null],
    ["nothing at all", null, null],
  ])("and so is an answer that finds nobody, with %s in it", (_, body, lost) => {
    const response = body === null ? null : { status: 200, headers: [], body };
    expect(heard((wiretap) => wiretap.discarded(exchange(), response))).toEqual([{ type: "answer-discarded", ...presented, lost }]);
  });

  it("is no affair of the monitors where no token is presented", () => {
    const page = exchange({ from: browser, to: isolate, body: null });
    expect(heard((wiretap) => wiretap.discarded(page, null))).toEqual([]);
  });
});

describe("a fault", () => {
  it("that copies a request says where the copy goes, where that is not plain", () => {
    const page = exchange({ from: browser, to: isolate, body: null, path: "/" });
    const events = heard((wiretap) => {
      wiretap.fault("browser-request-duplicated", page, isolate);
      wiretap.fault("issuer-request-duplicated", exchange(), issuer);
    });
    expect(events.map((event) => event.type === "fault" && event.detail)).toEqual([
      "POST / from ada, the copy goes to isolate-1",
      "POST /user_management/authenticate from isolate-1",
    ]);
  });

  it("is told with what it hit, and without what that contained", () => {
    const events = heard((wiretap) => wiretap.fault("issuer-503", exchange({ path: `/user_management/authenticate?token=${rt0}` }), null));
    expect(events).toEqual([{ type: "fault", fault: "issuer-503", detail: "POST /user_management/authenticate from isolate-1" }]);
  });
});
