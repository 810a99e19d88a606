import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { users } from "../../fixtures/users.ts";
import { Browser } from "../browser/browser.ts";
import { createIssuer, type Issuer } from "../issuer/issuer.ts";
import { graceOf, type Profile } from "../issuer/profile.ts";
import type { CellSpec } from "../model/cell.ts";
import type { Credential } from "../model/credential.ts";
import { describeError } from "../model/describe-error.ts";
import { HoldfastError } from "../model/error.ts";
import type { EventBody } from "../model/event.ts";
import type { Violation } from "../model/invariant.ts";
import type { Program } from "../model/program.ts";
import { REDEMPTION, type Scenario } from "../model/scenario.ts";
import type { Environment, Instance, IssuerSettings, Target } from "../model/target.ts";
import { Unordered } from "../model/unordered.ts";
import type { Actor } from "../sim/actor.ts";
import type { Names } from "../sim/names.ts";
import { fetchServer, Network, type Server } from "../sim/network.ts";
import { SharedStore } from "../sim/shared-store.ts";
import type { Trace } from "../sim/trace.ts";
import { World } from "../sim/world.ts";
import { AnswerCheck } from "./answer-check.ts";
import { ISOLATE_KILLED, NETWORK_FAULTS } from "./faults.ts";
import { monitorContext } from "./monitor-context.ts";
import { Monitors } from "./monitors.ts";
import { refreshTokenBehind, refreshTokenIn, Wiretap } from "./wiretap.ts";

/** What a run is made of. */
export interface Setting {
  readonly spec: CellSpec;
  readonly scenario: Scenario;
  readonly target: Target;
  readonly profile: Profile;
  /** Somebody compares states: see `WorldOptions.canonicalKeys`. */
  readonly canonicalKeys?: boolean;
}

/** One run of a cell, opened and ready to step. */
export interface Simulation {
  readonly program: Program;
  /** Steps until nothing is enabled any more or `done` says so: what a loop over `program.step` does, but faster. */
  walk(choose: () => number | null, done: () => boolean): Promise<void>;
  /** The walk was stopped before anything had ended. */
  isCut(): boolean;
  readonly trace: Trace;
  /** The invariants found broken so far. */
  violations(): readonly Violation[];
  /** What they amount to. */
  verdict(): "holds" | "violated" | "cannot-be-had";
  /** The marks reached so far. */
  readonly reached: ReadonlySet<string>;
  /**
   * Ends the run once nothing is enabled any more.
   * @throws HoldfastError `DEADLOCK` when the scenario still waits.
   */
  finish(): void;
  close(): void;
}

const APP = "https://app.test";
const ISSUER = "https://api.workos.test";
const CLIENT_ID = "client_holdfast";
const API_KEY = "sk_test_holdfast_simulation_only";
/** 2026-01-01T00:00:00Z: any fixed moment does. */
const EPOCH = 1_767_225_600_000;
/** Five minutes: WorkOS' default, and the lifetime of the five-minute logout. */
const ACCESS_TOKEN_LIFETIME = 300_000;
/** Far beyond any scenario: a run that takes this many steps has lost its way. */
const STEP_LIMIT = 10_000;
/** One hour, in milliseconds: no message is on its way for so long that a refresh token or a cookie of days ends meanwhile. */
const LONGEST_DELAY = 3_600_000;
const COOKIE_PASSWORDS = ["holdfast-simulation-cookie-password-1"];

/**
 * Opens one run: a world with the issuer, the isolates of the target, a browser for each seeded user, the monitors,
 * and the scenario about to play.
 */
