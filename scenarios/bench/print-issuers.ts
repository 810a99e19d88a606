import type { Ratio } from "../../harness/report/bench-file.ts";
import { type IssuerFigures, measureIssuers, type Round } from "./issuers.ts";
import { median, ratioOf } from "./rounds.ts";

/** The fake issuer beside two others. */
export async function printIssuers(): Promise<Ratio[]> {
  console.log(
    "Issuers over HTTP, each in a process of its own; every refresh is a rotation (median of interleaved rounds, and their range):",
  );
  const issuers = await measureIssuers();
  line("refreshes per second", ["1 connection", "64 connections", "start-up", "memory before → after"]);
  for (const { name, rounds, startUp, memory } of issuers) {
    const rates = [...rounds.values()].map((all) => spread(all.map(({ rate }) => rate)));
    line(name, [...rates, `${startUp.toFixed(0)} ms`, `${memory.map((mib) => mib.toFixed(0)).join(" → ")} MiB`]);
  }
  line("processor time, µs each", []);
  for (const { name, rounds } of issuers)
    line(
      name,
      [...rounds.values()].map((all) => spread(all.map(({ cpu }) => cpu))),
    );
  const ratios = [1, 64].map((connections) => comparison(issuers, connections));
  console.log(`  Holdfast signs one JWT a refresh (access token), oidc-provider one (ID token), oauth2-mock-server two; all RS256, one key.
  Holdfast remembers every spent token, to tell reuse from nonsense; oidc-provider keeps all in a Map here, the other keeps nothing.`);
  return ratios;
}

/** Round by round, for what the machine does else meets the issuers of one round alike. */
function comparison(issuers: readonly IssuerFigures[], connections: number): Ratio {
  const [ours = [], ...others] = issuers.map(({ rounds }) => rounds.get(connections) ?? []);
  const against = (value: (round: Round) => number, best: (...values: number[]) => number) =>
    ours.map((round, index) => value(round) / best(...others.map((theirs) => value(theirs[index] as Round))));
  const rates = against(({ rate }) => rate, Math.max);
  const cpu = median(against((round) => round.cpu, Math.min));
  const range = `${Math.min(...rates).toFixed(2)}–${Math.max(...rates).toFixed(2)}`;
  const aim = `aim: ahead, ${median(rates) > 1 ? "met" : "not met"}`;
  console.log(
    `  at ${connections}: ${median(rates).toFixed(2)}× (${range}) the faster of the others, with ${cpu.toFixed(2)}× its processor time; ${aim}`,
  );
  return ratioOf(
    `issuer, refreshes over ${connections === 1 ? "1 connection" : `${connections} connections`}, beside the faster of two others`,
    rates,
    1,
  );
}

function spread(values: readonly number[]): string {
  return `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)})`;
}

function line(name: string, columns: readonly string[]): void {
  console.log(`  ${name.padEnd(24)} ${columns.map((column) => column.padStart(22)).join("")}`.trimEnd());
}
