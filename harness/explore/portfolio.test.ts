import { describe, expect, it } from "vitest";
import { type Machine, type MachineRun, searchOfMachine } from "./machine.testing.ts";
import { portfolio } from "./portfolio.ts";

const ROUND = 60;
const LEAST = 10;
/** More than the delays of a schedule can pass over, so that each of them shows. */
const WIDTH = 12;
const STEPS = 40;

/** Wide and long, and all of it one piece of work: so each member's schedules look like nobody else's. */
const machine: Machine<number> = {
  start: 0,
  moves: (step) =>
    step === STEPS ? [] : Array.from({ length: WIDTH }, (_, choice) => ({ name: `${choice}`, task: "the only one", to: step + 1 })),
};

/** Who made a schedule: a random walk nearly never takes the first choice, delays a few times another one, and pct has one thread. */
function memberOf({ schedule }: { readonly schedule: readonly number[] }): "random" | "pct" | "delay" {
  const others = schedule.filter((choice) => choice !== 0).length;
  return others === 0 ? "pct" : others <= 3 ? "delay" : "random";
}

interface Played {
  readonly seed?: number;
  readonly newStates?: (run: MachineRun<number>) => number;
  readonly on?: Machine<number>;
}

async function played(schedules: number, { seed = 1, newStates = () => 0, on = machine }: Played = {}) {
  const search = searchOfMachine(on, { schedules, seed, newStates });
  expect(await portfolio.search(search)).toBeNull();
  return search.ran;
}

/** How many schedules each member had in each round. */
function sharesOf(ran: readonly MachineRun<number>[]) {
  const rounds = [];
  for (let from = 1; from < ran.length; from += ROUND) {
    const members = ran.slice(from, from + ROUND).map(memberOf);
    const count = (name: string) => members.filter((member) => member === name).length;
    rounds.push([count("random"), count("pct"), count("delay")]);
  }
  return rounds;
}

describe("the portfolio", () => {
  it("runs FIFO first, and once", async () => {
    const [first, ...others] = await played(21);
    expect(first?.schedule).toEqual(Array.from({ length: STEPS }, () => 0));
    expect(others.map(memberOf)).toContain("random");
  });

  it.each([0, 1, 2, 3, 60, 61, 62, 200])("spends a budget of %i exactly", async (schedules) => {
    expect(await played(schedules)).toHaveLength(schedules);
  });

  it("begins with equal shares", async () => {
    expect(sharesOf(await played(1 + ROUND))).toEqual([[20, 20, 20]]);
  });

  it.each(["random", "pct", "delay"])(
    "gives more to %s where it alone sees new states, and its least share to each of the others",
    async (finder) => {
      const shares = sharesOf(await played(1 + 3 * ROUND, { newStates: (run) => (memberOf(run) === finder ? 5 : 0) }));
      const most = ["random", "pct", "delay"].map((name) => (name === finder ? ROUND - 2 * LEAST : LEAST));
      expect(shares).toEqual([[20, 20, 20], most, most]);
    },
  );

  it("shares by new states a schedule, and goes back to equal shares where nobody finds any", async () => {
    const shares = sharesOf(await played(1 + 2 * ROUND, { newStates: (run) => ({ random: 2, delay: 1, pct: 0 })[memberOf(run)] }));
    expect(shares[1]).toEqual([LEAST + 20, LEAST, LEAST + 10]);
    expect(sharesOf(await played(1 + 2 * ROUND))[1]).toEqual([20, 20, 20]);
  });

  it("gives each member its least share of every full round, however little it finds", async () => {
    const shares = sharesOf(await played(1 + 20 * ROUND, { newStates: (run) => (memberOf(run) === "random" ? 1_000_000 : 0) }));
    expect(shares).toHaveLength(20);
    for (const round of shares) for (const share of round) expect(share).toBeGreaterThanOrEqual(LEAST);
  });

  it("runs the same schedules for the same seed, and others for another", async () => {
    const schedules = async (seed: number) => (await played(150, { seed })).map(({ schedule }) => schedule.join());
    expect(await schedules(1)).toEqual(await schedules(1));
    expect(await schedules(2)).not.toEqual(await schedules(1));
  });

  it("never gives a member the same schedule twice: it goes on in the next round where it was", async () => {
    const walks = (await played(1 + 4 * ROUND)).filter((run) => memberOf(run) === "random").map(({ schedule }) => schedule.join());
    expect(walks.length).toBe(80);
    expect(new Set(walks).size).toBe(walks.length);
  });

  it("stops at the first violation, be it FIFO's", async () => {
    const ran = await played(500, { on: { ...machine, violates: (step) => step === 3 } });
    expect(ran).toHaveLength(1);
    // Only a random walk takes the last choice in its first three steps.
    const rare: Machine<string> = {
      start: "",
      moves: (path) => (path.length === 3 ? [] : ["0", "1", "2", "3"].map((name) => ({ name, task: "the only one", to: path + name }))),
      violates: (path) => path === "333",
    };
    const search = searchOfMachine(rare, { schedules: 5_000 });
    await portfolio.search(search);
    expect(search.ran.length).toBeLessThan(5_000);
    expect(search.ran.findIndex(({ violated }) => violated)).toBe(search.ran.length - 1);
  });
});