export async function openSimulation({ spec, scenario, target, profile, canonicalKeys = false }: Setting): Promise<Simulation> {
  const world = new World({
    seed: "holdfast",
    epoch: EPOCH,
    crypto: spec.crypto,
    stepLimit: STEP_LIMIT,
    timeSteps: spec.timeSteps,
    faults: spec.faults,
    canonicalKeys,
  });
  const monitors = new Monitors(
    [...scenario.invariants, ...(target.promises[spec.strategy] ?? [])],
    monitorContext(profile, ACCESS_TOKEN_LIFETIME),
    graceOf(profile),
  );
  const reached = new Set<string>();
  const answers: string[] = [];
  const alike = new Map<string, { actor: string; class: string }>();
  const turns = new Turns(spec.isolates);
  const check = new AnswerCheck(target);
  const emit = (body: EventBody) => {
    const event = { ...body, step: world.steps, at: world.now() };
    const sentence = monitors.on(event);
    if (sentence !== null) world.trace.note(sentence);
    if (event.type === "token-redeemed") reached.add(REDEMPTION);
    if (event.type === "load-answered") answers.push(`${event.load} ${event.answer}`);
    if (event.type === "load-lost") answers.push(`${event.load} lost`);
    // A document's fetches are sent one after the other, so which isolate they meet is no property of the load.
    if (event.type === "load-sent" && spec.page === "request") alike.set(event.load, { actor: event.isolate, class: event.jar });
    const meaningless = check.on(event);
    if (meaningless !== null) world.fail(meaningless.code, meaningless.message, meaningless.hint, meaningless.cause);
  };
  const network = new Network(world, NETWORK_FAULTS, new Wiretap(world.names, emit, (isolate, error) => check.threw(isolate, error)));

  const issuer = openIssuer(world, network, profile, emit);
  const store = new SharedStore(world, (actor, _key, value) => {
    const token = value === null ? null : refreshTokenIn(world.names, value);
    if (token !== null) emit({ type: "token-stored", token, isolate: actor.name });
  });
  const isolates = openIsolates(world, network, target, spec, issuer, profile, store, turns, emit);
  const browsers = openBrowsers(world, network, check, spec, store, emit);
  play(world, scenario, spec, issuer, browsers, turns, reached);

  world.watchState(() => issuer.state());
  world.watchState(() => browsers.map((browser) => browser.state()));
  world.watchState(() => monitors.state());
  world.watchState(() => world.randomness.numbers());
  if (scenario.loadsAreAlike === true) world.watchSymmetry(() => ({ tasks: alike, actors: isolates.map(({ actor }) => actor.name) }));
  // What the scenario has seen stands for its own heap.
  else world.watchState(() => answers);
  await world.open();
  return {
    program: world,
    walk: (choose, done) => world.walk(choose, done),
    isCut: () => monitors.violations().length === 0 && world.enabled().length > 0,
    trace: world.trace,
    violations: () => monitors.violations(),
    verdict: () => monitors.verdict(),
    reached,
    finish() {
      if (!world.ended) {
        const waiting = browsers.flatMap((browser) =>
          [...browser.inFlight].map(([load, isolate]) => `${load} for an answer of ${isolate}`),
        );
        throw world.deadlock(waiting.length > 0 ? waiting : isolates.map(({ actor }) => `something that ${actor.name} should do`));
      }
      emit({ type: "run-ended" });
    },
    close: () => world.close(),
  };
}

function openIssuer(world: World, network: Network, profile: Profile, journal: (event: EventBody) => void): Issuer {
  const actor = world.actor("issuer", "issuer");
  const issuer = createIssuer({
    profile,
    origin: ISSUER,
    issuer: `${ISSUER}/user_management/${CLIENT_ID}`,
    clientId: CLIENT_ID,
    apiKey: API_KEY,
    accessTokenLifetime: ACCESS_TOKEN_LIFETIME,
    users: users,
    keys: signingKeys,
    // Browsers here sign in by a hint, and each sign-in stands alone.
    interactive: false,
    now: () => world.now(),
    randomBytes: (length) => world.randomness.bytes(actor.name, length),
    name: (secret, label, subject) => world.names.register(secret, label, subject),
    journal,
  });
  const server = fetchServer(
    actor,
    Promise.resolve((request) => issuer.fetch(request)),
  );
  network.route(ISSUER, () => server);
  world.watchDeadlines(() => issuer.deadlines().filter((moment) => moment - world.now() <= LONGEST_DELAY));
  return issuer;
}

function openIsolates(
  world: World,
  network: Network,
  target: Target,
  spec: CellSpec,
  issuer: Issuer,
  profile: Profile,
  store: SharedStore,
  turns: Turns,
  emit: (event: EventBody) => void,
): readonly Server[] {
  const settings: IssuerSettings = {
    origin: ISSUER,
    issuer: `${ISSUER}/user_management/${CLIENT_ID}`,
    clientId: CLIENT_ID,
    apiKey: API_KEY,
    profile: profile.name,
    grace: graceOf(profile),
    jwks: issuer.jwks,
  };
  const isolates = Array.from({ length: spec.isolates }, (_, index) => {
    const actor = world.actor(`isolate-${index + 1}`, "isolate");
    return openIsolate(world, actor, target, environment(world, actor, index + 1, spec.strategy, settings, store));
  });
  world.watchState(() => Unordered.from(isolates.map(({ actor, isCold }) => [actor.name, isCold()])));
  world.watchMishaps(() =>
    isolates
      .filter(({ actor }) => network.serving(actor) > 0)
      .map((isolate) => ({
        operation: { kind: "task", from: null, to: isolate.actor, task: null, describe: () => "is killed", complete: () => {} },
        outcome: {
          name: ISOLATE_KILLED.name,
          complete: () => {
            emit({ type: "fault", fault: ISOLATE_KILLED.name, detail: isolate.actor.name });
            store.kill(isolate.actor);
            network.kill(isolate.actor);
            isolate.drop();
            emit({ type: "isolate-killed", isolate: isolate.actor.name });
          },
        },
      })),
  );
  // Fixed round robin, unless the scenario makes it a choice: which load meets which isolate is part of the scenario, not of the schedule.
  network.route(APP, () => isolates[turns.take()] as Server);
  return isolates;
}

/** Whose turn it is to answer. */
class Turns {
  readonly #isolates: number;
  #taken = 0;
  #next: number | null = null;

