import type { Core } from "../core.ts";
import type { IssuerRequest, Reply } from "../message.ts";
import { cookieOf } from "../pages/cookies.ts";
import type { TokenPair } from "../state/machine.ts";

// What @workos-inc/authkit-js 0.20 needs of the API outside of its devMode: it sends `credentials: "include"` and no refresh token,
// and begins with a refresh only if `document.cookie` has a `workos-has-session` whose dot-separated value holds its client id.
// WorkOS documents neither the name of the cookie with the refresh token nor its attributes. That some browsers refuse it as a
// third-party cookie (workos/authkit-js#37) means `SameSite=None` over HTTPS; over HTTP that is not allowed to exist.

const HINT = "workos-has-session";
/** 400 days in seconds, the most that browsers keep a cookie for. */
const MAX_AGE = 34_560_000;

/** The refresh token that the browser sent as a cookie, or null. */
export function cookieRefreshToken({ options }: Core, request: IssuerRequest): string | null {
  return cookieOf(request, refreshCookie(options.clientId));
}

/** Gives the refresh token to the browser in a cookie that no script reads, and the hint that there is one. */
export function keepInBrowser(core: Core, pair: TokenPair, reply: Reply): void {
  if (pair.refreshToken !== null) setCookies(core, reply, pair.refreshToken, MAX_AGE);
}

/** Takes both cookies away when the session that ends is theirs: a late sign-out must not end a newer sign-in. */
export function endBrowserSession(core: Core, request: IssuerRequest, session: string, reply: Reply): void {
  const held = cookieRefreshToken(core, request);
  if (held === null) return;
  const theirs = core.machine.refreshToken(held)?.family.session.id;
  if (theirs === undefined || theirs === session) setCookies(core, reply, "", 0);
}

function setCookies({ options, origin }: Core, reply: Reply, refreshToken: string, maxAge: number): void {
  const { protocol, hostname } = new URL(origin);
  const site = protocol === "https:" ? "SameSite=None; Secure" : "SameSite=Lax";
  const lasts = `Max-Age=${maxAge}; ${site}`;
  const hint = maxAge === 0 ? "" : options.clientId;
  reply.headers.append("set-cookie", `${refreshCookie(options.clientId)}=${refreshToken}; Path=/user_management; HttpOnly; ${lasts}`);
  reply.headers.append("set-cookie", `${HINT}=${hint}; Path=/${sharedDomain(hostname)}; ${lasts}`);
}

function refreshCookie(clientId: string): string {
  return `workos-refresh-${clientId}`;
}

/**
 * Pages of the app read the hint, so it belongs to the domain above `auth.app.example`, as with a custom domain of WorkOS
 * (workos/authkit-js#137). A host without one, such as `localhost`, shares its cookies with the app as it is: ports do not matter.
 */
function sharedDomain(hostname: string): string {
  const labels = hostname.split(".");
  return labels.length < 3 || /^[\d.]+$|:/.test(hostname) ? "" : `; Domain=${labels.slice(1).join(".")}`;
}
