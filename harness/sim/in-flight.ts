import { type Operation, Ready } from "./operation.ts";

interface Flight {
  readonly ready: Ready;
  /** Milliseconds since the epoch, with fractions. */
  readonly arrives: number;
}

/** Operations on their way, in the order in which they arrive; of two that arrive at one moment, the one first that was sent first. */
export class InFlight {
  /** The next one last, where it is cheap to take. */
  readonly #flights: Flight[] = [];

  get size(): number {
    return this.#flights.length;
  }

  get operations(): readonly Operation[] {
    return this.#flights.map(({ ready }) => ready.operation).reverse();
  }

  send(operation: Operation, arrives: number): void {
    let index = this.#flights.length;
    while (index > 0 && (this.#flights[index - 1] as Flight).arrives <= arrives) index--;
    this.#flights.splice(index, 0, { ready: new Ready(operation), arrives });
  }

  /** The one that arrives next. */
  next(): Flight | null {
    return this.#flights.at(-1) ?? null;
  }

  /** It arrives, or is called back. Returns when it would have arrived; null for one that is not on its way. */
  take(operation: Operation): number | null {
    const index = this.#flights.findLastIndex(({ ready }) => ready.operation === operation);
    return index < 0 ? null : (this.#flights.splice(index, 1)[0] as Flight).arrives;
  }
}
