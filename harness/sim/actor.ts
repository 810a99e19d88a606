/** Whatever owns a heap, or stands outside of the search. */
export type ActorKind = "script" | "browser" | "isolate" | "issuer" | "database";

export interface Actor {
  /** Unique in its world, for instance `isolate-1`. */
  readonly name: string;
  readonly kind: ActorKind;
}
