import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase } from "../../harness/lanes/postgres/create-database.ts";
import { openTestServer } from "../../harness/lanes/postgres/server.testing.ts";
import type { PostgresServer } from "../../harness/lanes/postgres/server.ts";
import { exposed } from "./dump.ts";
import { type LoadReport, load } from "./load.ts";
import { latencies, percentile } from "./percentiles.ts";
import { shortfalls } from "./verdict.ts";
import { workload } from "./workload.ts";

const SIZE = { users: 20, callbacks: 200, connections: 16 };

describe("load", () => {
  let server: PostgresServer;
  let report: LoadReport;
  beforeAll(async () => {
    server = await openTestServer();
    const database = await createDatabase(server.address);
    report = await load(server, database, SIZE).finally(() => database.drop());
  });
  afterAll(() => server?.stop());

  it("ends with exact counts, whatever was retried while the server was restarted", () => {
    expect(shortfalls(report, SIZE)).toEqual([]);
    expect(report).toMatchObject({
      restarts: 2,
      stored: { users: 20, workspaces: 20, members: 20, keys: 20, events: 60, records: 100, inFlight: 0 },
    });
  });

  it("says what is not exact", () => {
    const wrong = { ...report, unlike: 1, stored: { ...report.stored, members: 21, inFlight: 2 } };
    expect(shortfalls(wrong, SIZE)).toEqual([
      "expected members: 20, got 21",
      "expected idempotency records in flight: 0, got 2",
      "expected answers of one sign-in that differ: 0, got 1",
    ]);
  });
});

it("the order of callbacks is a function of the seed, and has as many for each user", () => {
  const callbacks = workload({ ...SIZE, seed: 1 });
  expect(workload({ ...SIZE, seed: 1 })).toEqual(callbacks);
  expect(workload({ ...SIZE, seed: 2 })).not.toEqual(callbacks);
  for (let user = 0; user < SIZE.users; user++) {
    const signIns = callbacks.filter((callback) => callback.user === user).map(({ signIn }) => signIn);
    expect(signIns.sort()).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 3, 3]);
  }
});

it("a secret is found in a dump as it is and by its bytes", () => {
  const secret = "hfk_0123456789ab_secret";
  expect(exposed(`(1,${secret})`, [secret])).toBe(1);
  expect(exposed(`\\x00${Buffer.from(secret).toString("hex")}`, [secret, "other"])).toBe(1);
  expect(exposed("nothing", [secret])).toBe(0);
});

it("percentiles are those of the nearest rank", () => {
  const sample = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0.5, 0.9, 0.99, 1].map((share) => percentile(sample, share))).toEqual([50, 90, 99, 100]);
  expect(latencies([])).toBe("p50 0 ms, p90 0 ms, p99 0 ms, max 0 ms");
});
