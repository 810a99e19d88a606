import type { Core } from "../core.ts";
import type { RefreshToken } from "../state/records.ts";

/** What kind of endpoint a request goes to, on whichever surface. */
export type Endpoint = (typeof ENDPOINTS)[number];

export const ENDPOINTS = [
  "token",
  "authorize",
  "jwks",
  "discovery",
  "userinfo",
  "introspection",
  "revocation",
  "logout",
  "users",
  "organizations",
  "memberships",
  "sessions",
  "other",
] as const;

// The first that fits. Both surfaces' names of one thing are one endpoint.
const PATHS: readonly (readonly [Endpoint, RegExp])[] = [
  ["logout", /\/(logout|end[-_]session)$/],
  ["token", /\/(authenticate|token)$/],
  ["authorize", /\/authorize(\/|$)/],
  ["jwks", /\/jwks(\.json|\/|$)/],
  ["discovery", /\/\.well-known\//],
  ["userinfo", /\/userinfo$/],
  ["introspection", /\/introspect(ion)?$/],
  ["sessions", /\/sessions(\/|$)/],
  ["revocation", /\/revoke$|\/revocation$/],
  ["memberships", /\/organization_memberships(\/|$)/],
  ["organizations", /\/organizations(\/|$)/],
  ["users", /\/user_management\/users(\/|$)/],
];

/**
 * What a request is addressed to, as far as it says so itself. Nothing here is believed: the surfaces judge it. And nothing here
 * is a text of the client's own, for that may be a secret in the wrong place: it is a word that the issuer knows, or `unknown`.
 */
export interface Address {
  readonly method: string;
  readonly endpoint: Endpoint;
  readonly grantType: string | null;
  readonly clientId: string | null;
  /** The refresh token that it presents, if this issuer has ever issued it. */
  readonly token: RefreshToken | null;
  /** Whether it presents a refresh token, known or not. */
  readonly presents: boolean;
}

/**
 * Reads where a request goes. Never throws, whatever the request is like.
 *
 * @param body the text of the body, or null
 */
export function addressOf({ machine, directory }: Core, request: Request, body: string | null): Address {
  const path = pathOf(request.url);
  const fields = { ...queryFields(request.url), ...bodyFields(request, body) };
  const text = (name: string): string | null => (typeof fields[name] === "string" ? (fields[name] as string) : null);
  const presented = text("refresh_token") ?? text("token");
  const clientId = text("client_id") ?? basicUser(request);
  return {
    method: METHODS.has(request.method) ? request.method : UNKNOWN,
    endpoint: endpointOf(path),
    grantType: word(text("grant_type"), (name) => GRANT_TYPE.test(name)),
    clientId: word(clientId, (name) => directory.client(name) !== undefined),
    token: presented === null ? null : (machine.refreshToken(presented) ?? null),
    presents: presented !== null,
  };
}

const UNKNOWN = "unknown";
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const GRANT_TYPE = /^(authorization_code|refresh_token|client_credentials|password|urn:(ietf|workos):[a-z:_-]{1,80})$/;

function word(text: string | null, isKnown: (name: string) => boolean): string | null {
  return text === null || isKnown(text) ? text : UNKNOWN;
}

function endpointOf(path: string): Endpoint {
  return PATHS.find(([, pattern]) => pattern.test(path))?.[0] ?? "other";
}

function bodyFields(request: Request, body: string | null): Record<string, unknown> {
  if (body === null || body === "") return {};
  if (/^application\/x-www-form-urlencoded\b/i.test(request.headers.get("content-type") ?? "")) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

function basicUser(request: Request): string | null {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (encoded === undefined) return null;
  const [user = ""] = Buffer.from(encoded, "base64").toString().split(":", 1);
  try {
    return decodeURIComponent(user);
  } catch {
    return null;
  }
}

// The URL of a Request is normal already; taking it apart again would cost more than all else here.
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const end = url.indexOf("?", start);
  return end === -1 ? url.slice(start) : url.slice(start, end);
}

function queryFields(url: string): Record<string, unknown> {
  const start = url.indexOf("?");
  return start === -1 ? {} : Object.fromEntries(new URLSearchParams(url.slice(start + 1)));
}
