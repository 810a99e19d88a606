import { HoldfastError } from "../model/error.ts";
import type { Invariant, InvariantId } from "../model/invariant.ts";
import { boundedProgress } from "./bounded-progress.ts";
import { cookieCoherent } from "./cookie-coherent.ts";
import { endedIsEnded } from "./ended-is-ended.ts";
import { failClosed } from "./fail-closed.ts";
import { generationMonotonic } from "./generation-monotonic.ts";
import { keyRotationSurvived } from "./key-rotation-survived.ts";
import { lifetimesNest } from "./lifetimes-nest.ts";
import { logoutFinal } from "./logout-final.ts";
import { noCrossTalk } from "./no-cross-talk.ts";
import { noIssuerRoundtrip } from "./no-issuer-roundtrip.ts";
import { noSpuriousLogout } from "./no-spurious-logout.ts";
import { noTokenReuse } from "./no-token-reuse.ts";
import { oneRefreshPerGeneration } from "./one-refresh-per-generation.ts";
import { outageIsNotLogout } from "./outage-is-not-logout.ts";
import { revocationScoped } from "./revocation-scoped.ts";
import { successorDurable } from "./successor-durable.ts";
import { theftDetected } from "./theft-detected.ts";
import { upgradeNeverRefreshes } from "./upgrade-never-refreshes.ts";

/**
 * Every invariant by its id, in the order in which reports name them.
 *
 * @example
 * ```ts
 * INVARIANTS["no-token-reuse"].holds;
 * // "the target never presents a generation whose success or rejection any live actor or store holds"
 * ```
 */
export const INVARIANTS: Readonly<Record<InvariantId, Invariant>> = {
  "no-spurious-logout": noSpuriousLogout,
  "no-token-reuse": noTokenReuse,
  "one-refresh-per-generation": oneRefreshPerGeneration,
  "generation-monotonic": generationMonotonic,
  "successor-durable": successorDurable,
  "ended-is-ended": endedIsEnded,
  "logout-final": logoutFinal,
  "theft-detected": theftDetected,
  "cookie-coherent": cookieCoherent,
  "outage-is-not-logout": outageIsNotLogout,
  "bounded-progress": boundedProgress,
  "lifetimes-nest": lifetimesNest,
  "revocation-scoped": revocationScoped,
  "no-issuer-roundtrip": noIssuerRoundtrip,
  "key-rotation-survived": keyRotationSurvived,
  "upgrade-never-refreshes": upgradeNeverRefreshes,
  "no-cross-talk": noCrossTalk,
  "fail-closed": failClosed,
};

/**
 * The invariants of these ids, each once and in the registry's order, so that a scenario's demands and a strategy's
 * promises can simply be joined.
 *
 * @throws {HoldfastError} `BAD_USAGE` for an id that no invariant has.
 *
 * @example
 * ```ts
 * invariantsNamed(["no-token-reuse", "no-spurious-logout", "no-token-reuse"]).map((invariant) => invariant.id);
 * // ["no-spurious-logout", "no-token-reuse"]
 * ```
 */
export function invariantsNamed(ids: readonly InvariantId[]): readonly Invariant[] {
  for (const id of ids) {
    if (Object.hasOwn(INVARIANTS, id)) continue;
    const known = Object.keys(INVARIANTS).join(", ");
    throw new HoldfastError("BAD_USAGE", `expected the id of an invariant, got ${JSON.stringify(id)}`, `use one of: ${known}`);
  }
  const wanted = new Set(ids);
  return Object.values(INVARIANTS).filter((invariant) => wanted.has(invariant.id));
}
