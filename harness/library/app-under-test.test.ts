import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestIssuer, type TestIssuer } from "../lanes/browser/issuer.ts";
import { openApp } from "./app-under-test.ts";

let issuer: TestIssuer;
beforeEach(async () => {
  issuer = await startTestIssuer();
});
afterEach(() => issuer.close());

test("the reference app is there where nobody has chosen another, and its clock is the issuer's", async () => {
  const app = await openApp(null, issuer);
  expect(await (await fetch(app.origin)).text()).toContain("You are signed out");
  app.advance?.(60_000);
  expect(issuer.clock.offset).toBe(60_000);
  await app.close?.();
  await expect(fetch(app.origin)).rejects.toThrow("fetch failed");
});

test("an app is told of the issuer by the variables that WorkOS' SDKs read", async () => {
  const server = createServer((_, response) => response.writeHead(404).end());
  let told: Readonly<Record<string, string>> = {};
  const app = await openApp(
    {
      async start({ environment }) {
        told = environment;
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        return { origin: `http://127.0.0.1:${port}/some/path`, close: async () => void server.close() };
      },
    },
    issuer,
  );
  const { port } = new URL(issuer.origin);
  expect(told).toMatchObject({ WORKOS_API_HOSTNAME: "127.0.0.1", WORKOS_API_PORT: port, WORKOS_API_HTTPS: "false" });
  expect(app.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await app.close?.();
});

test("an app that runs already is left as it is", async () => {
  const running = await openApp(null, issuer);
  const app = await openApp({ url: `${running.origin}/login` }, issuer);
  expect(app).toEqual({ origin: running.origin });
  await running.close?.();
});

test.each([
  [{ url: "localhost:3000" }, 'expected appUnderTest.url to be an http(s) URL, got "localhost:3000"'],
  [{ url: "http://127.0.0.1:1" }, "expected an app that answers at http://127.0.0.1:1, got nothing"],
])("what is no app is refused: %o", async (choice, said) => {
  await expect(openApp(choice, issuer)).rejects.toMatchObject({ code: "BAD_USAGE", message: said });
});

test("an app that was started and does not answer is stopped", async () => {
  let stopped = 0;
  const start = async () => ({ origin: "http://127.0.0.1:1", close: async () => void stopped++ });
  await expect(openApp({ start }, issuer)).rejects.toThrow("expected an app that answers at http://127.0.0.1:1, got nothing");
  expect(stopped).toBe(1);
});
