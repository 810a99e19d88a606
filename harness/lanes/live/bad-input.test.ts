import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { freePort } from "../postgres/free-port.ts";
import { listens, scripted, verified } from "./live.testing.ts";

/** The address of the issuer's sign-in, as JavaScript; `client` is JavaScript, too. */
const authorize = (client: string) =>
  `issuer + '/user_management/authorize?response_type=code&redirect_uri=' + origin + '/callback&client_id=' + ${client}`;
const OWN_CLIENT = "process.env.WORKOS_CLIENT_ID";

describe.concurrent("one clear error for", () => {
  test.each([
    [
      "a sign-in page that leads nowhere",
      "response.end('please wait')",
      /^expected a sign-in from http:\/\/localhost:\d+\/login to lead to the issuer at .*, but it ended with status 200 at http:\/\/localhost:\d+\/login$/,
    ],
    [
      "a sign-in that goes to another issuer",
      "url.pathname === '/login' ? go(response, `http://127.0.0.1:1/authorize`) : response.end()",
      /to lead to the issuer at .*, but it went to http:\/\/127\.0\.0\.1:1$/,
    ],
    [
      "a sign-in that never comes back",
      `url.pathname === '/login' ? go(response, ${authorize(OWN_CLIENT)}) : go(response, '/login')`,
      /to come back from the issuer and end at a page with a session cookie, but it ended with status 302 at/,
    ],
    [
      "a wrong client id",
      `go(response, ${authorize("'client_other'")})`,
      /^expected the app to sign people in with the client id client_holdfast, got "client_other"$/,
    ],
  ])("%s", async (_, answer, message) => {
    await expect(verified(scripted(answer), ["race"])).rejects.toMatchObject({
      code: "BAD_TARGET",
      message: expect.stringMatching(message),
    });
  });

  test("an app that is not there, which is told what it must know", async () => {
    const port = await freePort();
    const config = { ...scripted(""), app: { url: `http://localhost:${port}`, readyWithin: 1 } };
    await expect(verified(config, ["race"])).rejects.toMatchObject({
      code: "BAD_USAGE",
      message: `expected an app at http://localhost:${port} within 1 s, and nothing answered there`,
    });
  });

  test("a program that there is not", async () => {
    const config = { ...scripted(""), app: { command: ["no-such-program"] } };
    await expect(verified(config, ["race"])).rejects.toMatchObject({ message: expect.stringMatching(/it could not be started: .*ENOENT/) });
  });

  test("an app that ends at once, in its own words", async () => {
    const config = { ...scripted(""), app: { command: [process.execPath, "-e", "console.error('no database'); process.exit(7)"] } };
    await expect(verified(config, ["race"])).rejects.toMatchObject({
      message: expect.stringMatching(/^expected instance 1 of the app to answer, but it ended with exit status 7\n {4}no database$/),
    });
  });

  test("a port that is taken: the issuer's, and the app's", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    await expect(verified(scripted("", { issuer: { port } }), ["race"])).rejects.toMatchObject({
      code: "BAD_USAGE",
      message: expect.stringContaining("EADDRINUSE"),
    });
    const app = { command: [process.execPath, "-e", ""], port };
    await expect(verified(scripted("", { app }), ["race"])).rejects.toMatchObject({ message: expect.stringContaining(`port ${port}`) });
    taken.close();
  });

  test("pages whose answers the configuration cannot read", async () => {
    const signsIn = `
      if (url.pathname === '/login') return go(response, ${authorize(OWN_CLIENT)});
      if (url.pathname === '/callback') {
        return fetch(issuer + '/user_management/authenticate', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({
          grant_type: 'authorization_code', client_id: process.env.WORKOS_CLIENT_ID, client_secret: process.env.WORKOS_API_KEY, code: url.searchParams.get('code') }) })
          .then(() => response.writeHead(302, { location: '/', 'set-cookie': 'session=1; Path=/' }).end());
      }
      response.end(request.headers.cookie === undefined ? 'Sign in' : 'Sign out');`;
    await expect(verified(scripted(signsIn, { signedIn: { body: "Log out" } }), ["race"])).rejects.toMatchObject({
      code: "BAD_USAGE",
      message:
        'expected / to be answered signed-in for somebody who has just signed in, got status 200, which the configuration calls "other"',
    });
    await expect(verified(scripted(signsIn, { signedIn: { body: "Sign" } }), ["race"])).rejects.toMatchObject({
      message:
        'expected / to be answered signed-out for somebody without a cookie, got status 200, which the configuration calls "signed-in"',
    });
    // Nothing is ever renewed by this app, so that the race has shown nothing.
    const config = scripted(signsIn, { signedIn: { body: "Sign out" }, signedOut: { body: "Sign in" } });
    const { reports } = await verified(config, ["race"]);
    expect(reports[0]?.result).toMatchObject({ verdict: "error", error: { code: "VACUOUS" } });
  });
});

test("whatever goes wrong, nothing is left behind", async () => {
  const [port, issuer] = [await freePort(), await freePort()];
  const config = scripted("response.end('please wait')", { issuer: { port: issuer } });
  const app = { ...config.app, port, instances: 2 } as typeof config.app;
  await expect(verified({ ...config, app }, ["race"])).rejects.toThrow();
  expect(await Promise.all([port, issuer].map(listens))).toEqual([false, false]);
});
