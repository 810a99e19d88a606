import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { signingKeys } from "../fixtures/keys/signing-keys.ts";
import { users } from "../fixtures/users.ts";
import { ada, rt } from "../harness/invariants/events.testing.ts";
import { profiles } from "../harness/issuer/profiles.ts";
import type { Event } from "../harness/model/event.ts";
import { entry, failed, holding, LOGOUT_TRACE, violated } from "../harness/report/cells.testing.ts";
import { reasonsOf } from "../harness/report/reasons.ts";
import { writeReport } from "../harness/report/write.ts";
import { createSessionCookie } from "../src/session/cookie.ts";
import { SessionError } from "../src/session/error.ts";
import { singleFlight } from "../src/session/refresh/single-flight.ts";
import { createSigner, createTestSession, createWorld, PASSWORD } from "../src/session/session.testing.ts";
import { createSession } from "../src/session/session.ts";
import { cellOf } from "./cells.testing.ts";
import { findExamples, runExample } from "./examples.testing.ts";

/** Examples that cannot be run, each with the reason. */
const NOT_RUN: Readonly<Record<string, string>> = {
  mayNotRefresh: "private to its file; session.test.ts shows it through authenticate",
};

const folder = mkdtempSync(join(tmpdir(), "holdfast-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const signer = await createSigner();
const world = createWorld();
const session = createTestSession(world, signer.jwks);
const request = new Request("https://app.example/");
const client = { clientId: "client_1", clientSecret: "sk_test", ports: world.ports };
const reports = [violated()];
const run = { version: 1, seed: 1, cells: reports.map(({ result }) => result) };
const whole = { loads: 8, strategy: "single-flight" };
/** Writes below a temporary folder what the example would write where it is. */
const aside: typeof writeReport = (directory, files) => writeReport(join(folder, directory), files);
const lost: Event = {
  type: "token-answered",
  step: 1,
  at: 0,
  token: rt(ada, 0),
  isolate: "isolate-1",
  load: null,
  answer: { kind: "fault", detail: "the answer was lost", lost: rt(ada, 1) },
};

/** What stands around the examples that take something for granted. */
const AROUND: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  cannotBeHad: { events: [lost] },
  ...Object.fromEntries(
    ["endedIsEnded", "generationMonotonic", "noCrossTalk", "noSpuriousLogout", "noTokenReuse", "outageIsNotLogout"].map((name) => [
      name,
      { events: [] },
    ]),
  ),
  replay: { run: async () => ({ schedule: [], violated: false }) },
  encodeReplay: { spec: (await cellOf({})).spec, traceHash: "ab".repeat(32) },
  createIssuer: { profiles, users, signingKeys },

  renderCounterexample: { report: violated() },
  renderReplay: { report: violated(), trace: LOGOUT_TRACE },
  renderTrace: { replayed: { trace: LOGOUT_TRACE } },
  renderHtml: { run, reports, writeFile: async () => {} },
  reportFiles: { run, reports, writeReport: aside },
  writeReport: { writeReport: aside },
  pictureOf: { trace: [...LOGOUT_TRACE, entry({ step: 11, to: "isolate-2" })], chains: [], reasonsOf },
  renderSummary: {
    reports: [
      ...Array.from({ length: 12 }, () => holding({ expect: "holds" })),
      ...Array.from({ length: 16 }, () => violated({ expect: "violated" })),
    ],
  },
  renderErrors: {
    reports: [
      failed({
        target: "workos-node",
        strategy: "sealed-session",
        profile: "workos",
        error: {
          code: "ESCAPED",
          message: 'the target "workos-node" created what the world does not own: TCPWRAP',
          hint: "go through fetch, timers and WebCrypto",
        },
      }),
    ],
  },
  renderMatrix: {
    reports: ["workos", "better-auth"].map((profile) => holding({ ...whole, profile, expect: "holds" })),
    process: { stdout: { isTTY: false } },
  },

  createSession: { ...client, jwks: signer.jwks, password: PASSWORD, singleFlight, request },
  singleFlight: { createSession, options: sessionOptions() },
  naive: { createSession, options: sessionOptions() },
  createRedemption: { singleFlight, endpoint: { redeem: async () => ({ kind: "unavailable", said: "", retryAfter: null }) } },
  SessionError: { error: new SessionError("cookie_too_large", "too large"), shrinkTheClaims: () => {} },
  createSessionCookie: {
    password: PASSWORD,
    session: { accessToken: "at", refreshToken: "rt", userId: "user_ada", sessionId: "session_1" },
    headers: new Headers(),
    request,
  },
  createTokenEndpoint: {
    ...client,
    ports: { ...world.ports, fetch: async () => Response.json({ error: "invalid_grant" }, { status: 400 }) },
    session: { refreshToken: "rt_1" },
  },
  createSealKeys: { process: { env: { COOKIE_PASSWORD: PASSWORD, PREVIOUS_COOKIE_PASSWORD: `older-${PASSWORD}` } } },
  createAuthenticator: {
    cookie: createSessionCookie({ passwords: [PASSWORD], maxAge: 60 }),
    verify: async () => ({ kind: "invalid", because: "malformed" }),
    strategy: singleFlight(async () => ({ kind: "unavailable", said: "", retryAfter: null }) as never),
    request,
    page: () => {},
  },
  createSignOut: { signOut: session.signOut, request: new Request("https://app.example/logout", { method: "POST" }) },
  createAccessTokenVerifier: { jwks: signer.jwks, bearer: await signer.sign(), serve: () => {} },
  createSignIn: { routes: session, callbackRequest: new Request("https://app.example/callback?code=c&state=s") },
  setCookie: { headers: new Headers() },
};

function sessionOptions() {
  return {
    ports: world.ports,
    issuer: { origin: "https://api.workos.com", issuers: ["https://api.workos.com"], ...client, jwks: signer.jwks },
    redirectUri: "https://app.example/callback",
    afterSignOut: "https://app.example/",
    cookiePasswords: [PASSWORD],
    strategy: singleFlight,
  };
}

const examples = findExamples();

describe("an example in the documentation of a function", () => {
  it.each(examples.filter(({ name }) => !(name in NOT_RUN)))("of $name runs, and comes to what it says", async (example) => {
    for (const { actual, expected } of await runExample(example, AROUND[example.name] ?? {})) {
      // What is printed is shown without the line break at its end.
      const printed = typeof actual === "string" && typeof expected === "string" && !expected.endsWith("\n");
      expect(printed ? actual.trimEnd() : actual).toEqual(expected);
    }
  });

  it("is found for everything that this file knows of, once each", () => {
    const names = examples.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of [...Object.keys(NOT_RUN), ...Object.keys(AROUND)]) expect(names).toContain(name);
    expect(names.length).toBeGreaterThan(40);
  });
});

describe("the runner of examples", () => {
  const of = (code: string) => runExample({ name: "test", file: "harness/model/error.ts", code }, {});

  it("compares what is beside a line and below it, as values or as text", async () => {
    const comparisons = await of(
      [
        'const error: HoldfastError = new HoldfastError("BAD_USAGE", "m", "h");',
        "error.exitStatus; // 2",
        "[1, 2];",
        "// [1,",
        "//  2]",
        "null; // null while it holds",
        '"so it is"; // so it is',
      ].join("\n"),
    );
    expect(comparisons).toEqual([
      { actual: 2, expected: 2 },
      { actual: [1, 2], expected: [1, 2] },
      { actual: null, expected: null },
      { actual: "so it is", expected: "so it is" },
    ]);
  });

  it("tells a wrong comment and a name that does not exist", async () => {
    expect(await of("1 + 1; // 3")).toEqual([{ actual: 2, expected: 3 }]);
    await expect(of("nobody.knows();")).rejects.toThrow(ReferenceError);
  });
});
