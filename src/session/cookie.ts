import { readCookies, setCookie } from "./cookie-header.ts";
import { SessionError } from "./error.ts";
import type { Seal } from "./seal.ts";
import { decodeSession, encodeSession, type SessionReference } from "./session-data.ts";

/** How the names of the cookies begin that carry the session. */
export const SESSION_COOKIE = "__Host-holdfast-session";

/** Characters of a value, so that name and value stay below the 4096 bytes at which browsers drop a cookie (RFC 6265bis §5.7, step 5). */
const CHUNK = 3900;
/** With more, servers that take 16 KB of headers (Node's default) would refuse the request. */
const MAX_CHUNKS = 4;
/** Characters of the session's key that stand in the name: enough to tell the sessions of one browser apart. */
const TAG = 8;
/** How many cookies of sessions are opened at most: a browser has one or two; more are made up to cost time. */
const MAX_OPENED = 6;

/** `{prefix}.{session}.{generation}.{chunk}` */
const NAME = /^__Host-holdfast-session\.([\w-]{1,8})\.(\d{1,9})\.(\d)$/;

/** What a request's cookies turned out to be. `names` are all that are ours. */
export type OpenedCookie =
  | { readonly kind: "absent" }
  /** There is one, but it is damaged or holds something else. */
  | { readonly kind: "unreadable"; readonly names: readonly string[] }
  /** Another deployment has sealed it with a key that this one does not have: no statement about the session. */
  | { readonly kind: "unknown-key"; readonly names: readonly string[] }
  | {
      readonly kind: "opened";
      /** The latest sign-in, in its newest generation. */
      readonly session: SessionReference;
      /** Earlier sign-ins that the browser still holds. */
      readonly others: readonly SessionReference[];
      readonly names: readonly string[];
    };

/** Seals sessions into cookies and opens them. */
export interface SessionCookie {
  /** @param header The `Cookie` header of a request. Never rejects because of what the cookies hold. */
  open(header: string | null): Promise<OpenedCookie>;
  /**
   * @param names The cookies that the request brought: those that this session does not need are removed.
   * @returns `Set-Cookie` values.
   * @throws SessionError `cookie_too_large` when it does not fit.
   */
  seal(session: SessionReference, names?: readonly string[]): Promise<readonly string[]>;
  /**
   * Removes cookies by their full names, so that an answer which comes late leaves alone what it did not judge.
   *
   * @returns `Set-Cookie` values.
   */
  clear(names: readonly string[]): readonly string[];
  /** Of these cookies, those of this generation and of older ones of the same session: what a verdict on it is about. */
  judged(session: SessionReference, names: readonly string[]): readonly string[];
  /** Of these cookies, those that are not of this very generation. */
  stale(session: SessionReference, names: readonly string[]): readonly string[];
}

/**
 * The sealed cookie, cut into chunks below 4 KB. Session and generation stand in the name of every chunk: chunks of two
 * generations never mix, an answer that comes late cannot overwrite a newer cookie, and removing one removes no other.
 *
 * A browser keeps it for as long as the refresh token lives.
 *
 * @example
 * ```ts
 * const cookie = createSessionCookie({ seal: createSeal([password]), now: Date.now });
 * for (const value of await cookie.seal(session)) headers.append("set-cookie", value);
 * const opened = await cookie.open(request.headers.get("cookie"));
 * ```
 */
export function createSessionCookie(options: { readonly seal: Seal; now(): number }): SessionCookie {
  const { seal } = options;

  /** Seconds. A clock that is ahead must not remove the cookie: whether the token has ended is the issuer's to say. */
  function maxAgeOf({ expiresAt }: SessionReference): number {
    return Math.max(1, Math.ceil((expiresAt - options.now()) / 1000));
  }

  async function openAll(candidates: readonly string[]): Promise<{ sessions: SessionReference[]; unknownKey: boolean }> {
    const sessions: SessionReference[] = [];
    let unknownKey = false;
    for (const candidate of candidates.slice(0, MAX_OPENED)) {
      const opened = await seal.open(candidate);
      if (opened.kind === "unknown-key") unknownKey = true;
      const session = opened.kind === "opened" ? decodeSession(opened.text) : null;
      if (session !== null) sessions.push(session);
    }
    return { sessions, unknownKey };
  }

  return {
    async open(header) {
      const chunks = readCookies(header).filter(({ name }) => NAME.test(name));
      if (chunks.length === 0) return { kind: "absent" };
      const names = [...new Set(chunks.map(({ name }) => name))];
      const { sessions, unknownKey } = await openAll(joined(chunks));
      const [session, ...rest] = sessions.sort((a, b) => b.startedAt - a.startedAt || b.generation - a.generation);
      if (session === undefined) return { kind: unknownKey ? "unknown-key" : "unreadable", names };
      const others = new Map(rest.reverse().map((other) => [other.key, other]));
      others.delete(session.key);
      return { kind: "opened", session, others: [...others.values()], names };
    },

    async seal(session, names = []) {
      const sealed = await seal.seal(encodeSession(session));
      const count = Math.ceil(sealed.length / CHUNK);
      if (count > MAX_CHUNKS) {
        throw new SessionError(
          "cookie_too_large",
          `expected a session of at most ${MAX_CHUNKS * CHUNK} characters when sealed, got ${sealed.length}: put fewer claims into the access token, or use server-session`,
        );
      }
      const set = Array.from({ length: count }, (_, index) => {
        const part = sealed.slice(index * CHUNK, (index + 1) * CHUNK);
        return { name: `${prefixOf(session)}.${index}`, value: index === 0 ? `${count}~${part}` : part };
      });
      const stale = names.filter((name) => !set.some((chunk) => chunk.name === name));
      return [...stale.map(removal), ...set.map(({ name, value }) => setCookie(name, value, maxAgeOf(session)))];
    },

    clear: (names) => names.map(removal),

    judged(session, names) {
      return names.filter((name) => {
        const [, tag, generation] = NAME.exec(name) ?? [];
        return tag === tagOf(session) && Number(generation) <= session.generation;
      });
    },

    stale: (session, names) => names.filter((name) => !name.startsWith(`${prefixOf(session)}.`)),
  };
}

function removal(name: string): string {
  return setCookie(name, "", 0);
}

function tagOf({ key }: SessionReference): string {
  return key.slice(0, TAG);
}

function prefixOf(session: SessionReference): string {
  return `${SESSION_COOKIE}.${tagOf(session)}.${session.generation}`;
}

function generationOf(name: string): number {
  return Number(NAME.exec(name)?.[2]);
}

/** The sealed texts that the chunks make up, newest generation first. Of twins both are tried: nothing says which one is genuine but the seal. */
function joined(chunks: readonly { readonly name: string; readonly value: string }[]): readonly string[] {
  const byName = new Map<string, string[]>();
  for (const { name, value } of chunks) byName.set(name, [...(byName.get(name) ?? []), value]);
  const heads = [...byName].filter(([name]) => name.endsWith(".0")).sort(([a], [b]) => generationOf(b) - generationOf(a));
  return heads.flatMap(([name, values]) =>
    values.map((head, twin) => {
      const [count = "", first = ""] = head.split("~", 2);
      const tail = Array.from({ length: Math.min(Number(count) || 1, MAX_CHUNKS) - 1 }, (_, index) => {
        const parts = byName.get(`${name.slice(0, -1)}${index + 1}`) ?? [];
        return parts[twin] ?? parts[0] ?? "";
      });
      return [first, ...tail].join("");
    }),
  );
}
