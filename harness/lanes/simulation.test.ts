import { describe, expect, it } from "vitest";
import { cellOf } from "../../scenarios/cells.testing.ts";
import type { CellSpec } from "../model/cell.ts";
import type { AnswerKind } from "../model/event.ts";
import type { Scenario, Stage } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { reference } from "../targets/reference/target.ts";
import { openSimulation, type Simulation } from "./simulation.ts";

type Play = (stage: Stage<"done">) => Promise<void>;

function scenarioOf(play: Play): Scenario {
  const scenario: Scenario<"done"> = {
    name: "of-a-test",
    describe: "what the test plays",
    defaults: { loads: 2, isolates: 1, page: "request" },
    invariants: ["no-spurious-logout", "generation-monotonic", "outage-is-not-logout", "no-cross-talk", "ended-is-ended"],
    mustReach: ["done"],
    play,
  };
  return scenario as Scenario;
}

interface Options extends Partial<CellSpec> {
  readonly under?: Target;
  /** Picks the next choice; FIFO when left out. */
  readonly choose?: (kinds: readonly string[], simulation: Simulation) => number;
}

/** Plays to the end and hands the simulation to the test. */
async function simulate(play: Play, { under, choose = () => 0, ...change }: Options = {}) {
  const cell = await cellOf(change, { scenario: scenarioOf(play), ...(under === undefined ? {} : { target: under }) });
  const simulation = await openSimulation(cell);
  const offered = new Set<string>();
  try {
    for (;;) {
      const kinds = simulation.program.enabled().map(({ kind }) => kind);
      if (kinds.length === 0) break;
      for (const kind of kinds) offered.add(kind);
      await simulation.program.step(choose(kinds, simulation));
    }
    simulation.finish();
  } finally {
    simulation.close();
  }
  return { simulation, entries: simulation.trace.entries(), offered };
}

/** The reference target that notes which isolate was asked for what. */
function noting(asked: string[]): Target {
  return {
    ...reference,
    async create(environment) {
      const instance = await reference.create(environment);
      return {
        fetch(request) {
          asked.push(`${environment.isolate} ${new URL(request.url).pathname}`);
          return instance.fetch(request);
        },
      };
    },
  };
}

