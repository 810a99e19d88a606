/** How things stand between two steps, for people: tokens by name, no secret. */
export interface StateView {
  /** Steps taken so far. */
  readonly steps: number;
  /** Virtual milliseconds since the run began. */
  readonly at: number;
  /** What can happen next, FIFO's choice first. */
  readonly next: readonly { readonly kind: string; readonly to: string; readonly label: string }[];
  /** What each browser's jar holds: a refresh token, or null where there is none. */
  readonly jars: readonly { readonly jar: string; readonly holds: string | null }[];
  /** The loads that each isolate has still to answer, and whether its heap is gone. */
  readonly isolates: readonly { readonly name: string; readonly isCold: boolean; readonly serves: readonly string[] }[];
  /** The issuer's refresh tokens by family, with what they are to it. */
  readonly families: readonly {
    readonly name: string;
    readonly user: string;
    /** Why it has ended; null while it lives. */
    readonly ended: string | null;
    readonly tokens: readonly { readonly name: string; readonly state: "live" | "spent" | "revoked" }[];
  }[];
  /** The refresh tokens that the shared store holds. */
  readonly stored: readonly string[];
}
