import { createHash } from "node:crypto";
import type { JSONWebKeySet } from "jose";
import { expect, it, vi } from "vitest";
import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { users } from "../../fixtures/users.ts";
import { createIssuer } from "../../harness/issuer/issuer.ts";
import type { IssuerEvent } from "../../harness/issuer/options.ts";
import { profiles } from "../../harness/issuer/profiles.ts";
import { ledger } from "../../src/session/refresh/ledger.ts";
import { singleFlight } from "../../src/session/refresh/single-flight.ts";
import type { StrategyFactory } from "../../src/session/refresh/strategy.ts";
import { createSession } from "../../src/session/session.ts";
import { createMemoryStore } from "../../src/session/store/memory.ts";

const START = Date.parse("2026-01-01T00:00:00.000Z");
const ISSUER = "https://login.test";
const APP = "https://app.test";
/** Nobody here waits in vain: what is waited for happens, and the wait is called off. */
const untilAborted = (_: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
const uris = { redirectUris: [`${APP}/callback`], postLogoutRedirectUris: [`${APP}/`] };

/** The reference implementation as an OIDC client of the fake issuer, with one browser before both. */
function world(strategy: StrategyFactory, secret: string | null) {
  let draws = 0;
  const randomBytes = (length: number) => new Uint8Array(createHash("sha512").update(`draw ${++draws}`).digest().subarray(0, length));
  const events: IssuerEvent[] = [];
  const issuer = createIssuer({
    ...{
      profile: profiles["better-auth"],
      origin: ISSUER,
      issuer: ISSUER,
      clientId: "client_workos",
      apiKey: "sk_test",
      users,
      keys: signingKeys,
    },
    ...{ accessTokenLifetime: 300_000, clients: [{ id: "web", secret, ...uris }], surfaces: ["oidc"], now: () => Date.now(), randomBytes },
    name: () => {},
    journal: (event) => events.push(event),
  });
  const ports = {
    fetch: ((input, init) => issuer.fetch(new Request(input, init))) as typeof fetch,
    ...{ now: () => Date.now(), randomBytes, wait: untilAborted },
  };
  const session = createSession({
    ...{ ports, store: createMemoryStore(ports), strategy, cookiePasswords: ["a cookie password of 32 characters."] },
    issuer: {
      ...{ protocol: "oidc" as const, issuer: ISSUER, issuers: [ISSUER], clientId: "web", clientSecret: secret ?? "unused" },
      ...{
        clientAuthentication: secret === null ? ("none" as const) : ("client_secret_basic" as const),
        jwks: issuer.jwks as unknown as JSONWebKeySet,
      },
    },
    ...{ redirectUri: `${APP}/callback`, afterSignOut: `${APP}/` },
  });

  const jars = new Map<string, Map<string, string>>();
  /** Goes to an address, and on until nobody redirects it any further. */
  async function visit(address: string, method = "GET", form: URLSearchParams | null = null): Promise<{ url: URL; response: Response }> {
    const url = new URL(address, APP);
    const jar = jars.get(url.origin) ?? new Map<string, string>();
    jars.set(url.origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const request = new Request(url, { method, body: form, headers: { cookie, ...(method === "POST" ? { origin: APP } : {}) } });
    const response = url.origin === ISSUER ? await issuer.fetch(request) : ((await session.routes(request)) ?? new Response("a page"));
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get("location");
    return location === null ? { url, response } : visit(new URL(location, url).href);
  }
  return { visit, events, issuer };
}

it.each([
  ["single-flight, with a secret", singleFlight, "s3cret+with/odd:characters%&="],
  ["ledger, with a secret", ledger, "s3cret+with/odd:characters%&="],
  ["ledger, as a public client", ledger, null],
] as const)("the reference implementation signs in, refreshes and signs out by OIDC: %s", async (_, strategy, secret) => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  try {
    const { visit, events } = world(strategy, secret);

    const home = await visit("/login?login_hint=ada@example.test&return_to=/home");
    expect([home.url.pathname, home.response.status]).toEqual(["/home", 200]);
    const signedIn = await (await visit("/session")).response.json();
    expect(signedIn).toMatchObject({ user_id: "user_ada", stale: false });

    vi.setSystemTime(START + 301_000);
    const [one, two] = await Promise.all([visit("/session", "POST"), visit("/session", "POST")]);
    for (const { response } of [one, two]) expect(await response.json()).toMatchObject({ user_id: "user_ada", stale: false });
    expect(events.map((event) => (event.type === "token-redeemed" ? event.outcome : event.type))).toEqual(["session-started", "rotated"]);

    // Nothing proves to the issuer that the app asks for its user, so the issuer asks the person.
    const asked = await visit("/logout", "POST");
    expect(asked.url.origin + asked.url.pathname).toBe(`${ISSUER}/oauth2/end-session`);
    const fields = [...(await asked.response.text()).matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]);
    const back = await visit(asked.url.href, "POST", new URLSearchParams(fields));
    expect(back.url.href).toBe(`${APP}/`);
    expect(events.at(-1)).toMatchObject({ type: "session-ended", user: "user_ada", family: "F1", cause: "user" });
    expect((await visit("/session")).response.status).toBe(401);
  } finally {
    vi.useRealTimers();
  }
});