describe("the stage", () => {
  it("has one browser for each of two users, who sign in and see themselves", async () => {
    const seen: unknown[] = [];
    const { simulation } = await simulate(async ({ browsers, parameters, accessTokenLifetime, reach }) => {
      seen.push(
        browsers.map(({ user }) => user),
        parameters,
        accessTokenLifetime,
      );
      for (const browser of browsers) await browser.signIn();
      for (const browser of browsers) seen.push(await browser.load("/some/page"));
      reach("done");
    });
    expect(seen).toEqual([["user_ada", "user_ben"], { loads: 8, isolates: 1, page: "request" }, 300_000, "signed-in", "signed-in"]);
    expect(simulation.verdict()).toBe("holds");
    expect([...simulation.reached]).toEqual(["done"]);
  });

  it("sends requests to the isolates in turn, sign-ins included", async () => {
    const asked: string[] = [];
    await simulate(
      async ({ browsers: [ada], reach }) => {
        await ada?.signIn();
        await Promise.all([1, 2, 3].map((page) => ada?.load(`/${page}`)));
        reach("done");
      },
      { isolates: 3, under: noting(asked) },
    );
    // Sign-in is three requests to the app: /login, /callback and the page at the end.
    expect(asked).toEqual(["1 /login", "2 /callback", "3 /", "1 /1", "2 /2", "3 /3"]);
  });

  it("lets the explorer say which isolate the next load goes to, where the scenario does not mind, and is in turn again after it", async () => {
    const askedBy = async (way: number) => {
      const asked: string[] = [];
      const { entries } = await simulate(
        async ({ browsers: [ada], anyIsolate, reach }) => {
          await ada?.signIn();
          await anyIsolate(async () => ada?.load("/any"));
          for (const page of ["/next", "/last"]) await ada?.load(page);
          reach("done");
        },
        { isolates: 3, under: noting(asked), choose: (kinds) => (kinds.includes("choice") ? way : 0) },
      );
      const decided = entries.filter(({ kind }) => kind === "choice").map(({ label, of }) => `${label} of ${of}`);
      return { asked: asked.slice(3), decided };
    };
    // After three requests of the sign-in it is the first isolate's turn: that is FIFO's choice.
    expect(await askedBy(0)).toEqual({ asked: ["1 /any", "2 /next", "3 /last"], decided: ["the next load goes to isolate-1 of 3"] });
    expect(await askedBy(2)).toEqual({ asked: ["3 /any", "2 /next", "3 /last"], decided: ["the next load goes to isolate-3 of 3"] });
  });

  it("begins the choice with the isolate whose turn it is", async () => {
    const asked: string[] = [];
    await simulate(
      async ({ browsers: [ada], anyIsolate, reach }) => {
        await ada?.signIn();
        await ada?.load("/one");
        for (const page of ["/two", "/three"]) await anyIsolate(async () => ada?.load(page));
        reach("done");
      },
      { isolates: 3, under: noting(asked) },
    );
    expect(asked.slice(3)).toEqual(["1 /one", "2 /two", "3 /three"]);
  });

  it("has no choice of isolates where there is only one", async () => {
    const { offered } = await simulate(
      async ({ browsers: [ada], anyIsolate, reach }) => {
        await ada?.signIn();
        expect(await anyIsolate(async () => ada?.load())).toBe("signed-in");
        reach("done");
      },
      { isolates: 1 },
    );
    expect([...offered]).not.toContain("choice");
  });

  it("loads a document and then its fetches where the cell says so", async () => {
    const asked: string[] = [];
    await simulate(
      async ({ browsers: [ada], parameters, reach }) => {
        expect(parameters.page).toBe("document");
        await ada?.signIn();
        await ada?.load();
        reach("done");
      },
      { page: "document", under: noting(asked) },
    );
    expect(asked.slice(3)).toEqual(["1 /", "1 /api/me", "1 /api/projects", "1 /api/events"]);
  });

  it("counts the loads in flight", async () => {
    const counts: number[] = [];
    await simulate(async ({ browsers, loadsInFlight, reach }) => {
      for (const browser of browsers) await browser.signIn();
      const loads = browsers.flatMap((browser) => [browser.load(), browser.load()]);
      counts.push(loadsInFlight());
      await loads[0];
      counts.push(loadsInFlight());
      await Promise.all(loads);
      counts.push(loadsInFlight());
      reach("done");
    });
    expect(counts).toEqual([4, 3, 0]);
  });

  it("moves time to the moment asked for and not beyond, and not back", async () => {
    const moments: number[] = [];
    await simulate(async ({ now, until, reach }) => {
      const began = now();
      await until(began + 5_000);
      moments.push(now() - began);
      await until(began);
      moments.push(now() - began);
      reach("done");
    });
    expect(moments).toEqual([5_000, 5_000]);
  });

  it("lets an administrator end a user's sessions, which the target answers once the access token is over", async () => {
    const answers: (AnswerKind | null | undefined)[] = [];
    const { simulation } = await simulate(async ({ browsers: [ada, ben], admin, now, until, accessTokenLifetime, reach }) => {
      await ada?.signIn();
      await ben?.signIn();
      await admin.endSessions("user_ada");
      await until(now() + accessTokenLifetime + 1_000);
      answers.push(await ada?.load(), await ben?.load());
      reach("done");
    });
    expect(answers).toEqual(["signed-out", "signed-in"]);
    expect(simulation.verdict()).toBe("holds");
  });

  it("refuses a mark that the scenario does not declare", async () => {
    const playing = simulate(async ({ reach }) => reach("nowhere" as "done"));
    await expect(playing).rejects.toMatchObject({ code: "BAD_USAGE", message: 'expected a mark that of-a-test declares, got "nowhere"' });
  });

  it("ends the run with the scenario's own mistake, when it makes one", async () => {
    const playing = simulate(async () => {
      throw new TypeError("no such browser");
    });
    await expect(playing).rejects.toMatchObject({ code: "TARGET_CRASHED", message: expect.stringContaining("no such browser") });
  });

  it("says who waits when nothing can happen any more", async () => {
    const playing = simulate(() => new Promise(() => {}));
    await expect(playing).rejects.toMatchObject({ code: "DEADLOCK", message: expect.stringContaining("isolate-1") });
  });
});

