// What `holdfast` offers to those who write tests. Matchers for vitest are in `holdfast/vitest`, and what generates stories in
// `holdfast/fast-check`, so that nobody needs either who does not use it.

export type { ErrorCode } from "../model/error.ts";
export { HoldfastError } from "../model/error.ts";
export type { AnswerKind } from "../model/event.ts";
export type { InvariantId } from "../model/invariant.ts";
export { type BrowserActions, REDEMPTION, type Scenario, type ScenarioParameters, type Stage } from "../model/scenario.ts";
export type { Act, Story } from "../model/story.ts";
export type { Answer, Environment, Instance, IssuerSettings, SharedRecords, Target, TargetRoutes } from "../model/target.ts";
export {
  defineConfig,
  type InstanceFacts,
  type IssuerFacts,
  type Matcher,
  type Recognition,
  type Services,
  type VerifyConfig,
} from "./define-config.ts";
export { defineScenario, type ScenarioDefinition } from "./define-scenario.ts";
export { defineTarget, type TargetDefinition } from "./define-target.ts";
export { explore } from "./explore.ts";
export type { ExploreOptions } from "./explore-options.ts";
export { type ReplayOptions, replay } from "./replay.ts";
export type { Report } from "./report.ts";
