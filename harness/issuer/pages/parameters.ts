import type { Parameters } from "../http.ts";

/** 32 bytes of SHA-256 as base64url without padding (RFC 7636 §4.2). */
const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** A parameter that cannot be taken, in OAuth's words. Each surface tells it in its way. */
export class Unacceptable extends Error {
  readonly error: string;
  readonly description: string;
  constructor(error: string, description: string) {
    super(description);
    this.name = "Unacceptable";
    this.error = error;
    this.description = description;
  }
}

/** The PKCE challenge; null when there is none. Throws {@link Unacceptable} for anything but S256: `plain` protects nothing. */
export function readChallenge(query: Parameters): string | null {
  const challenge = query.get("code_challenge");
  const method = query.get("code_challenge_method");
  if (challenge === null && method === null) return null;
  if (method !== "S256" || challenge === null || !S256_CHALLENGE.test(challenge)) {
    throw new Unacceptable("invalid_request", "Expected `code_challenge` with `code_challenge_method` S256.");
  }
  return challenge;
}

/** The values of `prompt` (OIDC Core 3.1.2.1). Throws {@link Unacceptable} for `none` beside another. */
export function readPrompts(query: Parameters): ReadonlySet<string> {
  const prompts = new Set((query.get("prompt") ?? "").split(" ").filter((one) => one !== ""));
  if (prompts.has("none") && prompts.size > 1) {
    throw new Unacceptable("invalid_request", "Expected `prompt` none to stand alone.");
  }
  return prompts;
}

/** `max_age` in seconds; null when there is none. Throws {@link Unacceptable} for what is no whole number. */
export function readMaxAge(query: Parameters): number | null {
  const text = query.get("max_age");
  if (text === null) return null;
  if (!/^\d{1,9}$/.test(text)) throw new Unacceptable("invalid_request", "Expected `max_age` to be whole seconds.");
  return Number(text);
}
