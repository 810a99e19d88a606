import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { runCell } from "../../harness/lanes/cell.ts";
import { traceOf, traceText } from "../../harness/lanes/corpus.ts";
import { shrinkReport } from "../../harness/lanes/shrink-report.ts";
import { cellOf } from "../../harness/library/registry.ts";
import type { CellSpec } from "../../harness/model/cell.ts";
import { directed } from "../session/directed.testing.ts";
import { AFTER_TAKEOVER, LATE_REQUEST, ORPHAN } from "../session/late-request.testing.ts";

/** What is kept in fixtures/traces, by name: why, and the cell that it is searched in. */
interface Seed {
  readonly why: string;
  readonly cell: Partial<CellSpec>;
  /** Found by a schedule that is told, and kept as it is: the search would rather find something smaller. */
  readonly isDirected?: true;
}

const BUGS = "fixtures/targets/seeded-bugs.ts";
const NAIVE = { strategy: "naive" } as const;
const SINGLE_FLIGHT = { strategy: "single-flight" } as const;

const SEEDS: Readonly<Record<string, Seed>> = {
  "naive-better-auth": {
    why: "Two pages of one load refresh at once, and the issuer takes the second for theft: the first bug that everybody has.",
    cell: { ...NAIVE, profile: "better-auth" },
  },
  "naive-zitadel": {
    why: "The same before an issuer that refuses the second and leaves the session alone: the page is signed out all the same.",
    cell: { ...NAIVE, profile: "zitadel" },
  },
  "late-load-better-auth": {
    why: "A load arrives after the flight has landed, with the token that the flight has spent: single flight is not enough.",
    cell: { ...SINGLE_FLIGHT, profile: "better-auth" },
  },
  "late-load-zitadel": {
    why: "The same before an issuer that refuses it and leaves the session alone.",
    cell: { ...SINGLE_FLIGHT, profile: "zitadel" },
  },
  "two-isolates-better-auth": {
    why: "Each isolate has a flight of its own: single flight does not reach across isolates.",
    cell: { ...SINGLE_FLIGHT, profile: "better-auth", isolates: 2 },
  },
  "grace-runs-out-workos": {
    why: "Time passes in the middle of the race, and the grace of WorkOS with it.",
    cell: { ...SINGLE_FLIGHT, profile: "workos", timeSteps: 1 },
  },
  "sdk-better-auth": {
    why: "The WorkOS SDK as published refreshes in each request that notices.",
    cell: { target: "workos-node", strategy: "sealed-session", profile: "better-auth" },
  },
  "seeded-no-grace": {
    why: "A seeded bug: every request refreshes, as if each issuer had a grace.",
    cell: { target: BUGS, strategy: "no-grace", profile: "better-auth" },
  },
  "seeded-lost-update": {
    why: "A seeded bug: an answer sets the cookie that its request brought, although another one has just replaced it.",
    cell: { target: BUGS, strategy: "lost-update", profile: "workos" },
  },
  "seeded-cleared-early": {
    why: "A seeded bug: a flight is forgotten while requests with its token are on their way.",
    cell: { target: BUGS, strategy: "cleared-early", profile: "zitadel" },
  },
  "seeded-check-then-act": {
    why: "A seeded bug: an isolate takes a lease that it saw free before another took it.",
    cell: { target: BUGS, strategy: "check-then-act", profile: "zitadel", isolates: 2 },
  },
  "lost-successor-zitadel": {
    why: "A limit: the only answer with the successor is lost, and the issuer has no call that returns it.",
    cell: { strategy: "ledger", profile: "zitadel", faults: { "issuer-response-lost": 1 } },
  },
  "late-request-better-auth": {
    why: "A limit: a request comes whose sender was killed, after somebody else has taken over, and the issuer takes it for theft.",
    cell: { strategy: "ledger", profile: "better-auth", ...LATE_REQUEST },
    isDirected: true,
  },
};

const USUAL: CellSpec = {
  scenario: "page-loads-at-expiry",
  target: "reference",
  profile: "workos",
  strategy: "ledger",
  isolates: 1,
  loads: 8,
  page: "request",
  faults: {},
  timeSteps: 0,
  crypto: "inline",
  lane: "simulation",
  explore: "portfolio",
  schedules: 2_000,
  seed: 1,
  expect: null,
};

/** Searches all of them and writes them down: `node scenarios/traces/record.testing.ts`, from the folder of package.json. */
const folder = resolve(import.meta.dirname, "../../fixtures/traces");
await mkdir(folder, { recursive: true });
for (const [name, { why, cell: change, isDirected }] of Object.entries(SEEDS)) {
  const cell = await cellOf({ ...USUAL, ...change });
  const report = isDirected
    ? await runCell({ ...cell, explorer: directed(AFTER_TAKEOVER, [ORPHAN]) })
    : await shrinkReport(cell, await runCell(cell));
  const trace = traceOf(report, why);
  if (trace === null) throw new Error(`${name}: expected a counterexample, got ${report.result.verdict}`);
  await writeFile(resolve(folder, `${name}.json`), traceText({ ...trace, name }));
  console.log(`${name}: ${trace.verdict}, ${trace.replay.length} characters, ${JSON.stringify(report.result.shrunk?.to ?? null)}`);
}
