import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCell } from "../lanes/cell.ts";
import type { PostgresServer } from "../lanes/postgres/server.ts";
import { shrinkReport } from "../lanes/shrink-report.ts";
import { cellOf } from "../library/registry.ts";
import type { CellSpec } from "../model/cell.ts";
import { beginCampaign, cell, openTestServer, type TestCampaign, withoutTimes } from "./campaign.testing.ts";
import { corpusOf, resultsOf } from "./results.ts";
import { statusOf } from "./status.ts";
import { work } from "./worker.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.stop());

/** Lets so many workers of this process do all there is. */
async function worked({ database, queue, campaign }: TestCampaign, workers: number, signal = new AbortController().signal) {
  return Promise.all(Array.from({ length: workers }, () => work({ database, queue, campaign, signal, say: () => {} })));
}

/** In this thread a queue's timers run as well, which are no target's. */
async function wholeOf(spec: CellSpec) {
  const resolved = { ...(await cellOf(spec)), sharesThread: true } as const;
  return withoutTimes(await shrinkReport(resolved, await runCell(resolved)));
}

const CELLS = [
  cell(),
  cell({ profile: "zitadel", loads: 2, seed: 1 }),
  cell({ strategy: "ledger", profile: "zitadel", isolates: 2, faults: { "issuer-response-lost": 1 } }),
  cell({ explore: "pct" }),
  cell({ explore: "delay", isolates: 2, profile: "better-auth" }),
  cell({ explore: "portfolio", strategy: "naive", profile: "logto" }),
  cell({ explore: "fifo" }),
];

describe("a campaign", () => {
  it("comes to what one search of each cell comes to, whoever runs what", async () => {
    const test = await beginCampaign(server, CELLS, { seconds: 15, schedulesPerJob: 7 });
    try {
      const done = await worked(test, 2);
      const results = await resultsOf(test.database, test.campaign);
      for (const [index, spec] of CELLS.entries()) {
        expect(withoutTimes(results[index]?.report ?? null), `cell ${index}`).toEqual(await wholeOf(spec));
      }
      const status = await statusOf(test.database, test.campaign);
      expect(status.jobs).toEqual({ open: 0, done: done.reduce((sum, { jobs }) => sum + jobs, 0), aside: 0 });
      expect(status).toMatchObject({ cells: CELLS.length, violations: 2, limits: 1 });
      expect(status.queueShare).toBeGreaterThan(0);
      expect((await corpusOf(test.database)).length).toBe(3);
    } finally {
      await test.close();
    }
  }, 180_000);

  it("proves what one exhaustive search proves, with as many states, transitions and orders", async () => {
    const spec = cell({ strategy: "ledger", explore: "exhaustive", isolates: 2, loads: 2, schedules: 100_000 });
    const broken = cell({ strategy: "naive", profile: "zitadel", explore: "exhaustive", loads: 2, schedules: 100_000 });
    const whole = (await wholeOf(spec))?.result;
    // Jobs of a tenth of a second: it is shared again and again.
    const poor = { ...spec, loads: 3, schedules: 20 };
    const test = await beginCampaign(server, [spec, broken, poor], { seconds: 0.1 });
    try {
      await worked(test, 2);
      const [first, second, third] = await resultsOf(test.database, test.campaign);
      expect(first?.report?.result).toMatchObject({
        ...{ verdict: "holds", completeness: "complete", interrupted: false },
        ...{ states: whole?.states, transitions: whole?.transitions, interleavings: whole?.interleavings },
      });
      expect(second?.report?.result).toMatchObject({ verdict: "violated", completeness: "bounded" });
      expect(third?.report?.result).toMatchObject({ verdict: "holds", completeness: "bounded", interrupted: false });
      expect(third?.report?.result.schedules).toBeLessThanOrEqual(3 * poor.schedules);
      expect((await statusOf(test.database, test.campaign)).jobs).toEqual({ open: 0, done: expect.any(Number), aside: 0 });
    } finally {
      await test.close();
    }
  }, 180_000);
});
