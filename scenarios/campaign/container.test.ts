import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { createDatabase, type OwnDatabase } from "../../harness/lanes/postgres/create-database.ts";
import { openTestServer } from "../../harness/lanes/postgres/server.testing.ts";
import type { PostgresServer } from "../../harness/lanes/postgres/server.ts";

// What the Job of Kubernetes runs in the container, run without either.

const ROOT = resolve(import.meta.dirname, "../..");
const rule = z.object({
  action: z.string(),
  onExitCodes: z.object({ containerName: z.string(), operator: z.string(), values: z.array(z.int()) }).optional(),
});
const container = z.object({
  name: z.string(),
  command: z.undefined().optional(),
  args: z.array(z.string()),
  env: z.array(z.object({ name: z.string() })),
});
const job = z.object({
  spec: z.object({
    completions: z.undefined().optional(),
    podFailurePolicy: z.object({ rules: z.array(rule) }),
    template: z.object({ spec: z.object({ restartPolicy: z.literal("Never"), containers: z.tuple([container]) }) }),
  }),
});

let server: PostgresServer;
let database: OwnDatabase;
let folder: string;
let spec: z.infer<typeof job>["spec"];
let entrypoint: readonly string[];
beforeAll(async () => {
  server = await openTestServer();
  database = await createDatabase(server.address);
  folder = await mkdtemp(join(tmpdir(), "holdfast-container-"));
  ({ spec } = job.parse(parse(await readFile(join(ROOT, "fixtures/containers/campaign-job.yaml"), "utf8"))));
  const file = await readFile(join(ROOT, "fixtures/containers/worker.Containerfile"), "utf8");
  entrypoint = z.array(z.string()).parse(JSON.parse(/^ENTRYPOINT (.*)$/m.exec(file)?.[1] ?? ""));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.drop();
  await server.stop();
});

/** Begins a campaign of the name that the Job works on. */
async function begin(schedules: number): Promise<void> {
  const [name] = spec.template.spec.containers[0].args;
  const cell = { scenario: "page-loads-at-expiry", strategy: "ledger", profile: "workos", explore: "random", loads: 2, schedules };
  const config = join(folder, "campaign.json");
  await writeFile(config, JSON.stringify({ name, schedulesPerJob: 5, cells: [cell] }));
  const begun = run(["node", "harness/cli/holdfast.mjs", "campaign", "start", config]);
  expect(await once(begun, "exit")).toEqual([0, null]);
}

/** As in the container: what it is given on top of the entry point are the Job's arguments and environment. */
function work(): ChildProcess {
  const [{ args, env }] = spec.template.spec.containers;
  expect(env.map(({ name }) => name)).toEqual(["DATABASE_URL"]);
  return run([...entrypoint, ...args]);
}

function run([, ...words]: readonly string[]): ChildProcess {
  const env = { DATABASE_URL: database.url, PATH: process.env.PATH, TZ: "UTC" };
  return spawn(process.execPath, words, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
}

async function jobs(): Promise<{ readonly open: number; readonly done: number }> {
  const client = new pg.Client({ connectionString: database.url });
  // A statement that fails leaves it to the end of the server.
  client.on("error", () => {});
  await client.connect();
  const counted = "select count(*) filter (where state = 'open')::int as open, count(*) filter (where state = 'done')::int as done";
  const { rows } = await client.query(`${counted} from holdfast_campaign_jobs where campaign = (select max(id) from holdfast_campaigns)`);
  await client.end();
  return rows[0];
}

test("what the container is told to do is a command, and ends with 0 when all is done", async () => {
  await begin(20);
  const worker = work();
  const [[status], out] = await Promise.all([once(worker, "exit"), text(worker.stdout as NonNullable<ChildProcess["stdout"]>)]);
  expect(status).toBe(0);
  expect(out).toContain("20 schedules");
  expect(await jobs()).toEqual({ open: 0, done: 4 });
}, 180_000);

test("told to end it hands back what it was doing, with the status that the Job does not count as a failure", async () => {
  await begin(100_000);
  const worker = work();
  const ended = once(worker, "exit");
  while ((await jobs()).done === 0) expect(worker.exitCode).toBeNull();
  worker.kill("SIGTERM");
  const [status] = await ended;
  expect(status).toBe(143);
  expect((await jobs()).open).toBeGreaterThan(0);
  const ignored = spec.podFailurePolicy.rules.filter(({ onExitCodes }) => onExitCodes?.values.includes(status));
  expect(ignored).toMatchObject([
    { action: "Ignore", onExitCodes: { containerName: spec.template.spec.containers[0].name, operator: "In" } },
  ]);
}, 180_000);
