import { knownBugConfig } from "../../fixtures/apps/known-bugs/config.ts";
import { referenceConfig } from "../../fixtures/apps/reference/config.ts";
import { targetConfig } from "../../fixtures/apps/target/config.ts";
import type { VerifyConfig } from "../../harness/lanes/live/config.ts";
import { createDatabase } from "../../harness/lanes/postgres/create-database.ts";
import type { ServerAddress } from "../../harness/lanes/postgres/server.ts";
import type { InvariantId } from "../../harness/model/invariant.ts";

/** Where the list of what was shown stands. */
export const PROOFS_FILE = "reports/verify.json";

/** How often a race is run: one that is caught by luck would be missed sometimes. */
const RUNS = 20;
/** Rotation without a grace: who presents a token twice is refused, or has lost everything. */
const STRICT = ["better-auth", "zitadel"] as const;
/** Seconds. */
const SHORT = 2;

/** Something that is shown by running it, and how often. */
export interface LiveProof {
  readonly name: string;
  readonly runs: number;
  readonly items: readonly string[];
  /** What every run must break; null where none may break anything. */
  readonly breaks: InvariantId | null;
  config(): Promise<VerifyConfig>;
}

/** Known bugs by number, the item that must catch each, and by which invariant. */
const CAUGHT: readonly (readonly [number: string, item: string, invariant: InvariantId])[] = [
  ["14", "prefetch", "upgrade-never-refreshes"],
  ["17", "outage-503", "outage-is-not-logout"],
  ["17", "outage-html", "outage-is-not-logout"],
  ["18", "logout-race", "logout-final"],
  ["25", "key-rotation", "key-rotation-survived"],
  ["29", "upgrade", "upgrade-never-refreshes"],
  ["32", "outage-503", "bounded-progress"],
  ["33", "late-duplicate", "no-spurious-logout"],
  ["35", "outage-429", "outage-is-not-logout"],
  ["42", "double-callback", "callback-idempotent"],
];

/** What `npm run verify:proofs` shows. */
export function liveProofs(server: ServerAddress): readonly LiveProof[] {
  const reference = { target: "reference", name: "reference", accessTokenLifetime: SHORT } as const;
  const services = async () => {
    const database = await createDatabase(server);
    return { env: { DATABASE_URL: database.url }, stop: () => database.drop() };
  };
  const races = STRICT.flatMap((profile): LiveProof[] => [
    {
      ...{ name: `naive · ${profile}`, runs: RUNS, items: ["race"], breaks: "no-spurious-logout" },
      config: async () => targetConfig({ ...reference, strategy: "naive", profile }),
    },
    {
      ...{ name: `single-flight as 2 processes · ${profile}`, runs: RUNS, items: ["race"], breaks: "no-spurious-logout" },
      config: async () => targetConfig({ ...reference, strategy: "single-flight", instances: 2, profile }),
    },
    {
      ...{ name: `ledger as 3 processes on Postgres · ${profile}`, runs: RUNS, items: ["race"], breaks: null },
      config: async () => referenceConfig({ instances: 3, profile, accessTokenLifetime: SHORT, services }),
    },
  ]);
  const bugs = CAUGHT.flatMap(([number, item, breaks]): LiveProof[] => [
    { name: `known bug ${number} · ${item}`, runs: 1, items: [item], breaks, config: () => knownBugConfig(number, "bug") },
    { name: `known bug ${number}, mended · ${item}`, runs: 1, items: [item], breaks: null, config: () => knownBugConfig(number, "fix") },
  ]);
  return [...races, ...bugs];
}

/** What came of a proof. */
export interface Shown {
  readonly name: string;
  readonly runs: number;
  /** In how many runs it was as it should be. */
  readonly asExpected: number;
  readonly breaks: InvariantId | null;
  /** Seconds: the longest run, the app's start included. */
  readonly longest: number;
}
