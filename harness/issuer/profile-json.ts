import { z } from "zod";
import { HoldfastError } from "../model/error.ts";
import { fields } from "./fields.ts";
import type { Profile } from "./profile.ts";
import { REPLAY, ROTATING } from "./profiles/base.ts";
import { profiles } from "./profiles.ts";

const names = z.enum(Object.keys(profiles) as [keyof typeof profiles]);
const seconds = z.number().positive().nullable();
const part = z.number().min(0).max(1);

const graceRule = fields({
  generations: z.enum(["parent", "any"]).default(REPLAY.generations),
  seconds,
  since: z.enum(["first-redemption", "last-redemption", "last-refresh"]).default(REPLAY.since),
  count: z.int().positive().nullable().default(REPLAY.count),
  untilSuccessorUsed: z.boolean().default(REPLAY.untilSuccessorUsed),
  sameRequest: z.boolean().default(REPLAY.sameRequest),
  answer: z.enum(["same-pair", "same-refresh-token", "sibling"]),
});

const tokenError = fields({
  status: z.int().min(400).max(599),
  // RFC 6749 §5.2: printable ASCII without the quote and the backslash.
  error: z.string().regex(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/),
  description: z.string().nullable().default(null),
});

const lifetime = seconds.optional();

const knobs = fields({
  /** The name of the profile that it differs from; without one, from an issuer that rotates at every use and does no more. */
  extends: names.optional(),
  name: z.string().regex(/^[a-z0-9-]+$/, "expected lower-case letters, digits and hyphens"),
  summary: z.string().optional(),
  rotation: z
    .discriminatedUnion("when", [
      fields({ when: z.enum(["always", "never"]) }),
      fields({ when: z.enum(["threshold", "public-clients"]), part }),
    ])
    .optional(),
  omitsUnchangedToken: z.boolean().optional(),
  grace: z.array(graceRule).optional(),
  lateReuse: z.enum(["error", "descendants", "family", "session", "grant", "client-user"]).optional(),
  revokedIsReuse: z.boolean().optional(),
  rejections: z.partialRecord(z.enum(["unknown", "spent", "ended", "expired", "foreign", "concurrent"]), tokenError).optional(),
  concurrency: z.enum(["atomic", "compare-and-swap", "check-then-consume", "check-then-replay"]).optional(),
  writesInSteps: z.boolean().optional(),
  endsAccessToken: z.boolean().optional(),
  lifetimes: fields({ refreshToken: lifetime, absolute: lifetime, inactivity: lifetime }).optional(),
  familyCap: z.int().positive().nullable().optional(),
});

/**
 * A profile as JSON: the name of one that exists, or `{ "name", … }` with the knobs that differ from the one that `extends`
 * names. Rejections and lifetimes are merged with that one's; a `grace` replaces all of its rules.
 *
 * @example
 * ```ts
 * const seedFile = z.object({ profile: profileSchema });
 * seedFile.parse({ profile: "logto" }).profile.lateReuse; // "grant"
 * ```
 */
export const profileSchema = z.unknown().transform((json, context): Profile => {
  const parsed =
    typeof json === "string" ? names.transform((name) => profiles[name]).safeParse(json) : knobs.transform(spread).safeParse(json);
  if (parsed.success) return parsed.data;
  // As they are, so that whoever words them knows what was expected.
  for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: json } as z.core.$ZodRawIssue);
  return z.NEVER;
});

/**
 * Reads a profile from JSON, for instance from a seed file.
 *
 * @param json what `JSON.parse` gave: see {@link profileSchema}
 * @throws {HoldfastError} `BAD_USAGE` that says what is wrong where
 *
 * @example
 * ```ts
 * profileFrom("logto").name; // "logto"
 * const lenient = profileFrom({ extends: "better-auth", name: "lenient", grace: [{ seconds: 10, answer: "same-pair" }] });
 * lenient.lateReuse; // "client-user"
 * ```
 */
export function profileFrom(json: unknown): Profile {
  const parsed = profileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new HoldfastError("BAD_USAGE", "expected a profile: a name, or an object of its knobs", z.prettifyError(parsed.error));
}

function spread({ extends: parent, rejections, lifetimes, ...own }: z.infer<typeof knobs>): Profile {
  const base =
    parent === undefined ? { ...ROTATING, summary: "rotates, no grace; late reuse is an error and nothing more" } : profiles[parent];
  const source = parent === undefined ? "Given as JSON." : `Given as JSON, and for the rest ${parent}. ${profiles[parent].source}`;
  return defined<Profile>(
    { ...base, name: own.name, evidence: "own", source },
    { ...own, rejections: { ...base.rejections, ...rejections }, lifetimes: defined({ ...base.lifetimes }, lifetimes ?? {}) },
  );
}

/** What is given, over what there is. A key without a value is as good as none. */
function defined<T extends object>(base: T, own: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return { ...base, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) };
}
