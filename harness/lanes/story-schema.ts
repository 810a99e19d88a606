import { z } from "zod";
import type { Story } from "../model/story.ts";

/** Beyond these a story takes more steps than a run may. */
const MOST_ACTS = 200;
const MOST_TABS = 64;

const hundredths = z.int().min(0).max(10_000);
const doing = { who: z.enum(["ada", "ben"]), after: hundredths };

const act = z.discriminatedUnion("does", [
  z.strictObject({ ...doing, does: z.literal("load"), tabs: z.int().min(1).max(MOST_TABS) }),
  z.strictObject({ ...doing, does: z.literal("sleep"), for: hundredths.min(1) }),
  z.strictObject({ ...doing, does: z.literal(["reload", "leave", "sign in", "log out", "switch organization", "be signed out"]) }),
]);

/** A story, as it stands in a replay string, and as somebody may write it down. */
export const storySchema: z.ZodType<Story> = z.strictObject({
  lifetime: z.int().min(10).max(86_400),
  acts: z.array(act).max(MOST_ACTS),
});
