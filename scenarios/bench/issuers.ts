import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHAINS, type Ready, type Usage } from "./issuers/contestant.ts";
import { type Chain, load } from "./issuers/load.ts";

const NAMES = ["holdfast", "oauth2-mock-server", "oidc-provider"] as const;
const CONNECTIONS = [1, CHAINS] as const;
/** Milliseconds; the compilers of all three have seen the way by then. */
const WARM_UP = 1_500;
const ROUND = 500;
/** Odd, so that the median is a round that was. */
const ROUNDS = 15;
/** Bytes. */
const MIB = 1 << 20;

/** One issuer under load for a while. */
export interface Round {
  /** Refreshes per second. */
  readonly rate: number;
  /** Microseconds of the issuer's processor time for each refresh. What else the machine does changes it less than the rate. */
  readonly cpu: number;
}

/** One issuer, in a process of its own. */
export interface IssuerFigures {
  readonly name: (typeof NAMES)[number];
  /** Milliseconds from the start of the process until it listened, the median of three starts, of which the first is cold. */
  readonly startUp: number;
  /** An entry a round, by the number of connections. */
  readonly rounds: ReadonlyMap<number, readonly Round[]>;
  /** Resident memory in MiB, before and after all of its refreshes. */
  readonly memory: readonly [before: number, after: number];
}

/** Measures the issuers in turns, A B C A B C …, so that whatever else the machine does meets them alike. */
export async function measureIssuers(): Promise<readonly IssuerFigures[]> {
  const startUps = NAMES.map((): number[] => []);
  for (let start = 0; start < 2; start++) {
    for (const [index, name] of NAMES.entries()) {
      const { child, startUp } = await startIssuer(name);
      startUps[index]?.push(startUp);
      child.disconnect();
      await once(child, "exit");
    }
  }
  const issuers = [];
  for (const [index, name] of NAMES.entries()) {
    const { child, ready, startUp } = await startIssuer(name);
    startUps[index]?.push(startUp);
    const chains = ready.tokens.map((token): Chain => ({ token }));
    issuers.push({
      name,
      child,
      ready,
      chains,
      before: await usageOf(child),
      rounds: new Map(CONNECTIONS.map((count) => [count, [] as Round[]])),
    });
  }
  for (const { ready, chains } of issuers) await load(ready, chains, WARM_UP);
  for (const connections of CONNECTIONS) {
    for (let round = 0; round < ROUNDS; round++) {
      for (const { child, ready, chains, rounds } of issuers) {
        const before = await usageOf(child);
        const { refreshes, took } = await load(ready, chains.slice(0, connections), ROUND);
        const { cpu } = await usageOf(child);
        rounds.get(connections)?.push({ rate: (refreshes / took) * 1000, cpu: (cpu - before.cpu) / refreshes });
      }
    }
  }
  const figures: IssuerFigures[] = [];
  for (const [index, { name, child, before, rounds }] of issuers.entries()) {
    const [, startUp = Number.NaN] = (startUps[index] ?? []).toSorted((a, b) => a - b);
    const after = await usageOf(child);
    figures.push({ name, startUp, rounds, memory: [before.rss / MIB, after.rss / MIB] });
    child.disconnect();
  }
  return figures;
}

async function startIssuer(name: string): Promise<{ child: ChildProcess; ready: Ready; startUp: number }> {
  const began = performance.now();
  const child = fork(new URL(`./issuers/${name}.ts`, import.meta.url), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: ["--no-warnings"],
    // As `holdfast issuer` starts: what was compiled the first time is there the second, here for all three.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "holdfast-bench") },
  });
  // One listener for both messages: they may come in one turn, and the second would find nobody.
  return new Promise((resolve, reject) => {
    let startUp = Number.NaN;
    const onExit = () => reject(new Error(`expected ${name} to answer, but it ended`));
    const onMessage = (message: "listens" | Ready) => {
      if (message === "listens") {
        startUp = performance.now() - began;
        return;
      }
      child.off("message", onMessage).off("exit", onExit);
      resolve({ child, ready: message, startUp });
    };
    child.on("message", onMessage).on("exit", onExit);
  });
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  const answer = once(child, "message");
  child.send("usage");
  const [usage] = await answer;
  return usage as Usage;
}
