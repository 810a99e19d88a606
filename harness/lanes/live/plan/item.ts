import type { InvariantId } from "../../../model/invariant.ts";
import type { VerifyConfig } from "../config.ts";
import type { LiveStage } from "../stage.ts";

/** One thing that a running app is put through. */
export interface PlanItem {
  /** The word that `--only` takes. */
  readonly name: string;
  readonly describe: string;
  /** What must hold here for every app, beyond what everyone keeps everywhere. An item in which one of these was not put to the test fails. */
  invariants(config: VerifyConfig): readonly InvariantId[];
  /** It changes what all items share: nobody else plays at the same time. */
  readonly alone?: true;
  /** Most of its time it waits, half a minute or more. */
  readonly waits?: true;
  /** Why an app of this configuration cannot be put through it; null where it can. */
  missing?(config: VerifyConfig): string | null;
  play(stage: LiveStage): Promise<void>;
}
