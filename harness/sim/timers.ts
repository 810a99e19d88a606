import type { Actor } from "./actor.ts";
import type { Context } from "./context.ts";
import type { Operation } from "./operation.ts";

/** A timer of the world, with the surface of Node's `Timeout`, so that `unref`, `refresh` and the like work on it. */
export class VirtualTimer {
  readonly id: number;
  /** Tells it from the other timers of its task, see `World.ordinal`. */
  readonly ordinal: number;
  readonly context: Context;
  readonly delay: number;
  readonly repeat: boolean;
  readonly callback: () => void;
  due: number;
  /** What can happen from its moment on, in place of its callback. */
  later: Operation | null = null;
  #timers: Timers;
  #referenced = true;
  #closed = false;

  constructor(
    timers: Timers,
    id: number,
    ordinal: number,
    context: Context,
    due: number,
    delay: number,
    repeat: boolean,
    callback: () => void,
  ) {
    this.#timers = timers;
    this.id = id;
    this.ordinal = ordinal;
    this.context = context;
    this.due = due;
    this.delay = delay;
    this.repeat = repeat;
    this.callback = callback;
  }

  ref(): this {
    this.#referenced = true;
    return this;
  }

  unref(): this {
    this.#referenced = false;
    return this;
  }

  hasRef(): boolean {
    return this.#referenced;
  }

  refresh(): this {
    // As in Node: a timer that was called off stays silent.
    if (this.#closed) return this;
    this.context.world.cancelTimer(this.id);
    this.due = this.context.world.now() + this.delay;
    this.#timers.add(this);
    return this;
  }

  close(): this {
    this.#closed = true;
    this.context.world.cancelTimer(this.id);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The timers that wait for their moment, in order of due time and then of creation. */
export class Timers {
  readonly #waiting = new Map<number, VirtualTimer>();
  #ids = 0;

  create(ordinal: number, context: Context, now: number, delay: number, repeat: boolean, callback: () => void): VirtualTimer {
    const timer = new VirtualTimer(this, ++this.#ids, ordinal, context, now + clamp(delay), clamp(delay), repeat, callback);
    this.add(timer);
    return timer;
  }

  add(timer: VirtualTimer): void {
    this.#waiting.set(timer.id, timer);
  }

  /** True when it was still waiting. */
  cancel(id: number): boolean {
    return this.#waiting.delete(id);
  }

  /** Calls off every timer of an actor that is no more. */
  cancelOf(actor: Actor): void {
    for (const timer of [...this.#waiting.values()]) if (timer.context.actor === actor) this.cancel(timer.id);
  }

  /** The earliest moment at which a timer is due; null when there is none. */
  next(): number | null {
    let earliest: number | null = null;
    for (const timer of this.#waiting.values()) if (earliest === null || timer.due < earliest) earliest = timer.due;
    return earliest;
  }

  /** Takes out every timer that is due at `now`, in order. */
  take(now: number): VirtualTimer[] {
    const due = [...this.#waiting.values()].filter((timer) => timer.due <= now).sort(inOrder);
    for (const timer of due) this.#waiting.delete(timer.id);
    return due;
  }

  waiting(): readonly VirtualTimer[] {
    return [...this.#waiting.values()];
  }
}

function inOrder(a: VirtualTimer, b: VirtualTimer): number {
  return a.due - b.due || a.id - b.id;
}

/** Node's rule: a delay that is no number, below 1 or beyond 31 bits becomes 1 ms. */
function clamp(delay: number): number {
  return delay >= 1 && delay <= 2 ** 31 - 1 ? Math.trunc(delay) : 1;
}