  constructor(isolates: number) {
    this.#isolates = isolates;
  }

  /** The isolate, from 0, that answers this request. */
  take(): number {
    const next = this.#next ?? this.#taken % this.#isolates;
    this.#next = null;
    this.#taken++;
    return next;
  }

  /** All isolates, the one first whose turn it is. */
  inOrder(): number[] {
    return Array.from({ length: this.#isolates }, (_, index) => (this.#taken + index) % this.#isolates);
  }

  /** Calls one out of turn. */
  next(isolate: number): void {
    this.#next = isolate;
  }
}

/** A server that can be started anew. */
interface Isolate extends Server {
  /** Its heap is gone; the next request starts it cold. */
  drop(): void;
  isCold(): boolean;
}

function openIsolate(world: World, actor: Actor, target: Target, env: Environment): Isolate {
  let instance: Instance | null = null;

  function start(): Server {
    const created = world.as(actor, null, async () => target.create(env));
    const handler = created.then((made) => {
      instance = made;
      if (made.memory !== undefined) world.declareMemory(actor, () => instance?.memory?.() ?? null);
      return (request: Request) => made.fetch(request);
    });
    handler.catch((error: unknown) => {
      world.fail(
        "BAD_TARGET",
        `the target "${target.name}" threw while ${actor.name} was created: ${describeError(error)}`,
        "create(environment) returns { fetch }, or a promise of it",
        error,
      );
    });
    return fetchServer(actor, handler);
  }
  let server: Server | null = start();
  return {
    actor,
    handle(request) {
      server ??= start();
      return server.handle(request);
    },
    isCold: () => server === null,
    drop() {
      server = null;
      instance = null;
    },
  };
}

function environment(
  world: World,
  actor: Actor,
  isolate: number,
  strategy: string,
  issuer: IssuerSettings,
  store: SharedStore,
): Environment {
  return {
    isolate,
    origin: APP,
    issuer,
    strategy,
    cookiePasswords: COOKIE_PASSWORDS,
    // The façades know who calls; as ports they are the same things by another door.
    fetch: (input, init) => fetch(input, init),
    store: store.for(actor),
    now: () => world.now(),
    randomBytes: (length) => world.randomness.bytes(actor.name, length),
  };
}

function openBrowsers(
  world: World,
  network: Network,
  check: AnswerCheck,
  spec: CellSpec,
  store: SharedStore,
  emit: (event: EventBody) => void,
): readonly Browser[] {
  return users.map(({ id, email, firstName }) => {
    const name = firstName.toLowerCase();
    const actor = world.actor(name, "browser");
    return new Browser(
      { name, user: id, email, app: APP, page: spec.page },
      {
        send(load, request) {
          const { to, answer } = network.send(actor, load, request);
          return { to: to.name, answer };
        },
        now: () => world.now(),
        emit,
        held: (cookies) => refreshTokenIn(world.names, cookies) ?? refreshTokenBehind(world.names, cookies, store.peek()),
        canonical: (text) => world.canonical(text),
        mentions: (text) => mentionedUsers(world.names, text),
        classify: (answer) => check.classify(answer),
      },
    );
  });
}

/** The users whose id, email or token a text shows, also inside of sealed boxes. */
function mentionedUsers(names: Names, text: string): readonly string[] {
  const owners = new Set(names.in(text).map(({ subject }) => (subject as Credential | null)?.user));
  return users.filter(({ id, email }) => text.includes(id) || text.includes(email) || owners.has(id)).map(({ id }) => id);
}

function play(
  world: World,
  scenario: Scenario,
  spec: CellSpec,
  issuer: Issuer,
  browsers: readonly Browser[],
  turns: Turns,
  reached: Set<string>,
): void {
  const script = world.actor("script", "script");
  world.play(script, () =>
    scenario.play({
      parameters: { loads: spec.loads, isolates: spec.isolates, page: spec.page },
      accessTokenLifetime: ACCESS_TOKEN_LIFETIME,
      browsers,
      admin: { endSessions: async (user) => issuer.control.revoke({ user }, "admin") },
      now: () => world.now(),
      until: (moment) => world.until(moment, script),
      async withFaults(part) {
        world.grant(true);
        try {
          return await part();
        } finally {
          world.grant(false);
        }
      },
      async anyIsolate(part) {
        const options = turns.inOrder();
        if (options.length > 1) {
          const way = await world.decide(
            script,
            null,
            options.map((isolate) => `the next load goes to isolate-${isolate + 1}`),
          );
          turns.next(options[way] as number);
        }
        return part();
      },
      reach: (mark) => {
        if (!scenario.mustReach.includes(mark))
          throw new HoldfastError("BAD_USAGE", `expected a mark that ${scenario.name} declares, got "${mark}"`, "add it to mustReach");
        reached.add(mark);
      },
      loadsInFlight: () => browsers.reduce((count, browser) => count + browser.inFlight.size, 0),
    }),
  );
}