describe("faults and time moves", () => {
  /** Takes every fault and every move of time that is offered while anything is in flight. */
  const unlucky = (kinds: readonly string[]) =>
    Math.max(
      0,
      kinds.findIndex((kind) => kind.startsWith("fault:") || (kind === "time" && kinds.length > 1)),
    );
  const faults = { "browser-response-lost": 2, "issuer-503": 9 };

  it("are offered within withFaults only", async () => {
    const answers: unknown[] = [];
    const { entries } = await simulate(
      async ({ browsers: [ada], withFaults, reach }) => {
        await ada?.signIn();
        answers.push(await ada?.load());
        await withFaults(async () => answers.push(await ada?.load()));
        answers.push(await ada?.load());
        reach("done");
      },
      { faults, timeSteps: 3, choose: unlucky },
    );
    expect(answers).toEqual(["signed-in", null, "signed-in"]);
    expect(entries.filter(({ kind }) => kind.startsWith("fault:")).map(({ kind }) => kind)).toEqual(["fault:browser-response-lost"]);
  });

  it("are taken back when the part fails", async () => {
    let lost: unknown = "not asked";
    await simulate(
      async ({ browsers: [ada], withFaults, reach }) => {
        await ada?.signIn();
        await withFaults(() => Promise.reject(new Error("the part failed"))).catch(() => {});
        lost = await ada?.load();
        reach("done");
      },
      { faults, choose: unlucky },
    );
    expect(lost).toBe("signed-in");
  });

  it("are offered as often as granted and no more", async () => {
    const answers: unknown[] = [];
    await simulate(
      async ({ browsers: [ada], withFaults, reach }) => {
        await ada?.signIn();
        await withFaults(async () => {
          for (let page = 0; page < 4; page++) answers.push(await ada?.load());
        });
        reach("done");
      },
      { faults, choose: unlucky },
    );
    expect(answers).toEqual([null, null, "signed-in", "signed-in"]);
  });

  it("are not offered at all when the cell grants none", async () => {
    const { offered } = await simulate(async ({ browsers: [ada], withFaults, reach }) => {
      await ada?.signIn();
      await withFaults(async () => ada?.load());
      reach("done");
    });
    expect([...offered].sort()).toEqual(["request", "response"]);
  });
});

describe("an isolate that is killed", () => {
  const faults = { "isolate-killed": 1 };
  const kill = (kinds: readonly string[]) => Math.max(0, kinds.indexOf("fault:isolate-killed"));
  it("is one that serves somebody, who gets no answer; the next request starts it anew", async () => {
    const answers: unknown[] = [];
    const created: number[] = [];
    const counting: Target = {
      ...reference,
      create: (environment) => {
        created.push(environment.isolate);
        return reference.create(environment);
      },
    };
    const play: Play = async ({ browsers: [ada], withFaults, reach }) => {
      await ada?.signIn();
      await withFaults(async () => {
        answers.push(await ada?.load("/first"), await ada?.load("/second"));
      });
      reach("done");
    };
    // The ledger asks the store for each page, so there is a moment in which it is at it.
    const { entries } = await simulate(play, { strategy: "ledger", isolates: 1, faults, choose: kill, under: counting });
    expect([answers, created]).toEqual([
      [null, "signed-in"],
      [1, 1],
    ]);
    const death = entries.findIndex(({ kind }) => kind === "fault:isolate-killed");
    // Not before a request has arrived: who is idle has nothing to lose.
    expect(entries[death - 1]).toMatchObject({ kind: "request", to: "isolate-1" });
    expect(entries[death]?.events).toContain("isolate-1 is killed, and its heap is lost");
  });

  it("loses what it waits for in the shared store, and what it has written there stays", async () => {
    const answers: unknown[] = [];
    const written: string[] = [];
    const storing: Target = {
      ...reference,
      create: ({ isolate, store }) => ({
        async fetch() {
          const known = await store.read("note");
          if (known !== null) written.push(known.value);
          else await store.compareAndSet("note", 0, `of isolate ${isolate}`, Number.MAX_SAFE_INTEGER);
          if (known === null) await store.wait("note", 1, Number.MAX_SAFE_INTEGER);
          return new Response("ok");
        },
      }),
    };
    const play: Play = async ({ browsers: [ada], withFaults, reach }) => {
      await withFaults(async () => answers.push(await ada?.load("/first")));
      answers.push(await ada?.load("/second"));
      reach("done");
    };
    // The last choice: the wait is all that is left to happen, so the isolate is killed in it.
    const late = (kinds: readonly string[], { trace }: Simulation) => (trace.length < 3 ? 0 : kill(kinds));
    await simulate(play, { isolates: 1, faults, choose: late, under: storing });
    expect([answers, written]).toEqual([[null, "signed-in"], ["of isolate 1"]]);
  });
});

