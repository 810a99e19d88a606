/** What people do, as plain data: it can be generated, shrunk, printed, and stands inside a replay string. */
export interface Story {
  /** Of access tokens, in seconds. */
  readonly lifetime: number;
  readonly acts: readonly Act[];
}

/** Who does something, and when. */
interface Doing {
  readonly who: "ada" | "ben";
  /**
   * 0: at once with the act before it. Else when everything before it has ended, and then after so many hundredths of the access
   * token's lifetime: 101 is just over it.
   */
  readonly after: number;
}

/** One thing that somebody does. Both are signed in from the start. */
export type Act =
  /** Loads a page in each of so many tabs. */
  | (Doing & { readonly does: "load"; readonly tabs: number })
  /** Signs in again, whatever she has: when everything before it has ended, and before anything that comes after. */
  | (Doing & { readonly does: "sign in" })
  /** An administrator ends all her sessions. */
  | (Doing & { readonly does: "be signed out" });
