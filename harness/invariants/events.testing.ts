import type { Credential } from "../model/credential.ts";
import type { AnswerKind, EndCause, Event, EventBody, EventOf, HeldCookie, Purpose } from "../model/event.ts";
import type { Invariant, MonitorContext } from "../model/invariant.ts";

/** Milliseconds. */
export const DAY = 86_400_000;

/** Five minutes and 30 s, as in the five-minute logout. */
export const CONTEXT: MonitorContext = {
  accessTokenLifetime: 300_000,
  skew: 30_000,
  promised: [],
  reuseEnds: "session",
  refreshTokenLives: { issued: 30 * DAY, signedIn: null, unused: null },
};

/** Someone with one browser and one sign-in. */
export interface Person {
  readonly user: string;
  readonly session: string;
  readonly family: string;
  readonly jar: string;
}

export const ada: Person = { user: "user_ada", session: "session_ada", family: "F1", jar: "jar-1" };
export const bob: Person = { user: "user_bob", session: "session_bob", family: "F2", jar: "jar-2" };

/** A refresh token of a person, by generation and sibling. */
export function rt(person: Person, generation: number, sibling = 0): Credential {
  const { user, session, family } = person;
  return { type: "refresh-token", user, session, family, generation, sibling };
}

/** Where a load goes; for the few that do not go to isolate-1 with what the jar holds. */
interface SendOptions {
  readonly isolate?: string;
  readonly purpose?: Purpose;
  readonly forged?: string;
}

/** What an answer does beside saying who is signed in. */
interface AnswerOptions {
  /** Applied just before, in the same step. */
  readonly set?: Credential | null;
  readonly mentions?: readonly string[];
  /** A cookie that changes no credential. */
  readonly setsCookie?: boolean;
  readonly redirects?: number;
}

/**
 * Writes down a run, one step an event, so that a test reads as the story that it tells.
 * It knows what each jar holds, so that loads are sent with it.
 */
export class Tape {
  readonly events: Event[] = [];
  #step = 0;
  #at = 0;
  readonly #jars = new Map<string, Credential | null>();
  readonly #sent = new Map<string, EventOf<"load-sent">>();

