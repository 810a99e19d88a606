import { expect, it } from "vitest";
import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { users } from "../../fixtures/users.ts";
import type { IssuerEvent } from "./issuer.ts";
import { profiles } from "./profiles.ts";
import { type IssuerServerOptions, startIssuerServer } from "./server.ts";

const OPTIONS: IssuerServerOptions = {
  profile: profiles.workos,
  clientId: "client_test",
  apiKey: "sk_test",
  accessTokenLifetime: 300_000,
  users,
  keys: signingKeys,
};

async function signIn(origin: string) {
  const query = new URLSearchParams({
    client_id: OPTIONS.clientId,
    redirect_uri: "http://localhost:1/callback",
    response_type: "code",
    login_hint: "ada@example.test",
  });
  const { headers } = await fetch(`${origin}/user_management/authorize?${query}`, { redirect: "manual" });
  const code = new URL(headers.get("location") ?? "").searchParams.get("code");
  return exchange(origin, { grant_type: "authorization_code", code });
}

async function exchange(origin: string, grant: Record<string, unknown>) {
  const response = await fetch(`${origin}/user_management/authenticate`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_id: OPTIONS.clientId, client_secret: OPTIONS.apiKey, ...grant }),
  });
  return response.json();
}

it("signs in and rotates over HTTP, in real time, and tells its journal", async () => {
  const journal: IssuerEvent[] = [];
  const server = await startIssuerServer({ ...OPTIONS, journal: (entry) => journal.push(entry) });
  const first = await signIn(server.origin);
  const { iss, iat, exp } = JSON.parse(atob(first.access_token.split(".")[1]));
  expect([iss, exp - iat]).toEqual([server.origin, 300]);
  expect(Math.abs(Date.now() / 1000 - iat)).toBeLessThan(60);
  const second = await exchange(server.origin, { grant_type: "refresh_token", refresh_token: first.refresh_token });
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect(journal.map(({ type }) => type)).toEqual(["session-started", "token-redeemed"]);
  await server.close();
});

it("gives no two servers the same tokens", async () => {
  const servers = [await startIssuerServer(OPTIONS), await startIssuerServer(OPTIONS)];
  const [one, two] = await Promise.all(servers.map(({ origin }) => signIn(origin)));
  expect(one.refresh_token).not.toBe(two.refresh_token);
  await Promise.all(servers.map(({ close }) => close()));
});

it("gives its port back when it is closed, and one that is taken is named", async () => {
  const server = await startIssuerServer(OPTIONS);
  const port = Number(new URL(server.origin).port);
  await expect(startIssuerServer({ ...OPTIONS, port })).rejects.toMatchObject({
    code: "BAD_USAGE",
    message: `expected to listen at 127.0.0.1, port ${port}, got EADDRINUSE`,
    hint: "choose another port, or 0 for any that is free",
  });
  await server.close();
  const again = await startIssuerServer({ ...OPTIONS, port });
  expect(again.origin).toBe(server.origin);
  await again.close();
  await expect(fetch(server.origin)).rejects.toThrow("fetch failed");
});

it("leaves no port behind when the issuer refuses its options", async () => {
  const server = await startIssuerServer(OPTIONS);
  const port = Number(new URL(server.origin).port);
  await server.close();
  await expect(startIssuerServer({ ...OPTIONS, port, accessTokenLifetime: 5 })).rejects.toThrow("at least 1000 ms");
  await (await startIssuerServer({ ...OPTIONS, port })).close();
});
