import { beforeEach, describe, expect, test } from "vitest";
import { json, START } from "../session.testing.ts";
import { createManualClock, type ManualClock } from "../store/manual-clock.testing.ts";
import { oidcProtocol } from "./oidc.ts";
import type { Protocol } from "./protocol.ts";
import { workosProtocol } from "./workos.ts";

const ISSUER = "https://login.test";
const METADATA = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  revocation_endpoint: `${ISSUER}/revoke`,
  end_session_endpoint: `${ISSUER}/logout`,
};
const DISCOVERY = "/.well-known/openid-configuration";
const BACK = new URLSearchParams({ code: "code_1", state: "state_1" });
const SECRETS = { state: "state_1", nonce: "nonce_1", verifier: "v".repeat(43) };
const SILENT = { kind: "unavailable", said: "the issuer did not answer in time", retryAfter: null, issuer: "unknown" };

/** An issuer that takes requests and says nothing, or half of it. */
interface Silent {
  /** Paths that are answered all the same. */
  readonly answers: Record<string, () => Response>;
  /** Sends headers and the beginning of a body. */
  half: boolean;
  /** Requests so far, and which of their connections have been ended. */
  readonly paths: string[];
  readonly ended: string[];
}

let clock: ManualClock;
let silent: Silent;
beforeEach(() => {
  clock = createManualClock();
  silent = { answers: {}, half: false, paths: [], ended: [] };
});

const fetchSilence: typeof fetch = (input, init) => {
  const { pathname } = new URL(String(input));
  silent.paths.push(pathname);
  const answer = silent.answers[pathname]?.();
  if (answer !== undefined) return Promise.resolve(answer);
  const signal = init?.signal;
  return new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () => {
      silent.ended.push(pathname);
      reject(signal.reason);
    });
    if (!silent.half) return;
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"access_')) });
    resolve(new Response(body, { status: 200, headers: { "content-type": "application/json" } }));
  });
};

function protocols(): Readonly<Record<"workos" | "oidc", Protocol>> {
  const ports = { fetch: fetchSilence, now: () => clock.now(), wait: clock.wait };
  const client = { clientId: "client_1", clientSecret: "secret_1", redirectUri: "https://app.test/callback", ports };
  return {
    workos: workosProtocol({ ...client, origin: ISSUER }),
    oidc: oidcProtocol({
      ...client,
      issuer: ISSUER,
      clientAuthentication: "client_secret_basic",
      scope: "openid offline_access",
      dialect: "standard",
    }),
  };
}

/** What it comes to, and after how many milliseconds. */
async function outcomeOf<T>(asked: Promise<T>): Promise<{ readonly outcome: T | "still waiting"; readonly after: number }> {
  let after = 0;
  let outcome: T | "still waiting" = "still waiting";
  void asked.then((value) => {
    outcome = value;
    after = clock.now() - START;
  });
  await clock.settle();
  await clock.advance(100_000);
  return { outcome, after };
}

describe.each([false, true])("a token endpoint that is silent, after half of an answer: %j", (half) => {
  beforeEach(() => {
    silent.half = half;
    silent.answers[DISCOVERY] = () => json(200, METADATA);
  });

  test.each(["workos", "oidc"] as const)("%s: a refresh is ambiguous at its limit, and its connection ended", async (name) => {
    expect(await outcomeOf(protocols()[name].redeem("rt_1", null, 7_000))).toEqual({ outcome: SILENT, after: 7_000 });
    expect([silent.ended.length, clock.waiting]).toEqual([1, 0]);
  });

  test.each(["workos", "oidc"] as const)("%s: a code is given up after ten seconds, and its connection ended", async (name) => {
    expect(await outcomeOf(protocols()[name].exchangeCode(BACK, SECRETS))).toEqual({ outcome: SILENT, after: 10_000 });
    expect([silent.ended.length, clock.waiting]).toEqual([1, 0]);
  });
});

test.each(["workos", "oidc"] as const)("%s: a revocation that is not answered is not done after ten seconds", async (name) => {
  silent.answers[DISCOVERY] = () => json(200, METADATA);
  const revocation = protocols()[name].revoke({ sessionId: "session_1", refreshToken: "rt_1" });
  expect(await outcomeOf(revocation)).toEqual({ outcome: false, after: 10_000 });
  expect([silent.ended.length, clock.waiting]).toEqual([1, 0]);
});

describe("a discovery that is not answered", () => {
  const fault = { ...SILENT, said: "discovery failed: the issuer did not answer in time", issuer: "unreached" };
  const request = { state: "s", nonce: "n", codeChallenge: "c", loginHint: null, organizationId: null };

  test.each([false, true])("is given up for everybody after ten seconds: no token has been presented; half an answer: %j", async (half) => {
    silent.half = half;
    const { oidc } = protocols();
    const all = Promise.all([
      oidc.authorizationUrl(request),
      oidc.exchangeCode(BACK, SECRETS),
      oidc.redeem("rt_1", null, 20_000),
      oidc.revoke({ sessionId: "session_1", refreshToken: "rt_1" }),
      oidc.logoutUrl("session_1", "https://app.test/"),
    ]);
    expect(await outcomeOf(all)).toEqual({ outcome: [fault, fault, fault, false, null], after: 10_000 });
    expect([silent.paths, silent.ended, clock.waiting]).toEqual([[DISCOVERY], [DISCOVERY], 0]);
  });

  test("is asked for again by the next", async () => {
    const { oidc } = protocols();
    await outcomeOf(oidc.authorizationUrl(request));
    silent.answers[DISCOVERY] = () => json(200, METADATA);
    expect(await oidc.authorizationUrl(request)).toContain(`${ISSUER}/authorize?`);
  });
});
