import { CompactEncrypt, compactDecrypt, errors } from "jose";
import { readCookie, setCookie } from "./cookie-header.ts";
import { SessionError } from "./error.ts";
import { createSealKeys } from "./seal-keys.ts";

/** The name of the cookie that carries the session. */
export const SESSION_COOKIE = "holdfast-session";

/** Bytes of name and value together; browsers drop a longer cookie (RFC 6265bis §5.7, step 5). */
const MAX_COOKIE_BYTES = 4096;

/** What the sealed cookie holds. */
export interface SessionData {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** The issuer's user id (`sub`). */
  readonly userId: string;
  /** The issuer's session id (`sid`), which its logout URL needs. */
  readonly sessionId: string;
}

/** What a request's cookie turned out to be. */
export type OpenedCookie =
  | { readonly kind: "absent" }
  /** There is one, but no key of the ring opens it, or it holds something else: damaged, forged, or sealed by a deployment with other keys. */
  | { readonly kind: "unreadable" }
  | { readonly kind: "opened"; readonly session: SessionData };

/** Seals sessions into cookies and opens them. */
export interface SessionCookie {
  /** @param header The `Cookie` header of a request. Never rejects because of what the cookie holds. */
  open(header: string | null): Promise<OpenedCookie>;
  /**
   * @returns A `Set-Cookie` value.
   * @throws SessionError `cookie_too_large` when a browser would drop it.
   */
  seal(session: SessionData): Promise<string>;
  /** @returns A `Set-Cookie` value that removes the cookie. */
  clear(): string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The sealed cookie: a compact JWE (`dir`, `A256GCM`) whose protected header names the key.
 *
 * @param options.passwords See {@link createSealKeys}.
 * @param options.maxAge Seconds that a browser keeps the cookie; it should outlive the refresh token.
 * @throws SessionError `bad_options` when the passwords will not do.
 *
 * @example
 * ```ts
 * const cookie = createSessionCookie({ passwords: [password], maxAge: 30 * 24 * 60 * 60 });
 * headers.append("set-cookie", await cookie.seal(session));
 * const opened = await cookie.open(request.headers.get("cookie"));
 * ```
 */
export function createSessionCookie(options: { readonly passwords: readonly string[]; readonly maxAge: number }): SessionCookie {
  const sealKeys = createSealKeys(options.passwords);

  return {
    async open(header) {
      const value = readCookie(header, SESSION_COOKIE);
      if (value === null || value === "") return { kind: "absent" };
      const keys = await sealKeys();
      try {
        const { plaintext } = await compactDecrypt(
          value,
          ({ kid }) => {
            const sealKey = kid === undefined ? undefined : keys.byId.get(kid);
            if (sealKey === undefined) throw new errors.JWEInvalid("no key of the ring has this id");
            return sealKey.key;
          },
          // A cookie from outside could otherwise ask for costly algorithms before it is authenticated.
          { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"], maxDecompressedLength: 0 },
        );
        const session = decode(plaintext);
        return session === null ? { kind: "unreadable" } : { kind: "opened", session };
      } catch (error) {
        // Anything else is a fault of the runtime's crypto, and no statement about the cookie.
        if (error instanceof errors.JOSEError) return { kind: "unreadable" };
        throw error;
      }
    },

    async seal(session) {
      const { newest } = await sealKeys();
      const value = await new CompactEncrypt(encode(session))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: newest.id })
        .encrypt(newest.key);
      // A compact JWE is ASCII, so characters are bytes.
      const bytes = SESSION_COOKIE.length + value.length;
      if (bytes > MAX_COOKIE_BYTES) {
        throw new SessionError(
          "cookie_too_large",
          `expected a session cookie of at most ${MAX_COOKIE_BYTES} bytes (name and value), got ${bytes}: a browser would drop it, so put fewer claims into the access token`,
        );
      }
      return setCookie(SESSION_COOKIE, value, options.maxAge);
    },

    clear() {
      return setCookie(SESSION_COOKIE, "", 0);
    },
  };
}

function encode(session: SessionData): Uint8Array {
  return encoder.encode(
    JSON.stringify({
      access_token: session.accessToken,
      refresh_token: session.refreshToken,
      user_id: session.userId,
      session_id: session.sessionId,
    }),
  );
}

/** Null when the seal is ours but the content is not: another version of the software wrote it. */
function decode(plaintext: Uint8Array): SessionData | null {
  let data: Record<string, unknown> | null;
  try {
    data = JSON.parse(decoder.decode(plaintext));
  } catch {
    return null;
  }
  if (typeof data !== "object" || data === null) return null;
  const { access_token: accessToken, refresh_token: refreshToken, user_id: userId, session_id: sessionId } = data;
  if (typeof accessToken !== "string" || typeof refreshToken !== "string") return null;
  if (typeof userId !== "string" || typeof sessionId !== "string") return null;
  return { accessToken, refreshToken, userId, sessionId };
}
