import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Credential } from "../model/credential.ts";
import type { Event, EventBody } from "../model/event.ts";
import type { Invariant, InvariantId } from "../model/invariant.ts";
import { ada, bob, CONTEXT, DAY, keyOf, type Person, rt, Tape } from "./events.testing.ts";
import { INVARIANTS, invariantsNamed } from "./index.ts";
import { answered, committed, joined, NOTHING, provisioned, sent } from "./stored.testing.ts";

const registered = Object.values(INVARIANTS);

describe("the registry", () => {
  test("knows each invariant by its own id", () => {
    for (const [id, invariant] of Object.entries(INVARIANTS)) expect(invariant.id).toBe(id);
  });

  test("says of each what it holds", () => {
    expect(INVARIANTS["no-token-reuse"].holds).toBe(
      "the target never presents a generation whose success or rejection any live actor or store holds",
    );
    for (const { holds } of registered) expect(holds).toMatch(/^[a-z].*[^.]$/);
  });

  test("gives the invariants of some ids, each once and in its own order", () => {
    const found = invariantsNamed(["no-token-reuse", "no-spurious-logout", "no-token-reuse"]);
    expect(found.map((invariant) => invariant.id)).toEqual(["no-spurious-logout", "no-token-reuse"]);
  });

  test.each(["no-such-thing", "constructor"])("refuses %s and says what there is", (id) => {
    expect(() => invariantsNamed([id as InvariantId])).toThrow(
      expect.objectContaining({ code: "BAD_USAGE", hint: expect.stringContaining("no-cross-talk") }),
    );
  });
});

// Fixed, because the tests also count how often a verdict was reached, and such counts must not vary.
const SEED = 305;

// A small world, so that random events meet each other: two users, three sessions, three loads, two isolates.
const SESSIONS = [
  { user: "user_ada", session: "s1", family: "F1", jar: "jar-1" },
  { user: "user_ada", session: "s2", family: "F2", jar: "jar-1" },
  { user: "user_bob", session: "s3", family: "F3", jar: "jar-2" },
] as const;
const session = fc.constantFrom(SESSIONS[0], SESSIONS[0], SESSIONS[0], ...SESSIONS);
const token: fc.Arbitrary<Credential> = fc
  .tuple(session, fc.nat(2), fc.constantFrom(0, 0, 1))
  .map(([{ user, session: id, family }, generation, sibling]) => ({
    type: "refresh-token",
    user,
    session: id,
    family,
    generation,
    sibling,
  }));
const held = fc.option(token, { freq: 5 });
const load = fc.constantFrom("load-1", "load-2", "load-3");
const isolate = fc.constantFrom("isolate-1", "isolate-2");
const browser = fc.constantFrom({ jar: "jar-1", user: "user_ada", tab: "tab-1" }, { jar: "jar-2", user: "user_bob", tab: "tab-2" });
const visit = fc.tuple(load, isolate, browser).map(([name, on, where]) => ({ load: name, isolate: on, ...where }));
const mentions = fc.constantFrom<readonly string[]>([], [], ["user_ada"], ["user_bob"]);
const kind = fc.constantFrom("signed-in", "signed-in", "signed-out", "stale", "unavailable", "other");
const outcome = fc.constantFrom("rotated", "replayed", "sibling", "rejected");
const cause = fc.constantFrom("user", "admin", "expiry", "theft", "reuse");
const gained = fc.oneof(
  token.map((successor) => ({ kind: "issued", successor }) as const),
  fc.constantFrom({ kind: "rejected" } as const),
  fc.constantFrom({ kind: "fault", detail: "503" } as const),
);

