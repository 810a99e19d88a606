/** Secrets that are good for a while, each with what it stands for. */
export class Expiring<T extends { readonly expiresAt: number }> {
  readonly #records = new Map<string, T>();
  readonly #now: () => number;
  readonly #keptFor: number;

  /** @param keptFor milliseconds after its end for which a record is kept, so that it can be told from one that never was */
  constructor(now: () => number, keptFor = 0) {
    this.#now = now;
    this.#keptFor = keptFor;
  }

  /** Also forgets what is long over: each has the same lifetime, so the oldest stand first. */
  set(secret: string, record: T): void {
    for (const [old, { expiresAt }] of this.#records) {
      if (expiresAt + this.#keptFor > this.#now()) break;
      this.#records.delete(old);
    }
    this.#records.set(secret, record);
  }

  /** Whatever is known under this secret, expired or not. */
  get(secret: string): T | undefined {
    return this.#records.get(secret);
  }

  delete(secret: string): void {
    this.#records.delete(secret);
  }

  /** Forgets the one that was set first. */
  deleteOldest(): void {
    const [oldest] = this.#records.keys();
    if (oldest !== undefined) this.#records.delete(oldest);
  }

  /** Those that are good still. */
  live(): T[] {
    return [...this.#records.values()].filter(({ expiresAt }) => expiresAt > this.#now());
  }

  /** How many are remembered. */
  get size(): number {
    return this.#records.size;
  }
}
