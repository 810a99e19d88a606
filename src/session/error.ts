/**
 * Every way in which the session itself refuses. The set is closed: a caller may switch over it.
 *
 * - `bad_options`: `createSession` was given something it cannot work with.
 * - `cookie_too_large`: the sealed session does not fit into one cookie, which a browser would drop without a word.
 */
export type SessionErrorCode = "bad_options" | "cookie_too_large";

/**
 * The one error class of the session. Its message says what was expected, what came and what to do, and never holds a token.
 *
 * @example
 * ```ts
 * if (error instanceof SessionError && error.code === "cookie_too_large") shrinkTheClaims();
 * ```
 */
export class SessionError extends Error {
  readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode, message: string) {
    super(message);
    this.name = "SessionError";
    this.code = code;
  }
}