const purpose = fc.constantFrom("page", "page", "page", "prefetch", "upgrade", "renewal");
const forged = fc.constantFrom(null, null, null, "no signature");
const names = fc.constantFrom("s.0", "s.1", "t");
const cookies = fc.array(
  fc.tuple(names, token).map(([name, holds]) => ({ name, holds })),
  { maxLength: 2 },
);
const kids = fc.constantFrom("K1", "K2");
const request = fc.constantFrom("r1", "r2", "r3");
const key = fc.constantFrom("k1", "k1", "k2");
const [storedOfAda, storedOfBob] = [provisioned("user_ada", "k1"), provisioned("user_bob", "k2")];
const stored = fc.constantFrom(
  ...[NOTHING, storedOfAda, storedOfAda, storedOfBob, joined(storedOfAda, storedOfBob)],
  { ...storedOfAda, workspaces: [{ id: "workspace_2", user: "user_ada" }] },
  joined(storedOfAda, { ...NOTHING, members: [{ id: "member_2", workspace: "workspace_user_ada", user: "user_ada" }] }),
);

/** Events of each kind; what the tests are about most, the ones that a run is full of, come from `COMMON`. */
const BODIES: Readonly<Record<EventBody["type"], fc.Arbitrary<EventBody>>> = {
  "load-sent": fc.tuple(visit, held, purpose, forged).map(([where, credential, what, wrong]) => ({
    ...{ type: "load-sent" as const, ...where, purpose: what, forged: wrong, held: credential },
  })),
  "load-answered": fc
    .tuple(visit, held, kind, mentions, fc.nat(9), fc.boolean(), fc.constantFrom(0, 0, 0, 21))
    .map(([where, credential, answer, seen, at, setsCookie, redirects]) => ({
      ...{ type: "load-answered" as const, ...where, purpose: "page" as const, answer, status: 200, held: credential },
      ...{ sentAt: at * 100_000, mentions: seen, setsCookie, redirects },
    })),
  "load-redirected": fc
    .tuple(load, session, isolate, fc.integer({ min: 1, max: 7 }))
    .map(([name, { user, jar }, by, redirects]) => ({ type: "load-redirected", load: name, jar, user, isolate: by, redirects })),
  "load-lost": fc.tuple(visit, fc.constantFrom("no-answer", "aborted")).map(([where, why]) => ({ type: "load-lost", why, ...where })),
  "jar-changed": fc
    .tuple(visit, held, held, fc.constantFrom(null, 0, 30 * DAY))
    .map(([{ tab: _, ...where }, before, after, until]) => ({ type: "jar-changed", ...where, before, after, until })),
  "cookies-changed": fc
    .tuple(browser, load, cookies)
    .map(([{ jar, user }, by, all]) => ({ type: "cookies-changed", jar, user, load: by, cookies: all })),
  "cookie-stolen": fc
    .tuple(browser, held)
    .map(([{ jar, user }, copied]) => ({ type: "cookie-stolen", jar: "jar-9", from: jar, user, token: copied })),
  "issuer-called": fc
    .tuple(isolate, fc.option(load))
    .map(([by, forLoad]) => ({ type: "issuer-called", isolate: by, load: forLoad, path: "/" })),
  "revocation-asked": fc
    .tuple(isolate, fc.option(load), session)
    .map(([by, forLoad, { session: id }]) => ({ type: "revocation-asked", isolate: by, load: forLoad, session: id })),
  "keys-changed": fc
    .tuple(kids, fc.subarray(["K1", "K2"]), fc.subarray(["K1", "K2"]))
    .map(([signs, published, baked]) => ({ type: "keys-changed", signs, published, baked })),
  "logout-sent": fc.tuple(visit, held).map(([{ tab: _, ...where }, credential]) => ({ type: "logout-sent", ...where, held: credential })),
  "logout-answered": fc.tuple(visit, held, fc.boolean()).map(([{ tab: _, ...where }, credential, confirmed]) => ({
    ...{ type: "logout-answered" as const, ...where, held: credential, confirmed, status: confirmed ? 303 : null },
  })),
  "maintenance-sent": isolate.map((asked) => ({ type: "maintenance-sent", isolate: asked })),
  "maintenance-done": isolate.map((asked) => ({ type: "maintenance-done", isolate: asked })),
  "faults-began": fc.constant({ type: "faults-began" }),
  "faults-ended": fc.constant({ type: "faults-ended" }),
  "loads-stuck": fc.constant({ type: "loads-stuck", loads: ["load-1"] }),
  "token-presented": fc
    .tuple(token, isolate, fc.option(load))
    .map(([presented, by, forLoad]) => ({ type: "token-presented", token: presented, isolate: by, load: forLoad })),
  "token-repeated": fc
    .tuple(token, isolate, fc.option(load))
    .map(([asked, by, forLoad]) => ({ type: "token-repeated", token: asked, isolate: by, load: forLoad })),
  "answer-discarded": fc
    .tuple(token, isolate, fc.option(load), held)
    .map(([asked, by, forLoad, lost]) => ({ type: "answer-discarded", token: asked, isolate: by, load: forLoad, lost })),
  "token-redeemed": fc.tuple(token, outcome, token).map(([redeemed, what, next]) => {
    const successor = what === "rejected" ? null : next;
    return { type: "token-redeemed", token: redeemed, outcome: what, successor, detail: what };
  }),
  "token-answered": fc
    .tuple(token, isolate, fc.option(load), gained)
    .map(([asked, by, forLoad, answer]) => ({ type: "token-answered", token: asked, isolate: by, load: forLoad, answer })),
  "token-stored": fc
    .tuple(token, isolate, fc.constantFrom("session", "sign-in"))
    .map(([stored, by, record]) => ({ type: "token-stored", token: stored, isolate: by, record })),
  "session-started": session.map(({ user, session: id, family }) => ({ type: "session-started", user, session: id, family })),
  "session-ended": fc
    .tuple(session, cause)
    .map(([{ user, session: id, family }, why]) => ({ type: "session-ended", user, session: id, family, cause: why, detail: "" })),
  "isolate-killed": isolate.map((killed) => ({ type: "isolate-killed", isolate: killed })),
  "isolate-dropped": isolate.map((dropped) => ({ type: "isolate-dropped", isolate: dropped })),
  "request-sent": fc.tuple(request, key).map(([name, under]) => sent(name, under)),
  "request-answered": fc.tuple(request, key, fc.constantFrom("A", "A", "A", "B")).map(([name, under, what]) => answered(name, under, what)),
  "request-failed": fc
    .tuple(request, key)
    .map(([name, under]) => ({ type: "request-failed", request: name, user: "user_ada", key: under, reason: "lost" })),
  committed: fc
    .tuple(fc.option(request), stored, fc.constantFrom([], [], [], ["RT F1.g0"]))
    .map(([name, content, exposed]) => committed(content, { request: name, exposed })),
  fault: fc.constant({ type: "fault", fault: "lose-response", detail: "" }),
  "run-ended": fc.constant({ type: "run-ended" }),
};