  /** Any event in a step of its own, or in the same step as the last one. */
  add(body: EventBody, sameStep = false): this {
    if (!sameStep) this.#step++;
    this.events.push({ step: this.#step, at: this.#at, ...body });
    return this;
  }

  /** Lets virtual time pass, in milliseconds. */
  wait(duration: number): this {
    this.#at += duration;
    return this;
  }

  signIn(person: Person): this {
    const { user, session, family } = person;
    return this.add({ type: "session-started", user, session, family }).set("sign-in", person, rt(person, 0));
  }

  send(load: string, person: Person, { isolate = "isolate-1", purpose = "page", forged }: SendOptions = {}): this {
    const { user, jar } = person;
    const base = { load, tab: `tab-of-${load}`, jar, user, isolate, purpose };
    this.add({ type: "load-sent", ...base, forged: forged ?? null, held: this.#jars.get(jar) ?? null });
    this.#sent.set(load, this.events.at(-1) as EventOf<"load-sent">);
    return this;
  }

  /** The answer reaches the browser. */
  answer(load: string, answer: AnswerKind, options: AnswerOptions = {}): this {
    const { tab, jar, user, isolate, purpose, held, at } = this.#sentLoad(load);
    const isSet = options.set !== undefined;
    if (options.set !== undefined) this.set(load, { jar, user }, options.set);
    const mentions = options.mentions ?? (answer === "signed-in" ? [user] : []);
    const status = answer === "signed-in" ? 200 : answer === "unavailable" ? 503 : 401;
    const { setsCookie = isSet, redirects = 0 } = options;
    const body = { type: "load-answered", load, tab, jar, user, isolate, purpose, answer, status, held, sentAt: at, mentions } as const;
    return this.add({ ...body, setsCookie, redirects }, isSet);
  }

  /** The app sends the browser on, that often. */
  redirect(load: string, times: number): this {
    const { jar, user, isolate } = this.#sentLoad(load);
    for (let redirects = 1; redirects <= times; redirects++) this.add({ type: "load-redirected", load, jar, user, isolate, redirects });
    return this;
  }

  lose(load: string): this {
    const { tab, jar, user, isolate } = this.#sentLoad(load);
    return this.add({ type: "load-lost", why: "no-answer", load, tab, jar, user, isolate });
  }

  /** A response changes a jar. The cookie ends so many milliseconds later; null: with the browser. */
  set(load: string, { jar, user }: Pick<Person, "jar" | "user">, after: Credential | null, lasts: number | null = 30 * DAY): this {
    const before = this.#jars.get(jar) ?? null;
    this.#jars.set(jar, after);
    const until = after === null || lasts === null ? null : this.#at + lasts;
    const isolate = this.#sent.get(load)?.isolate ?? null;
    return this.add({ type: "jar-changed", jar, user, load, isolate, before, after, until });
  }

  /** What cookies a jar has after a response. */
  cookies(load: string, { jar, user }: Pick<Person, "jar" | "user">, ...cookies: readonly [name: string, holds: Credential][]): this {
    const held = cookies.map(([name, holds]): HeldCookie => ({ name, holds }));
    return this.add({ type: "cookies-changed", jar, user, load, cookies: held });
  }

  /** Somebody copies a jar into another. */
  steal(from: Person, thief: Person): this {
    const token = this.#jars.get(from.jar) ?? null;
    this.#jars.set(thief.jar, token);
    return this.add({ type: "cookie-stolen", jar: thief.jar, from: from.jar, user: from.user, token });
  }

  /** An isolate asks the issuer for something. */
  call(load: string, path: string): this {
    return this.add({ type: "issuer-called", isolate: this.#sentLoad(load).isolate, load, path });
  }

  /** Part of a run in which faults may happen. */
  troubled(part: (tape: this) => this): this {
    return part(this.add({ type: "faults-began" })).add({ type: "faults-ended" });
  }

  present(load: string, token: Credential): this {
    return this.add({ type: "token-presented", token, load, isolate: this.#sentLoad(load).isolate });
  }

  rotate(token: Credential, successor: Credential): this {
    return this.add({ type: "token-redeemed", token, outcome: "rotated", successor, detail: "" });
  }

  replay(token: Credential, successor: Credential): this {
    const outcome = successor.sibling === 0 ? "replayed" : "sibling";
    return this.add({ type: "token-redeemed", token, outcome, successor, detail: "" });
  }

  reject(token: Credential, detail = "invalid_grant"): this {
    return this.add({ type: "token-redeemed", token, outcome: "rejected", successor: null, detail });
  }

  issue(load: string, token: Credential, successor: Credential): this {
    return this.add({ type: "token-answered", token, load, isolate: this.#sentLoad(load).isolate, answer: { kind: "issued", successor } });
  }

  refuse(load: string, token: Credential): this {
    return this.add({ type: "token-answered", token, load, isolate: this.#sentLoad(load).isolate, answer: { kind: "rejected" } });
  }

  fault(load: string, token: Credential, detail = "503"): this {
    return this.add({ type: "token-answered", token, load, isolate: this.#sentLoad(load).isolate, answer: { kind: "fault", detail } });
  }

  /** The wire delivers a load's presentation once more; the issuer deals with it in the same step. */
  repeat(load: string, token: Credential): this {
    return this.add({ type: "token-repeated", token, load, isolate: this.#sentLoad(load).isolate });
  }

  /** The answer to the other copy of a load's presentation finds nobody, in the step of whatever was before. */
  discard(load: string, token: Credential, lost: Credential | null): this {
    return this.add({ type: "answer-discarded", token, load, isolate: this.#sentLoad(load).isolate, lost }, true);
  }

  /** An isolate that serves nobody is dropped. */
  dropIsolate(isolate: string): this {
    return this.add({ type: "isolate-dropped", isolate });
  }

  /** An isolate dies. What it has presented stays on its way. */
  kill(isolate: string): this {
    return this.add({ type: "isolate-killed", isolate });
  }

  /** A whole refresh without trouble. */
  refresh(load: string, token: Credential, successor: Credential): this {
    return this.present(load, token).rotate(token, successor).issue(load, token, successor);
  }

  /** A whole refresh that the issuer refuses. */
  fail(load: string, token: Credential, detail?: string): this {
    return this.present(load, token).reject(token, detail).refuse(load, token);
  }

  /** The answer to a load's presentation is lost, in the step of what the issuer did with it; `lost` is the successor that it carried. */
  drop(load: string, token: Credential, lost?: Credential): this {
    const answer = { kind: "fault", detail: "the answer was lost", ...(lost === undefined ? {} : { lost }) } as const;
    return this.add({ type: "token-answered", token, load, isolate: this.#sentLoad(load).isolate, answer }, true);
  }

  /** The issuer ends a session; for `reuse`, in the step of the rejection before. */
  end(person: Person, cause: EndCause, detail = ""): this {
    const { user, session, family } = person;
    return this.add({ type: "session-ended", user, session, family, cause, detail }, cause === "reuse");
  }

  finish(): this {
    return this.add({ type: "run-ended" });
  }

  #sentLoad(load: string): EventOf<"load-sent"> {
    const sent = this.#sent.get(load);
    if (sent === undefined) throw new Error(`the test answers ${load} before it sends it`);
    return sent;
  }
}

/** The verdict of an invariant on a run, and a check that no later event unsays it. */
export function judge(invariant: Invariant, tape: Tape, context: MonitorContext = CONTEXT): readonly string[] | null {
  const state = invariant.init(context);
  let first: { because: readonly string[]; step: number } | null = null;
  for (const event of tape.events) {
    invariant.on(state, event);
    const because = invariant.verdict(state);
    // Within its step a because may still grow: the cookie is applied before the answer counts.
    if (first === null || event.step === first.step) {
      first = because === null ? null : { because: [...because], step: event.step };
    } else if (JSON.stringify(because) !== JSON.stringify(first.because)) {
      throw new Error(`${invariant.id} changed its mind in step ${event.step}: ${JSON.stringify(because)} after ${JSON.stringify(first)}`);
    }
  }
  return invariant.verdict(state);
}

/** The key of an invariant after a run, as it would go into the key of a search state. */
export function keyOf(invariant: Invariant, tape: Tape): string {
  const state = invariant.init(CONTEXT);
  for (const event of tape.events) invariant.on(state, event);
  return JSON.stringify(invariant.key(state));
}
