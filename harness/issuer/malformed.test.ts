import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createControlApi } from "./control/api.ts";
import { readFetched } from "./fetched.ts";
import { Refusal } from "./http.ts";
import { isFetchable, MARK, type Malformed, malformed, PLACES } from "./malformed.testing.ts";
import { OPTIONS, raw, refresh, signIn } from "./server.testing.ts";
import { type IssuerServer, startIssuerServer } from "./server.ts";

const BEARER = "control-bearer-of-the-test";
let server: IssuerServer;
const failures: unknown[] = [];

beforeAll(async () => {
  server = await startIssuerServer({ ...OPTIONS, journalSize: 20_000, controlBearer: BEARER, failed: (error) => failures.push(error) });
});
afterAll(() => server.close());

/** Half of them come from somebody who may use the control, or the API. */
function withBearer(one: Malformed, index: number): Malformed {
  if (index % 2 === 1 || one.headers.some(([name]) => name === "authorization")) return one;
  const bearer = one.target.startsWith("/_holdfast") ? BEARER : isApi(one) ? OPTIONS.apiKey : null;
  return bearer === null ? one : { ...one, headers: [...one.headers, ["authorization", `Bearer ${bearer}`]] };
}

/** What takes the API key. At the OIDC surface's places a bearer is another way to be wrong. */
function isApi({ target }: Malformed): boolean {
  return /^\/(user_management|organizations)/.test(target);
}

function isAllowed(one: Malformed): boolean {
  // What is right for whoever has the bearer is no malformed request.
  return !(
    one.method === "GET" &&
    /^\/_holdfast\/api\/(state|journal)(\?|$)/.test(one.target) &&
    one.headers.some(([, value]) => value.endsWith(BEARER))
  );
}

const sample = (count: number, seed: number) => fc.sample(malformed, { numRuns: count, seed }).map(withBearer).filter(isAllowed);

/** What was answered, and to what, when it should not have been answered like that. */
function judged(one: Malformed, status: number, answer: string): unknown[] {
  return status >= 400 && status < 500 && ![MARK, BEARER, OPTIONS.apiKey].some((secret) => answer.includes(secret))
    ? []
    : [{ ...one, body: one.body.toString(), status, answer }];
}

test("10,000 malformed requests get a 4xx each, and nobody's secret back", async () => {
  const api = createControlApi({ ...server, host: "127.0.0.1", bearer: BEARER, stopping: new AbortController().signal });
  const viaControl = async (request: Request) => {
    const read = await readFetched(request).catch((error: Refusal) => error);
    return (read instanceof Refusal ? read.reply : await api(read)).toResponse();
  };
  const requests = sample(14_000, 1).filter(isFetchable).slice(0, 10_000);
  const wrong: unknown[] = [];
  for (const one of requests) {
    const { method, target, headers, body } = one;
    const init = {
      method,
      headers: [...headers.map(([name, value]): [string, string] => [name, value]), ["host", "localhost"] as [string, string]],
    };
    const request = new Request(server.origin + target, { ...init, ...(body.length > 0 ? { body: new Uint8Array(body) } : {}) });
    const response = target.startsWith("/_holdfast") ? await viaControl(request) : await server.issuer.fetch(request);
    wrong.push(...judged(one, response.status, await response.text()));
  }
  expect(requests).toHaveLength(10_000);
  expect(PLACES.filter((place) => !requests.some(({ target }) => target.split("?")[0] === place))).toEqual([]);
  expect(wrong.slice(0, 5)).toEqual([]);
});

test("2,000 more, on the wire of the server, get a 4xx each as well", async () => {
  const requests = sample(2_200, 2).slice(0, 2_000);
  const wrong: unknown[] = [];
  const next = requests.values();
  const send = async () => {
    for (const one of next) {
      const answer = await raw(server, wire(one), one.sent < one.body.length);
      wrong.push(...judged(one, Number(answer.slice(9, 12)), answer));
    }
  };
  await Promise.all(Array.from({ length: 16 }, send));
  expect(requests).toHaveLength(2_000);
  expect(wrong.slice(0, 5)).toEqual([]);
});

const line = (text: string, headers = "") => `${text}\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`;

test.each<[string, string | Buffer, RegExp]>([
  ["what is no HTTP", "hello\r\n\r\n", /^HTTP\/1.1 400 /],
  ["an empty line and nothing", "\r\n", /^$|^HTTP\/1.1 400 /],
  ["TLS on a plain port", Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]), /^HTTP\/1.1 400 /],
  ["another version", "GET / HTTP/3.0\r\n\r\n", /^HTTP\/1.1 400 /],
  ["no host", "GET / HTTP/1.1\r\n\r\n", /^HTTP\/1.1 400 /],
  ["a proxy's request", line("GET http://evil.test/ HTTP/1.1"), /^HTTP\/1.1 400 /],
  ["a tunnel", line("CONNECT evil.test:443 HTTP/1.1"), /^HTTP\/1.1 405 /],
  ["TRACE", line("TRACE / HTTP/1.1"), /^HTTP\/1.1 405 /],
  ["a star", line("OPTIONS * HTTP/1.1"), /^HTTP\/1.1 400 /],
  ["two lengths", line("POST /user_management/authenticate HTTP/1.1", "Content-Length: 1\r\nContent-Length: 2\r\n"), /^HTTP\/1.1 400 /],
  [
    "a length and chunks",
    line("POST /user_management/authenticate HTTP/1.1", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
    /^HTTP\/1.1 400 /,
  ],
  [
    "a chunk of no size",
    `${line("POST /user_management/authenticate HTTP/1.1", "Transfer-Encoding: chunked\r\n")}zz\r\n`,
    /^HTTP\/1.1 400 /,
  ],
  ["a header without an end", line("GET / HTTP/1.1", `X-Long: ${"x".repeat(40_000)}\r\n`), /^HTTP\/1.1 431 /],
  ["a header with a bad name", line("GET / HTTP/1.1", "x y: 1\r\n"), /^HTTP\/1.1 400 /],
  ["a folded header", line("GET / HTTP/1.1", "x: 1\r\n 2\r\n"), /^HTTP\/1.1 400 /],
  ["an expectation", line("POST /user_management/authenticate HTTP/1.1", "Expect: the-impossible\r\n"), /^HTTP\/1.1 417 /],
  ["bytes of another alphabet in its path", Buffer.from(line("GET /\xff\xfe HTTP/1.1"), "latin1"), /^HTTP\/1.1 40[04] /],
])("the wire refuses %s", async (_, bytes, status) => {
  expect(await raw(server, bytes, !bytes.toString().startsWith("CONNECT"))).toMatch(status);
});

test.each([1_048_577, 3_000_000])("a body of %i bytes is too large", async (length) => {
  const response = await fetch(`${server.origin}/user_management/authenticate`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "x".repeat(length),
  });
  expect(response.status).toBe(413);
});

test("after all that it still serves, nothing has failed, and the journal has no secret", async () => {
  const { refresh_token } = await signIn(server.origin);
  expect((await refresh(server.origin, refresh_token)).status).toBe(200);
  expect(failures).toEqual([]);
  const journal = JSON.stringify(server.issuer.control.journal?.entries());
  expect(journal.length).toBeGreaterThan(100_000);
  for (const secret of [MARK, BEARER, refresh_token]) expect(journal).not.toContain(secret);
});

function wire({ method, target, headers, body, sent }: Malformed): Buffer {
  const all = [...headers, ["host", "localhost"], ["connection", "close"], ["content-length", String(body.length)]];
  const head = `${method} ${target} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body.subarray(0, sent)]);
}
