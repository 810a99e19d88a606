import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, it, vi } from "vitest";
import { serve } from "./http.testing.ts";
import type { IssuerEvent } from "./issuer.ts";
import { OPTIONS, refresh, signIn } from "./server.testing.ts";
import { startIssuerServer } from "./server.ts";

it("signs in and rotates over HTTP, in real time, and tells its journal", async () => {
  const journal: IssuerEvent[] = [];
  const server = await startIssuerServer({ ...OPTIONS, journal: (entry) => journal.push(entry) });
  const first = await signIn(server.origin);
  const { iss, iat, exp } = JSON.parse(atob(first.access_token.split(".")[1]));
  expect([iss, exp - iat]).toEqual([server.origin, 300]);
  expect(Math.abs(Date.now() / 1000 - iat)).toBeLessThan(60);
  const second = await (await refresh(server.origin, first.refresh_token)).json();
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

it("listens at one address of this very machine unless it is told otherwise", async () => {
  const server = await startIssuerServer(OPTIONS);
  const port = Number(new URL(server.origin).port);
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  expect(addresses).toContain("127.0.0.1");
  for (const address of ["127.0.0.2", ...addresses.filter((one) => one !== "127.0.0.1")]) {
    const socket = connect({ port, host: address });
    await expect(once(socket, "connect"), address).rejects.toThrow(/^connect E/);
  }
  await server.close();
});

it("does not wait for a connection that has said nothing", async () => {
  const server = await startIssuerServer(OPTIONS);
  const silent = connect(Number(new URL(server.origin).port), "127.0.0.1");
  await once(silent, "connect");
  // It came later, so the server has seen the silent one when it answers.
  await (await fetch(`${server.origin}/sso/jwks/client_test`)).text();
  // With its patience at an end it would close anything.
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  await server.close().finally(() => vi.useRealTimers());
  silent.destroy();
});

it("leaves no port behind when the issuer refuses its options", async () => {
  const server = await startIssuerServer(OPTIONS);
  const port = Number(new URL(server.origin).port);
  await server.close();
  await expect(startIssuerServer({ ...OPTIONS, port, accessTokenLifetime: 5 })).rejects.toThrow("at least 1000 ms");
  await (await startIssuerServer({ ...OPTIONS, port })).close();
});

it("announces the end of a session to the client that asked for it, by a POST that follows no redirect", async () => {
  const heard = Promise.withResolvers<string>();
  const elsewhere: string[] = [];
  const app = await serve(() => async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== "/bye") elsewhere.push(pathname);
    heard.resolve(`${request.method} ${await request.text()}`);
    return new Response(null, { status: 307, headers: { location: "/elsewhere" } });
  });
  const uri = `${app}/bye`;
  const client = { id: "web", secret: "s3cret", redirectUris: null, postLogoutRedirectUris: null, backchannelLogoutUri: uri };
  const server = await startIssuerServer({ ...OPTIONS, clients: [client] });
  const query = new URLSearchParams({
    ...{ client_id: "web", redirect_uri: "http://localhost:1/callback", response_type: "code" },
    ...{ scope: "openid offline_access", login_hint: "ada@example.test" },
  });
  const { headers } = await fetch(`${server.origin}/oauth2/authorize?${query}`, { redirect: "manual" });
  const code = new URL(headers.get("location") ?? "").searchParams.get("code") ?? "";
  const form = {
    client_id: "web",
    client_secret: "s3cret",
    grant_type: "authorization_code",
    code,
    redirect_uri: "http://localhost:1/callback",
  };
  await fetch(`${server.origin}/oauth2/token`, { method: "POST", body: new URLSearchParams(form) });

  server.issuer.control.revoke({ user: "user_ada" });

  expect(await heard.promise).toMatch(/^POST logout_token=ey/);
  await server.close();
  expect(elsewhere).toEqual([]);
});
