import { describeError } from "../model/describe-error.ts";
import { HoldfastError } from "../model/error.ts";
import { ANSWER_KINDS, type AnswerKind, type Event } from "../model/event.ts";
import type { Answer, Target } from "../model/target.ts";

/**
 * Sees that a target's answers mean something. A page of a live session that is neither signed in nor out, stale nor
 * unavailable tells the monitors nothing; if it went unsaid, a mistake in `classify` would read as "holds".
 */
export class AnswerCheck {
  readonly #target: Target;
  readonly #ended = new Set<string>();
  readonly #thrown = new Map<string, unknown>();
  #faulted = false;

  constructor(target: Target) {
    this.#target = target;
  }

  /** @throws HoldfastError `BAD_TARGET` when `classify` returns none of the five kinds. */
  classify(answer: Answer): AnswerKind {
    const kind = this.#target.classify(answer);
    if (ANSWER_KINDS.includes(kind)) return kind;
    throw new HoldfastError(
      "BAD_TARGET",
      `expected classify to return one of ${ANSWER_KINDS.join(", ")}, got ${JSON.stringify(kind)} for an answer with status ${answer.status}`,
      `mend classify of the target "${this.#target.name}"`,
    );
  }

  /** Something was let fail. */
  get hasFailed(): boolean {
    return this.#faulted;
  }

  /** Remembers what a handler threw, so that the 500 that comes of it can be explained. */
  threw(isolate: string, error: unknown): void {
    this.#thrown.set(isolate, error);
  }

  /** Takes an event in. Returns an error when an answer that no fault explains means nothing. */
  on(event: Event): HoldfastError | null {
    if (event.type === "fault") this.#faulted = true;
    if (event.type === "session-ended") this.#ended.add(event.session);
    if (event.type !== "load-answered" || event.answer !== "other" || event.held === null) return null;
    // The browser was sent in circles and gave up: `bounded-progress` has more to say of that.
    if (event.redirects > 0 && event.status >= 300 && event.status <= 399) return null;
    if (this.#faulted || this.#ended.has(event.held.session)) return null;
    const thrown = this.#thrown.get(event.isolate);
    return new HoldfastError(
      "BAD_TARGET",
      `${event.load}, whose session lives, was answered with status ${event.status}, which classify calls "other"${thrown === undefined ? "" : `; the handler threw ${describeError(thrown)}`}`,
      thrown === undefined ? "say in classify what this answer means" : "mend the handler, or answer with a status that classify knows",
      { cause: thrown },
    );
  }
}
