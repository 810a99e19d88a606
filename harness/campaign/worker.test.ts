import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { PostgresServer } from "../lanes/postgres/server.ts";
import { beginCampaign, cell, openTestServer, type TestCampaign } from "./campaign.testing.ts";
import { handIn } from "./hand-in.ts";
import { giveBack, orderOf } from "./jobs.ts";
import { resultsOf } from "./results.ts";
import type { JobOrder } from "./run-job.ts";
import { Runner } from "./runner.ts";
import { statusOf } from "./status.ts";
import { codeOf, stopCampaign } from "./store.ts";
import { work } from "./worker.ts";

let server: PostgresServer;
let test: TestCampaign | null = null;
beforeAll(async () => {
  server = await openTestServer();
});
afterEach(async () => {
  await test?.close();
  test = null;
  vi.unstubAllEnvs();
});
afterAll(() => server.stop());

const SPENT = { id: "00000000-0000-4000-8000-000000000000", spent: { work: 100, queue: 1 } };

function worker({ database, queue, campaign }: TestCampaign, signal = new AbortController().signal, onJob = () => {}) {
  const said: string[] = [];
  return { said, ended: work({ database, queue, campaign, signal, onJob, say: (words) => said.push(words) }) };
}

/** In a process of its own, as always: in this one a queue's timers would be taken for a target's. */
async function ran({ database, campaign }: TestCampaign, order: JobOrder) {
  const runner = new Runner(await codeOf(database, campaign));
  try {
    return await runner.run(order, new AbortController().signal);
  } finally {
    await runner.close();
  }
}

describe("a worker", () => {
  it("that is asked to end hands back what it has not done, and another does the rest", async () => {
    test = await beginCampaign(server, [cell({ schedules: 400, loads: 4 })], { seconds: 0.5 });
    const control = new AbortController();
    const first = worker(test, control.signal, () => control.abort());
    await first.ended;
    const { jobs } = await statusOf(test.database, test.campaign);
    expect(jobs.open).toBeGreaterThan(0);
    await worker(test).ended;
    const [result] = await resultsOf(test.database, test.campaign);
    expect(result?.report?.result).toMatchObject({ schedules: 400, verdict: "holds", interrupted: false });
    expect((await statusOf(test.database, test.campaign)).schedules).toBe(400);
  }, 180_000);

  it("runs no job with other code than the campaign's, and hands it back", async () => {
    test = await beginCampaign(server, [cell({ schedules: 5 })], { schedulesPerJob: 5 });
    const changed = { ...test, campaign: { ...test.campaign, code: "0.0.0-before" } };
    await expect(worker(changed).ended).rejects.toThrow(
      /^expected the code of campaign 1, which is 0\.0\.0-before, got 0\.0\.0-[0-9a-f]{12}$/,
    );
    expect((await statusOf(test.database, test.campaign)).jobs).toEqual({ open: 1, done: 0, aside: 0 });
  }, 120_000);

  it("ends when somebody stops the campaign, and leaves no job undone that it has taken", async () => {
    test = await beginCampaign(server, [cell({ schedules: 100_000 })], { seconds: 1 });
    const { database, campaign } = test;
    const { ended } = worker(test, undefined, () => void stopCampaign(database, campaign));
    const done = await ended;
    const status = await statusOf(database, campaign);
    expect(status.jobs.done).toBe(done.jobs);
    expect(status.jobs.open).toBeGreaterThan(10);
    expect(status.schedules).toBe(done.schedules);
  }, 120_000);

  it("waits for a database that is away, and goes on when it is back", async () => {
    test = await beginCampaign(server, [cell({ schedules: 60 })], { schedulesPerJob: 5 });
    let restarted: Promise<void> | undefined;
    const { ended } = worker(test, undefined, () => {
      restarted ??= server.restart?.();
    });
    await ended;
    await restarted;
    const [result] = await resultsOf(test.database, test.campaign);
    expect(result?.report?.result).toMatchObject({ schedules: 60, verdict: "holds" });
    expect((await statusOf(test.database, test.campaign)).schedules).toBe(60);
  }, 180_000);

  it("takes what a target says for what it is: no database of ours, and characters that a database does not take", async () => {
    vi.stubEnv("DATABASE_URL", "postgres://somebody:geheim@127.0.0.1:9/none");
    const target = "fixtures/targets/tells-its-environment.ts";
    test = await beginCampaign(server, [cell({ target, strategy: "only", schedules: 3 }), cell({ schedules: 5 })], { schedulesPerJob: 5 });
    await worker(test).ended;
    expect((await statusOf(test.database, test.campaign)).jobs).toEqual({ open: 0, done: 2, aside: 0 });
    const [told] = await resultsOf(test.database, test.campaign);
    expect(told?.report?.result).toMatchObject({ verdict: "error", error: { code: "BAD_TARGET" } });
    expect(told?.report?.result.error?.message).toContain("\u0000 and \ud800, and the database is at undefined");
  }, 120_000);

  it("sets a job aside that has killed three of its processes, says so, and does the others", async () => {
    const target = "fixtures/targets/takes-all-memory.ts";
    vi.stubEnv("NODE_OPTIONS", "--max-old-space-size=200");
    const cells = [cell({ target, strategy: "greedy", schedules: 3 }), cell({ schedules: 5 })];
    test = await beginCampaign(server, cells, { schedulesPerJob: 5 });
    const { said, ended } = worker(test);
    await ended;
    const status = await statusOf(test.database, test.campaign);
    expect(status.jobs).toEqual({ open: 0, done: 1, aside: 1 });
    expect(status.aside).toEqual([{ id: expect.any(String), deaths: 3, why: expect.stringMatching(/^its process (ended|was ended)/) }]);
    expect(said.join("")).toContain("A job has failed 3 workers and is set aside");
    const [killer, other] = await resultsOf(test.database, test.campaign);
    expect([killer?.report, other?.report?.result.schedules]).toEqual([null, 5]);
  }, 240_000);
});

