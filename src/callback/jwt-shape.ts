import { base64url } from "jose";
import { hasDuplicateNames } from "./duplicate-names.ts";
import type { RejectionReason } from "./refusal.ts";

/** Bytes, of which a well-formed token has one a character. Servers take headers of 8 to 64 KB; real tokens have 1 to 2. */
export const MAX_TOKEN = 16_384;

/** `typ` values of access tokens (RFC 7519 §5.1, RFC 9068 §2.1), without `application/`. */
const ACCESS_TOKEN_TYPES: readonly unknown[] = ["jwt", "at+jwt"];

/**
 * What is wrong with a token before any key is looked up; null when nothing is. It is stricter than jose, which takes padding,
 * set bits after the last byte and repeated names: one token must have one spelling and one meaning.
 *
 * @example
 * ```ts
 * judgeShape("a.b.c"); // "token_malformed"
 * ```
 */
export function judgeShape(token: string): RejectionReason | null {
  if (token.length > MAX_TOKEN) return "token_too_large";
  const parts = token.split(".");
  if (parts.length !== 3) return "token_malformed";
  const [header, payload, signature] = parts.map(decodeStrictly);
  if (!header || !payload || !signature) return "token_malformed";
  const members = readJsonObject(header);
  return typeof members === "string" ? members : judgeHeader(members);
}

function judgeHeader(header: Readonly<Record<string, unknown>>): RejectionReason | null {
  if (header.alg !== "RS256") return "algorithm_not_allowed";
  // Extensions change what is signed (RFC 7515 §4.1.11, RFC 7797), and no issuer of ours uses any.
  if (Object.hasOwn(header, "crit") || Object.hasOwn(header, "b64")) return "header_not_supported";
  if (header.typ === undefined) return null;
  const type = typeof header.typ === "string" ? header.typ.toLowerCase().replace(/^application\//, "") : header.typ;
  return ACCESS_TOKEN_TYPES.includes(type) ? null : "type_not_allowed";
}

/**
 * Reads a JSON object from its bytes.
 *
 * @returns its members, or `token_malformed`, or `duplicate_names`.
 */
export function readJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | "token_malformed" | "duplicate_names" {
  let value: unknown;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return "token_malformed";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "token_malformed";
  return hasDuplicateNames(text) ? "duplicate_names" : (value as Record<string, unknown>);
}

/** Null unless the text is exactly what encoding its bytes gives. */
function decodeStrictly(part: string): Uint8Array | null {
  try {
    const bytes = base64url.decode(part);
    return base64url.encode(bytes) === part ? bytes : null;
  } catch {
    return null;
  }
}