/** What most monitors live on. */
const COMMON: readonly EventBody["type"][] = [
  ...(["load-sent", "load-answered", "load-lost", "jar-changed", "token-presented", "token-redeemed"] as const),
  ...(["token-answered", "token-answered", "session-started", "session-ended", "fault", "run-ended"] as const),
];

/** Those that rare events decide see more of them, and less of what is nothing to them. */
const READS: Readonly<Partial<Record<InvariantId, readonly EventBody["type"][]>>> = {
  "successor-durable": [
    ...(["session-started", "token-presented", "token-redeemed", "token-redeemed", "token-answered", "token-stored"] as const),
    ...(["jar-changed", "load-sent", "load-answered", "session-ended", "isolate-killed"] as const),
  ],
  "one-refresh-per-generation": ["token-presented", "token-answered", "token-stored", "token-redeemed", "isolate-killed"],
  "no-token-reuse": ["token-presented", "token-answered", "token-stored", "token-redeemed", "isolate-killed"],
  "theft-detected": ["load-sent", "load-answered", "jar-changed", "jar-changed", "cookie-stolen", "session-ended", "fault", "run-ended"],
  "ended-is-ended": ["load-sent", "load-answered", "session-ended", "session-started", "token-answered"],
  "cookie-coherent": ["cookies-changed", "cookies-changed", "cookies-changed", "run-ended"],
  "bounded-progress": [
    ...(["load-sent", "load-answered", "load-answered", "load-redirected", "load-lost", "session-ended"] as const),
    ...(["faults-began", "faults-ended", "loads-stuck"] as const),
  ],
  "logout-final": [
    ...(["logout-answered", "logout-answered", "load-sent", "load-answered", "jar-changed", "session-ended"] as const),
    ...(["maintenance-sent", "maintenance-done", "faults-began", "faults-ended"] as const),
  ],
  "lifetimes-nest": ["session-started", "token-redeemed", "jar-changed", "load-sent", "load-answered"],
  "revocation-scoped": ["load-sent", "load-answered", "session-ended", "token-redeemed", "revocation-asked"],
  "no-issuer-roundtrip": [
    ...(["session-started", "token-redeemed", "load-sent", "load-sent", "load-answered", "issuer-called"] as const),
    ...(["keys-changed"] as const),
  ],
  "key-rotation-survived": [
    ...(["keys-changed", "token-redeemed", "token-redeemed", "load-sent", "load-answered", "load-answered"] as const),
    ...(["session-ended", "faults-began", "faults-ended"] as const),
  ],
  "upgrade-never-refreshes": ["load-sent", "load-answered", "token-presented", "load-lost"],
  "fail-closed": ["load-sent", "load-answered", "load-lost"],
  "callback-idempotent": ["request-sent", "request-answered", "request-failed", "committed"],
  "provision-once": ["committed", "committed", "request-answered"],
  "all-or-nothing": ["committed", "request-answered"],
  "secret-never-at-rest": ["committed", "request-answered"],
};

