/** For how long after its first redemption a spent refresh token still gets an answer, and which one. */
export interface Grace {
  /** Seconds since the first redemption. The end itself is outside. */
  readonly seconds: number;
  /** `same-pair`: the successor issued before, byte for byte. `sibling`: another token of the successor's generation. */
  readonly answer: "same-pair" | "sibling";
}

/** What dies when a spent refresh token comes back too late: nothing more, its own family, or every session of its user. */
export type ReuseEffect = "error" | "family" | "user";

/** An issuer's rotation policy, as data. The machine has no branch that names a vendor. */
export interface Profile {
  readonly name: string;
  /** Null: the first redemption is the only one. */
  readonly grace: Grace | null;
  readonly lateReuse: ReuseEffect;
  /** Where this policy is known from, and what about it is not established. */
  readonly source: string;
}
