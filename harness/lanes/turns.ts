/** Whose turn it is to answer. */
export class Turns {
  readonly isolates: number;
  #taken = 0;
  #next: number | null = null;

  constructor(isolates: number) {
    this.isolates = isolates;
  }

  /** The isolate, from 0, that answers this request. */
  take(): number {
    const next = this.#next ?? this.#taken % this.isolates;
    this.#next = null;
    this.#taken++;
    return next;
  }

  /** All isolates, the one first whose turn it is. */
  inOrder(): number[] {
    return Array.from({ length: this.isolates }, (_, index) => (this.#taken + index) % this.isolates);
  }

  /** Calls one out of turn. */
  next(isolate: number): void {
    this.#next = isolate;
  }
}
