import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPTIONS, raw, refresh, signIn } from "../server.testing.ts";
import { type IssuerServer, startIssuerServer } from "../server.ts";
import { createJournal } from "./journal.ts";
import { journalStream } from "./stream.ts";

const BEARER = "control-bearer-of-the-test";
let server: IssuerServer;
const failures: unknown[] = [];

beforeAll(async () => {
  server = await startIssuerServer({
    ...OPTIONS,
    organizations: [{ id: "org_acme", slug: "acme", name: "Acme" }],
    journalSize: 100,
    controlBearer: BEARER,
    failed: (error) => failures.push(error),
  });
});
afterAll(async () => {
  await server.close();
  expect(failures).toEqual([]);
});

function call(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const post = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return fetch(`${server.origin}/_holdfast/api/${path}`, {
    ...post,
    headers: { authorization: `Bearer ${BEARER}`, "content-type": "application/json", ...headers },
  });
}

describe("the control API", () => {
  test.each(["state", "journal", "journal/stream", "families"])("answers %s to its bearer alone", async (path) => {
    const refused = await call(path, undefined, { authorization: "Bearer control-bearer-of-another" });
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  });

  test("is not there without a bearer to guard it", async () => {
    const closed = await startIssuerServer(OPTIONS);
    expect((await fetch(`${closed.origin}/_holdfast/`)).status).toBe(404);
    await closed.close();
  });

  test.each([
    ["the name of another host, as after DNS rebinding", "Host: evil.test\r\n", "421"],
    ["no host", "Host:\r\n", "421"],
    ["a foreign origin", "Host: localhost\r\nOrigin: https://evil.test\r\n", "403"],
    ["a null origin", "Host: localhost\r\nOrigin: null\r\n", "403"],
    ["another port of this machine", "Host: localhost:1\r\nOrigin: http://localhost:2\r\n", "403"],
    ["a page elsewhere", "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n", "403"],
    ["its own origin", "Host: localhost:1\r\nOrigin: http://localhost:1\r\n", "200"],
  ])("judges %s", async (_, headers, status) => {
    const request = `GET /_holdfast/api/state HTTP/1.1\r\n${headers}Authorization: Bearer ${BEARER}\r\nConnection: close\r\n\r\n`;
    expect((await raw(server, request)).slice(9, 12)).toBe(status);
  });

  test("rotates, holds, releases, steals, moves the clock and revokes", async () => {
    const { refresh_token } = await signIn(server.origin);
    expect(await (await call("keys/rotate", {})).json()).toMatchObject({ id: "K2", signs: true });

    const hold = { at: { grantType: "refresh_token" }, when: "before-commit", effect: { kind: "hold" } };
    expect(await (await call("faults", [hold])).json()).toEqual({ ids: ["fault 1"] });
    const refreshing = refresh(server.origin, refresh_token);
    while (server.issuer.control.faults.held().length === 0) await new Promise(setImmediate);
    expect(await (await call("state")).json()).toMatchObject({ held: [{ id: "held 1", request: "POST token RT F1.g0" }] });
    expect(await (await call("release", {})).json()).toEqual({ released: 1 });
    const next = (await (await refreshing).json()).refresh_token;

    expect(await (await call("steal", { family: "F1" })).json()).toEqual({ name: "RT F1.g1", refreshToken: next });
    expect(await (await call("clock", { advance: 60_000 })).json()).toMatchObject({ offset: 60_000 });
    expect((await call("clock", { advance: -60_000 })).status).toBe(400);
    expect((await call("clock", { advance: -60_000, backwards: true })).status).toBe(200);
    expect((await call("users", { id: "user_ada", email: "countess@example.test" })).status).toBe(204);
    expect((await call("memberships", { userId: "user_ada", organizationId: "org_acme", role: "admin" })).status).toBe(204);
    expect((await call("memberships/remove", { userId: "user_ada", organizationId: "org_acme" })).status).toBe(204);
    expect(await (await call("expire-access-tokens", { family: "F1" })).json()).toEqual({ expired: 2 });
    expect((await call("revoke", { family: "F1" })).status).toBe(204);
    expect(await (await call("families?format=text")).text()).toContain("ended (admin)");
    expect(await (await call("journal?format=text")).text()).toContain("control: RT F1.g1 is stolen");
    expect(await (await call("journal?limit=1")).json()).toMatchObject({ size: 100, entries: [{ text: "control: F1 was ended (admin)" }] });
    expect((await call("faults/remove", { id: "fault 1" })).status).toBe(200);
    expect((await call("faults/clear", {})).status).toBe(204);
  });

  test.each<[string, unknown, string]>([
    ["revoke", {}, "Expected another shape of the whole."],
    ["revoke", { family: "F99" }, "expected a family of this issuer: there are: "],
    ["faults", [], "Expected the whole to be at least 1."],
    ["faults", [{ when: "never", effect: { kind: "reset" } }], "Expected `0.when` to be one of before-commit, after-commit."],
    ["faults", [{ when: "before-commit", effect: { kind: "truncate" } }], "expected a truncated answer `after-commit`: "],
    ["clock", { advance: "secret-0123" }, "Expected `advance` to be number."],
    ["clock", { advance: 1, "secret-0123": 1 }, "Expected the whole to have no field but advance, backwards."],
    ["steal", "secret-0123", "Expected the whole to be object."],
    ["keys/retire", { id: "secret-0123" }, "expected a key of the ring: its keys are: K1, K2"],
  ])("%s refuses %j and does not repeat it", async (path, body, description) => {
    const response = await call(path, body);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(JSON.parse(text).error_description).toContain(description);
    expect(text).not.toContain("secret-0123");
  });

  test("streams what was, and then what comes", async () => {
    const response = await call("journal/stream");
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    let text = "";
    const reading = (async () => {
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString();
        if (text.includes("GET") && text.split("event: live")[1]?.includes('"endpoint":"jwks"')) return;
      }
    })();
    await fetch(`${server.origin}/sso/jwks/client_test`);
    await reading;
    expect(text).toMatch(/^id: \d+\nevent: entry\ndata: \{/);
  });

  test("ends a stream that is further behind than it can hold, and goes on where the reader stopped", async () => {
    const long = createJournal(20_000, () => 0);
    for (let index = 0; index < 15_000; index++) long.control("control: something");
    const read = (after: number) => journalStream(long, after, AbortSignal.timeout(500)).toResponse().text();
    const first = await read(0);
    const last = Number([...first.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1]);
    expect([first.match(/^event: entry$/gm)?.length, last, first.includes("event: live")]).toEqual([10_002, 10_002, false]);
    const second = await read(last);
    expect([second.match(/^event: entry$/gm)?.length, second.includes("event: live")]).toEqual([4_998, true]);
  });

  test("has a page whose own script alone runs", async () => {
    const response = await fetch(`${server.origin}/_holdfast/`);
    const policy = response.headers.get("content-security-policy") ?? "";
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? "none";
    const page = await response.text();
    expect(page.match(/<(script|style) nonce="([^"]+)"/g)).toEqual([`<style nonce="${nonce}"`, `<script nonce="${nonce}"`]);
    expect(policy).toContain("default-src 'none'");
    expect(page).not.toContain(BEARER);
    expect(page).not.toContain("{{");
    const second = await fetch(`${server.origin}/_holdfast`, { redirect: "manual" });
    expect([second.status, second.headers.get("location")]).toEqual([308, "/_holdfast/"]);
  });
});
