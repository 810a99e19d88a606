import { z } from "zod";
import type { Complaint } from "../model/checked.ts";
import type { TargetRoutes } from "../model/target.ts";

/** What a target may offer beyond pages. */
export const ROUTES = ["logOut", "switchOrganization", "callback"] as const satisfies readonly (keyof TargetRoutes)[];

const PATH = z.string("a path").startsWith("/", "a path, which begins with /");

/** What a target is, in words where it is not. */
export const targetShape = z.object(
  {
    name: z.string("a name").regex(/^[a-z0-9][\w-]*$/i, "a name of letters, digits, - and _"),
    describe: z.string("one line of text"),
    strategies: z.array(z.string("a name").min(1, "a name"), "a list of names").min(1, "a list of at least one name"),
    promises: z.record(z.string(), z.array(z.string("the name of an invariant"), "a list of invariants"), "invariants by strategy"),
    makesManyCryptoCalls: z.literal(true, "true, or left out").optional(),
    routes: z
      .strictObject(
        { logOut: PATH.optional(), switchOrganization: PATH.optional(), callback: PATH.optional() },
        { error: (issue) => (issue.code === "unrecognized_keys" ? `one of ${ROUTES.join(", ")}` : "paths by what they are for") },
      )
      .optional(),
    create: z.custom((value) => typeof value === "function", "a function that returns { fetch }, or a promise of it"),
    classify: z.custom((value) => typeof value === "function", "a function that says what an answer means"),
  },
  "a target",
);

/** What is said of something that is none. */
export function noTarget(what: string): Complaint {
  return { code: "BAD_TARGET", what, hint: "defineTarget of holdfast makes one; docs/library.md shows the whole of it" };
}