interface Slot {
  readonly body: EventBody;
  readonly newStep: boolean;
  readonly passed: number;
}

/** Half of the time from all that happens, half of the time from what this invariant reads. */
function slotsFor(id: InvariantId): (maxLength: number) => fc.Arbitrary<Slot[]> {
  const from = (types: readonly EventBody["type"][]) => fc.oneof(...types.map((type) => BODIES[type]));
  const slot = (body: fc.Arbitrary<EventBody>) => fc.record({ body, newStep: fc.boolean(), passed: fc.constantFrom(0, 0, 0, 100_000) });
  const slots = [slot(fc.oneof(from(COMMON), from(Object.keys(BODIES) as EventBody["type"][]))), slot(from(READS[id] ?? COMMON))];
  // Without a size, fast-check keeps arrays near ten elements, too few for events to meet.
  return (maxLength) => fc.oneof(...slots.map((one) => fc.array(one, { maxLength, size: "max" })));
}

function stamp(sequence: readonly Slot[], firstStep = 1, from = 0): Event[] {
  let step = firstStep;
  let at = from;
  return sequence.map((each) => {
    if (each.newStep) step++;
    at += each.passed;
    return { step, at, ...each.body };
  });
}

function firstToken(owner: { readonly user: string; readonly session: string; readonly family: string }): Credential {
  return { type: "refresh-token", ...owner, generation: 0, sibling: 0 };
}

/** Makes jars and loads agree with what happened before, as they do in a world; the issuer may do what it likes. */
function cohere(events: readonly Event[]): Event[] {
  const jars = new Map<string, Credential | null>(SESSIONS.toReversed().map(({ jar, ...owner }) => [jar, firstToken(owner)]));
  const sent = new Map<string, Event & { readonly type: "load-sent" }>();
  return events.flatMap((event) => {
    if (event.type === "jar-changed") {
      const before = jars.get(event.jar) ?? null;
      jars.set(event.jar, event.after);
      return { ...event, before };
    }
    if (event.type === "load-sent") {
      const loadSent = { ...event, held: jars.get(event.jar) ?? null };
      sent.set(event.load, loadSent);
      return loadSent;
    }
    if (event.type !== "load-answered" && event.type !== "load-lost") return event;
    // An answer to a load that was never sent goes to one that was, so that answers are as frequent as loads.
    const origin = sent.get(event.load) ?? [...sent.values()][0];
    if (origin === undefined) return [];
    sent.delete(origin.load);
    const { load: name, tab, jar, user, isolate, purpose, held, at } = origin;
    if (event.type === "load-lost") return { ...event, load: name, tab, jar, user, isolate };
    return { ...event, load: name, tab, jar, user, isolate, purpose, held, sentAt: at };
  });
}