describe("what a job comes to", () => {
  it("counts once, however often it is handed in", async () => {
    test = await beginCampaign(server, [cell({ schedules: 10 })], { schedulesPerJob: 10 });
    const { database, queue, campaign } = test;
    const job = await queue.take(campaign.id);
    if (job === null) throw new Error("expected a job");
    const pieces = (await orderOf(database, campaign, job.id)) ?? [];
    const outcome = await ran(test, { pieces, limit: 60_000 });
    for (let times = 0; times < 3; times++) await handIn(database, queue, campaign, job, outcome, SPENT);
    const status = await statusOf(database, campaign);
    expect(status).toMatchObject({ jobs: { open: 0, done: 1, aside: 0 }, schedules: 10 });
    expect(await orderOf(database, campaign, job.id)).toBeNull();
    expect(await queue.take(campaign.id)).toBeNull();
  }, 120_000);

  it("is that of the first who hands it in, where a slow one and another have done the same", async () => {
    test = await beginCampaign(server, [cell({ schedules: 10 })], { schedulesPerJob: 10 });
    const { database, queue, campaign } = test;
    const slow = await queue.take(campaign.id);
    if (slow === null) throw new Error("expected a job");
    // It is taken for lost, and given to another.
    await giveBack(database, queue, campaign, slow);
    const other = await queue.take(campaign.id);
    if (other === null) throw new Error("expected the job again");
    expect([other.id, other.retryCount]).toEqual([slow.id, 1]);
    const pieces = (await orderOf(database, campaign, slow.id)) ?? [];
    const half = await ran(test, {
      pieces: pieces.map((one) => ({ ...one, piece: { ...one.piece, schedules: 4 } as never })),
      limit: 60_000,
    });
    const rest = [{ kind: "stretch", cell: 0, from: 4, schedules: 6 }] as const;
    await handIn(database, queue, campaign, other, await ran(test, { pieces, limit: 60_000 }), SPENT);
    await handIn(database, queue, campaign, slow, { ...half, rest }, SPENT);
    expect(await statusOf(database, campaign)).toMatchObject({ jobs: { open: 0, done: 1 }, schedules: 10 });
  }, 120_000);
});