describe("an isolate that serves nobody", () => {
  const faults = { "isolate-cold-start": 1 };
  const drop = (kinds: readonly string[]) => Math.max(0, kinds.indexOf("fault:isolate-cold-start"));
  /** The reference target that notes where it is created. */
  function counting(created: number[]): Target {
    return {
      ...reference,
      create: (environment) => {
        created.push(environment.isolate);
        return reference.create(environment);
      },
    };
  }
  const twoPages: Play = async ({ browsers: [ada], withFaults, reach }) => {
    await ada?.signIn();
    await withFaults(async () => {
      for (const page of ["/first", "/second", "/third"]) expect(await ada?.load(page)).toBe("signed-in");
    });
    reach("done");
  };

  it("may be dropped: its next request starts it cold, and nobody's answer is lost", async () => {
    const created: number[] = [];
    const { entries } = await simulate(twoPages, { strategy: "ledger", faults, choose: drop, under: counting(created) });
    const dropped = entries.findIndex(({ kind }) => kind === "fault:isolate-cold-start");
    expect(entries[dropped]).toMatchObject({ to: "isolate-1", label: "is dropped" });
    expect(entries[dropped]?.events).toContain("isolate-1 is dropped while it serves nobody, and its heap is lost");
    expect(created).toEqual([1, 1]);
  });

  it("may not while it serves somebody, nor again before it has been started", async () => {
    const offered: boolean[] = [];
    const budget = { "isolate-cold-start": 9 };
    await simulate(twoPages, {
      strategy: "ledger",
      faults: budget,
      choose: (kinds, { trace, program }) => {
        const isOffered = kinds.includes("fault:isolate-cold-start");
        const last = trace.entries().at(-1);
        const isAtWork = program.enabled().some(({ kind }) => kind === "statement");
        if (last?.kind === "fault:isolate-cold-start" || isAtWork) offered.push(isOffered);
        return drop(kinds);
      },
    });
    expect(offered.length).toBeGreaterThan(5);
    expect(offered).not.toContain(true);
  });
});

describe("a person who navigates away", () => {
  const faults = { "browser-aborted": 1 };
  const abort = (kinds: readonly string[]) => Math.max(0, kinds.indexOf("fault:browser-aborted"));

  it("gets no answer and no cookie, although the isolate goes on: its handler may see it, and need not", async () => {
    const seen: string[] = [];
    const watching: Target = {
      ...reference,
      async create(environment) {
        const instance = await reference.create(environment);
        return {
          async fetch(request) {
            const { pathname } = new URL(request.url);
            request.signal.addEventListener("abort", () => seen.push(`${pathname} hung up`));
            const answer = await instance.fetch(request);
            seen.push(`${pathname} done`);
            return answer;
          },
        };
      },
    };
    const answers: unknown[] = [];
    const play: Play = async ({ browsers: [ada], withFaults, now, until, accessTokenLifetime, reach }) => {
      await ada?.signIn();
      await until(now() + accessTokenLifetime + 1_000);
      seen.length = 0;
      await withFaults(async () => answers.push(await ada?.load("/left")));
      await until(now() + 1_000);
      answers.push(await ada?.load("/next"));
      reach("done");
    };
    // As soon as the isolate is at it, and so before it has asked the issuer.
    const choose = (kinds: readonly string[], { program }: Simulation) =>
      program.enabled().some(({ kind }) => kind === "statement") ? abort(kinds) : 0;
    const { entries, simulation } = await simulate(play, { strategy: "ledger", faults, choose, under: watching });

    expect([answers, seen]).toEqual([
      [null, "signed-in"],
      ["/left hung up", "/left done", "/next done"],
    ]);
    const aborted = entries.find(({ kind }) => kind === "fault:browser-aborted");
    expect(aborted).toMatchObject({ to: "ada", label: "navigates away for ada/load-1" });
    expect(aborted?.events).toContain("user_ada navigates away from ada/load-1");
    // The refresh that it began has been stored, and the next page adopts it.
    const told = entries.flatMap(({ events }) => events);
    const stored = told.indexOf("isolate-1 stores RT F1.g1");
    expect(told.slice(stored)).toEqual([
      "isolate-1 stores RT F1.g1",
      "ada/load-2 takes jar ada from RT F1.g0 to RT F1.g1",
      "ada/load-2 of user_ada is answered signed-in",
    ]);
    expect(simulation.verdict()).toBe("holds");
  });
});

