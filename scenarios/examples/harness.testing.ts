import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setupServer } from "msw/node";
import { afterAll } from "vitest";
import { z } from "zod";
import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { users } from "../../fixtures/users.ts";
import { ada, CONTEXT, rt } from "../../harness/invariants/events.testing.ts";
import { INVARIANTS } from "../../harness/invariants/index.ts";
import { bench } from "../../harness/issuer/issuer.testing.ts";
import { graceOf } from "../../harness/issuer/profile.ts";
import { profiles } from "../../harness/issuer/profiles.ts";
import type { Event } from "../../harness/model/event.ts";
import { baselineOf } from "../../harness/report/baseline.ts";
import { campaignStatus } from "../../harness/report/campaign.testing.ts";
import { catalogueOf } from "../../harness/report/catalogue.testing.ts";
import { cellResult, entry, failed, holding, LOGOUT_TRACE, violated } from "../../harness/report/cells.testing.ts";
import { measured, result, STORY } from "../../harness/report/measured.testing.ts";
import { reasonsOf } from "../../harness/report/reasons.ts";
import { reliability } from "../../harness/report/reliability.testing.ts";
import { writeReport } from "../../harness/report/write.ts";
import { reference } from "../../harness/targets/reference/target.ts";
import { cellOf } from "../cells.testing.ts";
import type { Surroundings } from "../examples.testing.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const reports = [violated()];
const run = { version: 1, seed: 1, cells: reports.map(({ result }) => result) };
const whole = { loads: 8, strategy: "single-flight" };
const { spec } = await cellOf({});
const extent = {
  loads: 2,
  isolates: 1,
  page: "request",
  faults: "",
  timeSteps: 0,
  granularity: "crypto=inline",
  choices: 2,
  steps: 30,
} as const;
const trace = { file: "a.json", expect: "violated", verdict: "violated", asRecorded: true, departure: null, error: null } as const;
/** Writes below a temporary folder what the example would write where it is. */
const aside: typeof writeReport = (directory, files) => writeReport(join(folder, directory), files);
const lost: Event = {
  type: "token-answered",
  step: 1,
  at: 0,
  token: rt(ada, 0),
  isolate: "isolate-1",
  load: null,
  answer: { kind: "fault", detail: "the answer was lost", lost: rt(ada, 1) },
};

/** What stands around the examples of `harness`. */
export const HARNESS: Surroundings = {
  usualGranularity: { reference },
  cannotBeHad: { events: [lost] },
  ...Object.fromEntries(
    // An invariant is called in an example what it is called in a report, in camel case.
    Object.keys(INVARIANTS).map((id) => [id.replace(/-./g, ([, letter = ""]) => letter.toUpperCase()), { context: CONTEXT, events: [] }]),
  ),
  monitorContext: { profiles },
  replay: { run: async () => ({ schedule: [], violated: false }) },
  encodeReplay: { spec, traceHash: "ab".repeat(32), checks: null },
  smallerCells: { spec },
  graceOf: { profiles },
  policyOf: { profiles },
  profiles: { graceOf },
  profileSchema: { z },
  createIssuer: { profiles, users, signingKeys },
  startIssuerServer: { profiles, users, signingKeys },
  mswHandlers: { setupServer, issuer: bench().issuer },

  beyondFifo: { trace: LOGOUT_TRACE },
  vitestTest: { report: violated() },
  shrunkLine: { report: violated({ shrunk: { from: { ...extent, loads: 8, choices: 11, steps: 60 }, to: extent, runs: 69 } }) },
  renderDeparture: { trace: LOGOUT_TRACE },
  renderStep: { moment: { entry: null, state: { steps: 0, at: 0, next: [], jars: [], isolates: [], families: [], stored: [] } } },
  renderTraces: { traces: [trace, trace] },
  renderMeasurements: { measured: result([measured({ story: STORY })]), process: { stdout: { isTTY: false } } },
  renderCampaign: { status: campaignStatus, process: { stdout: { isTTY: false } } },
  renderStory: { story: STORY },
  renderCatalogue: { result: catalogueOf(), process: { stdout: { isTTY: false } } },
  renderCounterexample: { report: violated() },
  renderReplay: { report: violated(), trace: LOGOUT_TRACE },
  renderTrace: { replayed: { trace: LOGOUT_TRACE } },
  baselineName: { cell: cellResult({ loads: 8, strategy: "ledger", profile: "workos", explore: "portfolio" }) },
  compare: { run, baseline: baselineOf({ cells: run.cells, catalogue: null }) },
  renderCrashPoints: {
    reports: [
      holding({
        scenario: "every-request",
        completeness: "complete",
        crashPoints: [
          { request: "ada/revocation", ordinal: 1, statement: "begin", fault: "answer-lost" },
          { request: "ada/revocation", ordinal: 2, statement: "commit", fault: "answer-lost" },
          { request: "ada/revocation", ordinal: 2, statement: "commit", fault: "statement-lost" },
        ],
      }),
    ],
  },
  renderJunit: { reports: [holding()] },
  renderStepSummary: { reports: [holding()] },
  renderAnnotations: { reports: [violated({ schedules: 4 })] },
  renderTracePage: { trace: LOGOUT_TRACE, writeFile: async () => {} },
  renderHtml: { run, reports, writeFile: async () => {} },
  reportFiles: { run, reports, writeReport: aside },
  writeReport: { writeReport: aside },
  pictureOf: { trace: [...LOGOUT_TRACE, entry({ step: 11, to: "isolate-2" })], chains: [], reasonsOf },
  renderSummary: {
    reports: [
      ...Array.from({ length: 12 }, () => holding({ expect: "holds" })),
      ...Array.from({ length: 16 }, () => violated({ expect: "violated" })),
    ],
  },
  renderErrors: {
    reports: [
      failed({
        target: "workos-node",
        strategy: "sealed-session",
        profile: "workos",
        error: {
          code: "ESCAPED",
          message: 'the target "workos-node" created what the world does not own: TCPWRAP',
          hint: "go through fetch, timers and WebCrypto",
        },
      }),
    ],
  },
  renderShard: {
    told: {
      shard: { index: 2, count: 4 },
      ...{ folder: "reports/shard-2-of-4", folders: "reports/shard-*-of-4" },
    },
  },
  renderReliability: { result: reliability() },
  renderMatrix: {
    reports: ["workos", "better-auth"].map((profile) => holding({ ...whole, profile, expect: "holds" })),
    process: { stdout: { isTTY: false } },
  },
};
