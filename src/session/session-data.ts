import { base64url } from "jose";
import type { Ports } from "./ports.ts";

/** Bytes of a session's key: nobody guesses one, and no two are alike. */
const KEY_BYTES = 16;

/** Which session a cookie stands for, and how old the cookie is. All that a `server-session` gives to the browser. */
export interface SessionReference {
  /** Names this sign-in here; the issuer has its own id for it. Not a credential: only a sealed cookie proves anything. */
  readonly key: string;
  /** 0 at the sign-in. Its record has a higher one once the session has been ended. */
  readonly epoch: number;
  /** How often the refresh token was rotated since the sign-in. */
  readonly generation: number;
  /** When the sign-in was, in milliseconds since the epoch. Of two sessions in one browser the later one counts. */
  readonly startedAt: number;
  /** The organization that the access token speaks for. */
  readonly organizationId: string | null;
  /** When the refresh token ends, as the issuer says or else as configured (ms since the epoch). A browser keeps the cookie until then. */
  readonly expiresAt: number;
}

/** A session with its tokens. */
export interface SessionData extends SessionReference {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** The issuer's user id (`sub`). */
  readonly userId: string;
  /** The issuer's session id (`sid`), which its logout URL needs. */
  readonly sessionId: string;
}

/** Makes the key of a new sign-in. */
export function newSessionKey(ports: Pick<Ports, "randomBytes">): string {
  return base64url.encode(ports.randomBytes(KEY_BYTES));
}

export function hasTokens(session: SessionReference): session is SessionData {
  return "refreshToken" in session;
}

/** The session without its tokens. */
export function referenceTo({ key, epoch, generation, startedAt, organizationId, expiresAt }: SessionReference): SessionReference {
  return { key, epoch, generation, startedAt, organizationId, expiresAt };
}

/** As it is sealed. */
export function encodeSession(session: SessionReference): string {
  const { key, epoch, generation, startedAt, organizationId, expiresAt } = session;
  const reference = { key, epoch, generation, started_at: startedAt, organization_id: organizationId, expires_at: expiresAt };
  if (!hasTokens(session)) return JSON.stringify(reference);
  const { accessToken, refreshToken, userId, sessionId } = session;
  return JSON.stringify({ ...reference, access_token: accessToken, refresh_token: refreshToken, user_id: userId, session_id: sessionId });
}

/** Null when the text is something else: another version of the software sealed it. */
export function decodeSession(text: string): SessionReference | SessionData | null {
  let data: Record<string, unknown> | null;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof data !== "object" || data === null) return null;
  const { key, epoch, generation, started_at: startedAt, organization_id: organizationId, expires_at: expiresAt } = data;
  if (typeof key !== "string" || !isCount(epoch) || !isCount(generation) || !isCount(startedAt) || !isCount(expiresAt)) return null;
  if (organizationId !== null && typeof organizationId !== "string") return null;
  const reference: SessionReference = { key, epoch, generation, startedAt, organizationId, expiresAt };
  const { access_token: accessToken, refresh_token: refreshToken, user_id: userId, session_id: sessionId } = data;
  if (refreshToken === undefined) return reference;
  if (typeof accessToken !== "string" || typeof refreshToken !== "string") return null;
  if (typeof userId !== "string" || typeof sessionId !== "string") return null;
  return { ...reference, accessToken, refreshToken, userId, sessionId };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
