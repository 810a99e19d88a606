import { profileNamed } from "../issuer/profiles.ts";
import type { Target } from "../model/target.ts";
import type { Life, TimedRun, TimedScenario, TimedSpec, Visitor } from "../model/timed.ts";
import { reference } from "../targets/reference/target.ts";
import { playTimed, type TimedWatch } from "./timed.ts";
import type { TimedSetting } from "./timed-world.ts";

const SPEC: TimedSpec = {
  scenario: "of-a-test",
  target: "reference",
  strategy: "naive",
  profile: "better-auth",
  isolates: 1,
  page: "request",
  accessTokenLifetime: 300_000,
  latency: "browser=0,issuer=0,store=0",
  days: 1,
  seed: 1,
};

/** A scenario in which each person lives as the test says. */
export function living(live: (person: Visitor, life: Life) => Promise<void>): TimedScenario {
  return { name: "of-a-test", describe: "what the test plays", invariants: ["no-spurious-logout", "no-cross-talk"], live };
}

/** A timed cell that differs from the usual one in what the test is about. */
export function timedCell(scenario: TimedScenario, change: Partial<TimedSpec> = {}, things: Partial<TimedSetting> = {}): TimedSetting {
  const spec = { ...SPEC, ...change };
  return { spec, scenario, target: reference, profile: profileNamed(spec.profile), ...things };
}

const PATIENT: TimedWatch = { onProgress() {}, isStopped: () => false };

/** Plays one world to its end. */
export async function played(cell: TimedSetting, run = 1, watch: Partial<TimedWatch> = {}): Promise<TimedRun> {
  const result = await playTimed(cell, run, { ...PATIENT, ...watch });
  if (result === null) throw new Error("expected the world to be played to its end, and it was given up");
  return result;
}

/** The reference, but what its pages answer goes through the hands of the test. */
export function answering(answer: (response: Response) => Response | Promise<Response>): Target {
  return {
    ...reference,
    async create(environment) {
      const instance = await reference.create(environment);
      const isPage = (request: Request) => new URL(request.url).pathname === "/";
      return {
        fetch: async (request) => (isPage(request) ? answer(await instance.fetch(request)) : instance.fetch(request)),
      };
    },
  };
}