describe("a run", () => {
  it("notes what happened in the step in which it happened, and tokens by name only", async () => {
    const { entries } = await simulate(async ({ browsers: [ada], reach }) => {
      await ada?.signIn();
      reach("done");
    });
    const told = entries.flatMap(({ step, events }) => events.map((event) => `${step}: ${event}`));
    expect(told).toEqual([
      expect.stringMatching(/^\d+: session of user_ada started: family F1$/),
      expect.stringMatching(/^\d+: ada\/sign-in puts RT F1\.g0 into jar ada$/),
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/eyJ|holdfast-session=/);
  });

  it("gives the same states for the same choices, and passes through a new one with every step of a sign-in", async () => {
    const keysOf = async () => {
      const keys: string[] = [];
      await simulate(
        async ({ browsers: [ada], reach }) => {
          await ada?.signIn();
          reach("done");
        },
        {
          choose: (_, { program }) => {
            keys.push(program.key());
            return 0;
          },
        },
      );
      return keys;
    };
    const keys = await keysOf();
    expect(new Set(keys).size).toBe(keys.length);
    expect(await keysOf()).toEqual(keys);
  });

  it("adds to the scenario's invariants those that the strategy promises, and no other strategy's", async () => {
    const promising = (strategy: string): Target => ({ ...reference, promises: { [strategy]: ["no-token-reuse"] } });
    const race: Play = async ({ browsers: [ada], now, until, accessTokenLifetime, reach }) => {
      await ada?.signIn();
      await until(now() + accessTokenLifetime + 1_000);
      await Promise.all([ada?.load(), ada?.load()]);
      reach("done");
    };
    const broken = async (target: Target) =>
      (
        await simulate(race, {
          under: target,
          strategy: "naive",
          isolates: 2,
          // The newest first: one load runs to its end before the other begins.
          choose: (kinds) => kinds.length - 1,
        })
      ).simulation
        .violations()
        .map(({ invariant }) => invariant);
    expect(await broken(promising("naive"))).toContain("no-token-reuse");
    expect(await broken(promising("single-flight"))).not.toContain("no-token-reuse");
  });
});

describe("the state of a simulation", () => {
  /** Two pages of Ada on their way: the states after the first of them, and after the second, has arrived, and what the choices before it are called. */
  async function statesOf(change: Partial<CellSpec>, traits: Partial<Scenario> = {}, jars: readonly [number, number] = [0, 0]) {
    const scenario = scenarioOf(async ({ browsers, reach }) => {
      for (const browser of browsers) await browser.signIn();
      await Promise.all(jars.map((jar) => browsers[jar]?.load()));
      reach("done");
    });
    const cell = await cellOf({ strategy: "single-flight", loads: 2, ...change }, { scenario: { ...scenario, ...traits } });
    const states = [];
    for (const first of [0, 1]) {
      const simulation = await openSimulation({ ...cell, canonicalKeys: true });
      while (simulation.program.enabled().length < 2) await simulation.program.step(0);
      const { choices } = simulation.program.state();
      await simulation.program.step(first);
      states.push({ key: simulation.program.state().key, choices });
      simulation.close();
    }
    const [one, other] = states as [(typeof states)[number], (typeof states)[number]];
    return { isOne: one.key === other.key, names: new Set(one.choices).size };
  }

  it("takes loads of one jar at one isolate for the same where they are alike, and follows one of them", async () => {
    expect(await statesOf({ isolates: 1 }, { loadsAreAlike: true })).toEqual({ isOne: true, names: 1 });
  });

  it("takes isolates with their loads for the same where loads are alike", async () => {
    expect(await statesOf({ isolates: 2 }, { loadsAreAlike: true })).toEqual({ isOne: true, names: 1 });
  });

  it.each<[string, Partial<CellSpec>, Partial<Scenario>, readonly [number, number]]>([
    ["the scenario does not say so", { isolates: 1 }, {}, [0, 0]],
    ["the scenario does not say so, and each has an isolate", { isolates: 2 }, {}, [0, 0]],
    ["the jars are two", { isolates: 1 }, { loadsAreAlike: true }, [0, 1]],
    ["they are documents", { isolates: 1, page: "document" }, { loadsAreAlike: true }, [0, 0]],
  ])("tells loads apart where %s", async (_why, change, traits, jars) => {
    expect(await statesOf(change, traits, jars)).toEqual({ isOne: false, names: 2 });
  });
});
