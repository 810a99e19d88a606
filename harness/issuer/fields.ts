import { z } from "zod";

/** An object of these fields and no others; of another one it is said which there are. */
export function fields<T extends z.core.$ZodLooseShape>(shape: T) {
  const known = Object.keys(shape).join(", ") || "none at all";
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? `no field but ${known}, got ${JSON.stringify(issue.keys[0])}` : undefined),
  });
}
