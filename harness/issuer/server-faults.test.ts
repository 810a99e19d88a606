import { afterEach, describe, expect, test } from "vitest";
import type { FaultRule } from "./control/fault-plan.ts";
import { OPTIONS, raw, refresh, signIn } from "./server.testing.ts";
import { type IssuerServer, startIssuerServer } from "./server.ts";

let server: IssuerServer;
afterEach(() => server.close());

async function withFault(...rules: FaultRule[]): Promise<string> {
  server = await startIssuerServer({ ...OPTIONS, journalSize: 100 });
  const { refresh_token } = await signIn(server.origin);
  server.issuer.control.faults.add(...rules);
  return refresh_token;
}

const at = { endpoint: "token" } as const;

describe("over HTTP", () => {
  test("a broken connection is one", async () => {
    const token = await withFault({ at, when: "after-commit", effect: { kind: "reset" } });
    await expect(refresh(server.origin, token)).rejects.toThrow("fetch failed");
    expect(server.issuer.control.journal?.text()).toContain("→ reset (fault 1)");
    expect((await refresh(server.origin, token)).status).toBe(200);
  });

  test("a cut answer promises more than comes", async () => {
    await withFault({ at: { endpoint: "jwks" }, when: "after-commit", effect: { kind: "truncate", bytes: 7 } });
    const answer = await raw(server, "GET /sso/jwks/client_test HTTP/1.1\r\nHost: x\r\n\r\n", false);
    const [head = "", body] = answer.split("\r\n\r\n");
    expect(Number(/content-length: (\d+)/.exec(head)?.[1])).toBeGreaterThan(500);
    expect(body).toBe('{"keys"');
  });

  test("two that race are held until both are there", async () => {
    const token = await withFault({ at, when: "before-commit", effect: { kind: "hold", requests: 2 } });
    const both = await Promise.all([refresh(server.origin, token), refresh(server.origin, token)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const rotated = server.issuer.control.journal?.text().match(/ rotated /g);
    expect(rotated).toHaveLength(1);
  });

  test("a client that goes away is no longer held", async () => {
    const token = await withFault({ at, when: "before-commit", effect: { kind: "hold" } });
    const client = new AbortController();
    const going = fetch(`${server.origin}/user_management/authenticate`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ refresh_token: token }),
      signal: client.signal,
    });
    await until(() => server.issuer.control.faults.held().length === 1);
    client.abort();
    await expect(going).rejects.toThrow("aborted");
    await until(() => server.issuer.control.faults.held().length === 0);
  });

  test("stopping breaks what is held, and ends what is slow", async () => {
    const token = await withFault(
      { at, when: "before-commit", effect: { kind: "hold" } },
      { at: { endpoint: "jwks" }, when: "before-commit", effect: { kind: "slow", ms: 600_000 } },
    );
    const held = refresh(server.origin, token);
    const slow = fetch(`${server.origin}/sso/jwks/client_test`);
    await until(() => server.issuer.control.faults.list().every(({ struck }) => struck === 1));
    const stopped = server.close();
    await expect(held).rejects.toThrow("fetch failed");
    expect((await slow).status).toBe(200);
    await stopped;
  });
});

/** Waits for what I/O brings, turn by turn of the event loop. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}