/** Sequences such as a world makes, or of anything at all: a monitor must bear both, but tells a story only of the first. */
function sequencesFor(id: InvariantId): (coherent: boolean) => fc.Arbitrary<Event[]> {
  return (coherent) => slotsFor(id)(50).map((all) => (coherent ? cohere(stamp(all)) : stamp(all)));
}

function follow(invariant: Invariant, events: readonly Event[]): unknown {
  const state = invariant.init(CONTEXT);
  for (const event of events) invariant.on(state, event);
  return state;
}

describe.each(registered.map((invariant) => [invariant.id, invariant] as const))("%s, over random events,", (id, invariant) => {
  const [slots, sequences] = [slotsFor(id), sequencesFor(id)];

  test("goes on equally from its state read back from JSON, at every step", () => {
    fc.assert(
      fc.property(fc.boolean().chain(sequences), fc.nat(40), (events, cut) => {
        const kept = follow(invariant, events.slice(0, cut));
        const copy: unknown = JSON.parse(JSON.stringify(kept));
        expect(copy).toEqual(kept);
        for (const event of events.slice(cut)) {
          invariant.on(kept, event);
          invariant.on(copy, event);
          expect(invariant.verdict(copy)).toEqual(invariant.verdict(kept));
          expect(JSON.stringify(invariant.key(copy))).toBe(JSON.stringify(invariant.key(kept)));
        }
      }),
      { numRuns: 500, seed: SEED },
    );
  });

  test("never takes a verdict back, and tells its because in order up to the step of the verdict", () => {
    let broken = 0;
    fc.assert(
      fc.property(sequences(true), (events) => {
        const state = invariant.init(CONTEXT);
        let said: { readonly because: readonly string[]; readonly step: number } | null = null;
        for (const event of events) {
          invariant.on(state, event);
          const because = invariant.verdict(state);
          if (said !== null && event.step !== said.step) expect(because).toEqual(said.because);
          else if (said !== null || because !== null) said = { because: [...(because ?? [])], step: event.step };
          if (because === null) continue;
          broken++;
          const steps = because.map((line) => Number(/^step (\d+) · /.exec(line)?.[1]));
          expect(steps).toEqual([...steps].sort((a, b) => a - b));
          expect(steps.at(-1)).toBe(said?.step);
        }
      }),
      { numRuns: 500, seed: SEED },
    );
    // A property of broken runs that met none has shown nothing.
    expect(broken).toBeGreaterThan(0);
  });

  test("has equal keys only where it will judge equally", () => {
    let met = 0;
    let broken = 0;
    const places = fc.array(fc.nat(11), { maxLength: 1 });
    const swaps = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 3 });
    fc.assert(
      fc.property(slots(12), swaps, places, fc.nat(20), slots(50), fc.boolean(), (past, swapped, left, shift, future, coherent) => {
        const variant = reorder(past, swapped, left);
        const one = run(past, future, 0, coherent);
        const other = run(variant, future, shift, coherent);
        // Two worlds are equal only if what comes next is equal too.
        if (JSON.stringify(one.future) !== JSON.stringify(other.future)) return;
        const [state, twin] = [follow(invariant, one.past), follow(invariant, other.past)];
        if (invariant.verdict(state) !== null || JSON.stringify(invariant.key(state)) !== JSON.stringify(invariant.key(twin))) return;
        if (JSON.stringify(past) !== JSON.stringify(variant)) met++;
        for (const event of one.future) {
          invariant.on(state, event);
          invariant.on(twin, event);
          expect(invariant.verdict(twin) === null).toBe(invariant.verdict(state) === null);
          expect(JSON.stringify(invariant.key(twin))).toBe(JSON.stringify(invariant.key(state)));
        }
        if (invariant.verdict(state) !== null) broken++;
      }),
      { numRuns: 3000, seed: SEED },
    );
    expect(met).toBeGreaterThan(100);
    expect(broken).toBeGreaterThan(0);
  });

  test("has one key for two orders of what has nothing to do with each other", () => {
    const guest = { ...ada, session: "s9", family: "F9", jar: "jar-9", user: "user_eve" };
    const story = (tape: Tape, person: Person, isolate: string): Tape => {
      const load = (n: number): string => `load-${n}-of-${person.user}`;
      return tape
        .send(load(1), person, { isolate })
        .refresh(load(1), rt(person, 0), rt(person, 1))
        .send(load(2), person, { isolate })
        .present(load(2), rt(person, 1))
        .fault(load(2), rt(person, 1));
    };
    const keyOfBoth = (people: readonly Person[]): string => {
      const tape = new Tape().signIn(ada).signIn(bob).wait(CONTEXT.accessTokenLifetime);
      for (const person of people) {
        story(tape, person, `isolate-of-${person.user}`).send(`load-3-of-${person.user}`, { ...person, jar: `${person.jar}b` });
        tape.add(sent(`request of ${person.user}`, `key of ${person.user}`, person.user));
        tape.send(`load-4-of-${person.user}`, person, { purpose: "prefetch", forged: "no signature" });
        tape.cookies("load-5", person, [person.jar, rt(person, 0)], [`${person.jar}-old`, rt(person, 1)]);
      }
      // What is stored grows, whoever comes first.
      people.reduce((all, { user }) => {
        const more = joined(all, provisioned(user, `key of ${user}`));
        tape.add(committed(more, { request: `request of ${user}` }));
        return more;
      }, NOTHING);
      for (const person of people) tape.end({ ...person, session: `old-${person.session}`, family: `old-${person.family}` }, "admin");
      return keyOf(invariant, tape);
    };
    expect(keyOfBoth([bob, ada])).toBe(keyOfBoth([ada, bob]));
    // These two judge each commit by itself, and have nothing to remember.
    const isMemoryless = invariant.id === "all-or-nothing" || invariant.id === "secret-never-at-rest";
    expect(keyOfBoth([ada, guest]) === keyOfBoth([ada, bob])).toBe(isMemoryless);
  });
});

