// @ts-check
import { backOff, pause } from "./waking.js";

/**
 * What `GET /session` tells, and the page's snapshot.
 *
 * @typedef {{ readonly user_id: string, readonly session_id: string, readonly expires_at: number }} Session
 */

/** The app has said that nobody is signed in. Nothing else means that: not an answer that is missing, nor one that is late. */
export class SignedOut extends Error {}

/**
 * Who is signed in, as the page was told. Where the page was not told, or it was too long ago, the app's own session endpoint is asked,
 * and until it has a verdict nobody is taken for signed out.
 *
 * @param {Session | null} snapshot
 * @param {(trouble: string | null) => void} told why there is no verdict yet, and null once there is
 */
export function createSession(snapshot, told) {
  /** @type {Session | null} */
  let known = snapshot;
  /** @type {Promise<Session> | null} */
  let asking = null;

  /** @returns {Promise<Session>} */
  async function ask() {
    for (let failures = 1; ; failures++) {
      const answer = await askOnce();
      if (answer.session !== null) {
        told(null);
        known = answer.session;
        return answer.session;
      }
      told(answer.trouble);
      await pause(answer.retryAfter ?? backOff(failures));
    }
  }

  return {
    /** Forgets what the page was told: it may be over. */
    forget() {
      known = null;
    },
    /**
     * @returns {Promise<Session>}
     * @throws {SignedOut}
     */
    async current() {
      // The clock of this machine may be wrong: then the app is asked once more often, or a connection is refused once as stale.
      if (known !== null && known.expires_at * 1000 > Date.now()) return known;
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    },
  };
}

/** @returns {Promise<{ session: Session, trouble: null, retryAfter: null } | { session: null, trouble: string, retryAfter: number | null }>} */
async function askOnce() {
  try {
    const response = await fetch("/session", { headers: { accept: "application/json" }, cache: "no-store" });
    if (response.ok) return { session: await response.json(), trouble: null, retryAfter: null };
    const code = response.status === 401 ? (await response.json()).error.code : null;
    if (code === "not_authenticated") throw new SignedOut("the app says that nobody is signed in");
    const seconds = Number(response.headers.get("retry-after"));
    return { session: null, trouble: "The app cannot tell who you are right now.", retryAfter: seconds > 0 ? seconds * 1000 : null };
  } catch (error) {
    if (error instanceof SignedOut) throw error;
    return { session: null, trouble: "The app cannot be reached.", retryAfter: null };
  }
}

/** @typedef {ReturnType<typeof createSession>} SessionOfPage */
