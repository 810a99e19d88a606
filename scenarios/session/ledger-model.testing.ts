/** What a cookie gets, as somebody says who has only read the rules (DESIGN §5, "Both sides of the coin"). */
export type Expected = { readonly generation: number; readonly adopted: boolean } | "session_ended" | "cookie_stolen" | "refresh_rejected";

/**
 * The rules of one session under an issuer that rotates strictly, without a store, a lease or a promise: written down for the
 * property tests, in another way than the ledger does it.
 */
export class LedgerModel {
  readonly #window: number;
  newest = 0;
  over: "session_ended" | "cookie_stolen" | null = null;
  /** The issuer ended the session: the newest generation will be rejected. */
  endedAtIssuer = false;
  rejected = false;
  /** When each generation was first presented, by generation. */
  readonly #seen = new Map<number, number>();

  constructor(window: number) {
    this.#window = window;
  }

  present(generation: number, now: number): Expected {
    if (this.over !== null) return this.over;
    const newerSeen = [...this.#seen].filter(([seen]) => seen > generation).map(([, at]) => at);
    if (newerSeen.some((at) => now >= at + this.#window)) {
      this.over = "cookie_stolen";
      return this.over;
    }
    if (!this.#seen.has(generation)) this.#seen.set(generation, now);
    return { generation: this.newest, adopted: generation < this.newest };
  }

  refresh(): Expected {
    if (this.endedAtIssuer) {
      this.rejected = true;
      return "refresh_rejected";
    }
    this.newest++;
    return { generation: this.newest, adopted: false };
  }

  signOut(): void {
    this.over ??= "session_ended";
  }
}
