import { z } from "zod";
import { fields } from "../fields.ts";
import { ENDPOINTS } from "./address.ts";
import type { FaultRule } from "./fault-plan.ts";

/** Names are short; whatever is long is no name. */
const name = z.string().min(1).max(200);
const count = z.number().int().min(1).max(1_000_000);
const milliseconds = z.number().int().min(-3_155_760_000_000).max(3_155_760_000_000);

const effect = z.discriminatedUnion("kind", [
  fields({ kind: z.literal("reset") }),
  fields({ kind: z.literal("truncate"), bytes: z.number().int().min(0).optional() }),
  fields({
    kind: z.literal("answer"),
    status: z.number().int(),
    body: z.enum(["html", "json", "empty", "empty-key-set"]).optional(),
    retryAfter: z.number().int().min(0).max(86_400).optional(),
  }),
  fields({ kind: z.literal("slow"), ms: z.number() }),
  fields({ kind: z.literal("hold"), requests: count.optional() }),
]);

const rule = fields({
  at: fields({
    endpoint: z.enum(ENDPOINTS).optional(),
    grantType: name.optional(),
    clientId: name.optional(),
    family: name.optional(),
    generation: z.number().int().min(0).optional(),
  }).optional(),
  nth: count.optional(),
  times: count.nullable().optional(),
  when: z.enum(["before-commit", "after-commit"]),
  effect,
});

/** A fault plan as JSON: rules, in the order in which they strike. */
export const faultPlan: z.ZodType<FaultRule[]> = z.array(rule).min(1).max(100);

const family = fields({ family: name });

/** What to end: one of these. */
export const ending = z.union([family, fields({ session: name }), fields({ user: name, client: name }), fields({ user: name })]);

/** The bodies that the control API takes. */
export const bodies = {
  rotate: fields({
    at: z.number().int().optional(),
    publish: milliseconds.nullable().optional(),
    overlap: milliseconds.min(0).nullable().optional(),
    kid: name.optional(),
  }),
  id: fields({ id: name }),
  release: fields({ id: name.optional() }),
  nothing: fields({}),
  family,
  clock: fields({ advance: milliseconds, backwards: z.boolean().optional() }),
  user: fields({ id: name, email: z.email().max(254).optional(), firstName: name.optional(), lastName: name.optional() }),
  membership: fields({ userId: name, organizationId: name, role: name, permissions: z.array(name).max(100).default([]) }),
  leaving: fields({ userId: name, organizationId: name }),
} as const;

/** What is wrong with a value, and where, without the value itself: it may be a secret. What follows `, got ` is a field that is not known. */
export function complaint({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue === undefined) return "something else";
  const where = issue.path.length === 0 ? "the whole" : `\`${issue.path.join(".")}\``;
  switch (issue.code) {
    case "invalid_type":
      return `${where} to be ${issue.expected}`;
    case "unrecognized_keys":
      return `${where} to have ${issue.message}`;
    case "invalid_value":
      return `${where} to be one of ${issue.values.join(", ")}`;
    case "too_small":
      return `${where} to be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}${issue.origin === "string" ? " characters" : ""}`;
    case "too_big":
      return `${where} to be at most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}`;
    case "invalid_format":
      return issue.format === "regex" ? `${where} to match ${issue.pattern}` : `${where} to be ${issue.format}`;
    case "invalid_union":
      return "options" in issue ? `${where} to be one of ${issue.options?.join(", ")}` : `another shape of ${where}`;
    default:
      return `another shape of ${where}`;
  }
}
