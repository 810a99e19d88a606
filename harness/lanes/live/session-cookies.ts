import type { Credential } from "../../model/credential.ts";

/** A cookie as a `Cookie` header has it. */
export interface NamedCookie {
  readonly name: string;
  readonly value: string;
}

/** Which cookies keep somebody signed in. */
export type IsSessionCookie = (name: string) => boolean;

/**
 * The cookies in a `Cookie` header.
 *
 * @example
 * ```ts
 * cookiesIn("a=1; b=2"); // [{ name: "a", value: "1" }, { name: "b", value: "2" }]
 * ```
 */
export function cookiesIn(header: string): readonly NamedCookie[] {
  return header.split("; ").flatMap((cookie) => {
    const at = cookie.indexOf("=");
    return at < 0 ? [] : [{ name: cookie.slice(0, at), value: cookie.slice(at + 1) }];
  });
}

/** What stands between the name of a cookie and the number of its chunk. */
const CHUNK = /[._-]\d+$/;

/**
 * Recognises session cookies from those of two sign-ins. Where both have one name, it is that, in chunks or not; where an app names them
 * anew for each session, it is what the names begin with.
 *
 * @example
 * ```ts
 * sessionCookiesLike(["app.Xy12.0"], ["app.Zq98.0"])("app.Mn77.3"); // true
 * ```
 */
export function sessionCookiesLike(one: readonly string[], other: readonly string[]): IsSessionCookie {
  const bare = (names: readonly string[]) => [...new Set(names.map((name) => name.replace(CHUNK, "")))];
  const exact = new Set(bare(one).filter((name) => bare(other).includes(name)));
  const left = bare(one).filter((name) => !exact.has(name));
  const prefixes = left.flatMap((name) => {
    const shared = bare(other).map((candidate) => sharedBeginning(name, candidate));
    const longest = shared.sort((a, b) => b.length - a.length)[0] ?? "";
    return longest === "" ? [] : [longest];
  });
  return (name) => exact.has(name.replace(CHUNK, "")) || exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** Up to its last dot, or where it has none to its last dash: what comes after may be alike by chance. */
function sharedBeginning(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  const shared = one.slice(0, length);
  for (const end of [".", ":", "-", "_"]) if (shared.includes(end)) return shared.slice(0, shared.lastIndexOf(end) + 1);
  return shared;
}

/** Names as a configuration gives them. */
export function sessionCookiesNamed(names: readonly (string | RegExp)[]): IsSessionCookie {
  return (name) =>
    names.some((known) => (typeof known === "string" ? name === known || name.replace(CHUNK, "") === known : known.test(name)));
}

/** What a jar was seen to hold. */
export interface Holding {
  readonly credential: Credential;
  /** The refresh token itself was readable; else it was told from what the issuer had issued by then. */
  readonly isRead: boolean;
}

/**
 * Says which refresh token a set of session cookies stands for.
 *
 * Where a token stands in a cookie in clear, it is that one. A sealed cookie tells nothing; but the moment at which it was first
 * seen does: it belongs to the session that its browser had signed in to, and to no newer generation than the issuer had issued by then.
 */
export class Holdings {
  readonly #isSession: () => IsSessionCookie;
  readonly #tokens: ReadonlyMap<string, Credential>;
  readonly #newest: () => Credential | null;
  readonly #known = new Map<string, Holding | null>();

  /**
   * @param isSession which cookies count, as far as is known yet
   * @param tokens every refresh token that the issuer has issued, by its text
   * @param newest the newest of the newest family of whose browser it is
   */
  constructor(isSession: () => IsSessionCookie, tokens: ReadonlyMap<string, Credential>, newest: () => Credential | null) {
    this.#isSession = isSession;
    this.#tokens = tokens;
    this.#newest = newest;
  }

  of(header: string): Holding | null {
    const cookies = cookiesIn(header).filter(({ name, value }) => value !== "" && this.#isSession()(name));
    if (cookies.length === 0) return null;
    const print = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const known = this.#known.get(print);
    if (known !== undefined) return known;
    const read = cookies.flatMap(({ value }) => readableIn(value, this.#tokens)).sort((a, b) => b.generation - a.generation)[0];
    const told = read === undefined ? this.#newest() : null;
    const holding = read !== undefined ? { credential: read, isRead: true } : told === null ? null : { credential: told, isRead: false };
    // Before its sign-in has come to its end, nobody can say what a cookie stands for.
    if (holding !== null) this.#known.set(print, holding);
    return holding;
  }
}

/** The refresh tokens in a value: as they are, percent-encoded, or in base64url. */
function readableIn(value: string, tokens: ReadonlyMap<string, Credential>): readonly Credential[] {
  const texts = [value, decoded(value), Buffer.from(value, "base64url").toString("latin1")];
  return [...tokens].flatMap(([token, credential]) => (texts.some((text) => text.includes(token)) ? [credential] : []));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
