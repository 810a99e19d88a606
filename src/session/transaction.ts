import { readCookies } from "./cookie-header.ts";

/** A sign-in under way, as the browser keeps it sealed. */
export interface Transaction {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Where the browser goes afterwards; already checked. */
  readonly returnTo: string;
  /** Milliseconds since the epoch. */
  readonly begunAt: number;
}

/** Milliseconds that a person has between the start and the callback: as long as WorkOS keeps its codes. */
export const TRANSACTION_LIFETIME = 600_000;

/** 16 bytes in base64url; anything else is not ours and must not name a cookie. */
const STATE = /^[A-Za-z0-9_-]{22}$/;
const PREFIX = "__Host-holdfast-sign-in.";
/** Sign-ins under way in one browser. A page that is sent to the sign-in again and again would fill the header that servers take. */
const MOST = 8;

/** The name of the cookie of a sign-in; null when there can be none of this state. */
export function transactionCookie(state: string): string | null {
  return STATE.test(state) ? `${PREFIX}${state}` : null;
}

/** The names of the cookies of sign-ins in a `Cookie` header, the older first, as browsers send them (RFC 6265 §5.4). */
export function transactionCookies(header: string | null): readonly string[] {
  const names = readCookies(header).map(({ name }) => name);
  return names.filter((name) => name.startsWith(PREFIX) && STATE.test(name.slice(PREFIX.length)));
}

/** Of these cookies, those that have to go when one more sign-in begins: the oldest. */
export function surplusTransactions(names: readonly string[]): readonly string[] {
  return names.slice(0, Math.max(0, names.length - MOST + 1));
}

export function encodeTransaction({ state, nonce, verifier, returnTo, begunAt }: Transaction): string {
  return JSON.stringify({ state, nonce, verifier, return_to: returnTo, begun_at: begunAt });
}

/** Null for what is sealed by us but is no sign-in: a session's cookie under this name, for instance. */
export function decodeTransaction(text: string): Transaction | null {
  const { state, nonce, verifier, return_to: returnTo, begun_at: begunAt } = JSON.parse(text);
  if (typeof state !== "string" || typeof nonce !== "string" || typeof verifier !== "string") return null;
  return typeof returnTo === "string" && typeof begunAt === "number" ? { state, nonce, verifier, returnTo, begunAt } : null;
}
