import type { z } from "zod";
import { type ErrorCode, HoldfastError } from "./error.ts";

/** How a value that is not as it should be is spoken of. */
export interface Complaint {
  readonly code: ErrorCode;
  /** What the whole value is, for instance `a scenario`. */
  readonly what: string;
  /** What to do. */
  readonly hint: string;
}

/**
 * A value as its schema has it. The messages of the schema are what was expected, for instance `a whole number from 1 to 64`.
 *
 * @throws HoldfastError that names the first thing that is wrong with it
 */
export function checked<T extends z.ZodType>(schema: T, value: unknown, { code, what, hint }: Complaint): z.infer<T> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  const place = issue.path.length === 0 ? what : `${issue.path.join(".")} of ${what}`;
  if (issue.code === "unrecognized_keys") {
    // A schema that has no words of its own for it has zod's.
    const known = issue.message.startsWith("Unrecognized") ? `nothing unknown in ${place}` : issue.message;
    throw new HoldfastError(code, `expected ${known}, got "${issue.keys[0]}"`, hint);
  }
  throw new HoldfastError(code, `expected ${place} to be ${issue.message}, got ${shown(issue.input)}`, hint);
}

/**
 * A text that is JSON, as its schema has it.
 *
 * @throws HoldfastError that says where it is no JSON, or names the first thing that is wrong with it
 */
export function checkedJson<T extends z.ZodType>(schema: T, text: string, complaint: Complaint): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { code, what, hint } = complaint;
    throw new HoldfastError(code, `expected ${what} to be JSON, but ${(error as Error).message}`, hint, { cause: error });
  }
  return checked(schema, value, complaint);
}

/** A value in few words: what it says where that is short, and else what kind of thing it is. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") return "a function";
  if (value instanceof Promise) return "a promise: await it";
  if (typeof value !== "object" || value === null) return cut(JSON.stringify(value) ?? String(value));
  const json = JSON.stringify(value);
  return json.length <= 60 ? json : Array.isArray(value) ? `a list of ${value.length}` : "an object";
}

/** What is longer than a line is of no more use than its beginning. */
function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

const LONGEST = 80;