/** A past and a future in one world, the past's steps counted from `shift`. */
function run(past: readonly Slot[], future: readonly Slot[], shift: number, coherent: boolean): { past: Event[]; future: Event[] } {
  const now = past.reduce((sum, each) => sum + each.passed, 0);
  const firstOfFuture = 100;
  const stamped = [...stamp(past, shift), ...stamp(future, firstOfFuture, now)];
  const events = coherent ? cohere(stamped) : stamped;
  return { past: events.filter((event) => event.step < firstOfFuture), future: events.filter((event) => event.step >= firstOfFuture) };
}

/** The same events in another order or with some left out, with the clock as it was at each place. */
function reorder(sequence: readonly Slot[], swaps: readonly (readonly [number, number])[], left: readonly number[]): Slot[] {
  const other = [...sequence];
  for (const index of left) {
    const one = other[index];
    // Its place is taken by the one event that no fact depends on.
    if (one !== undefined) other[index] = { ...one, body: { type: "fault", fault: "none", detail: "" } };
  }
  for (const [a, b] of swaps) {
    const [one, two] = [other[a], other[b]];
    if (one === undefined || two === undefined) continue;
    other[a] = { ...two, passed: one.passed };
    other[b] = { ...one, passed: two.passed };
  }
  return other;
}
