import type { Core } from "../core.ts";
import { basicCredentials, mediaType } from "../http.ts";
import type { IssuerRequest } from "../message.ts";
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
 */
export function addressOf({ machine, directory }: Core, request: IssuerRequest): Address {
  const { pathname, searchParams } = request.url;
  const fields = { ...Object.fromEntries(searchParams), ...bodyFields(request) };
  const text = (name: string): string | null => (typeof fields[name] === "string" ? (fields[name] as string) : null);
  const presented = text("refresh_token") ?? text("token");
  const clientId = text("client_id") ?? basicCredentials(request)?.name ?? null;
  return {
    method: METHODS.has(request.method) ? request.method : UNKNOWN,
    endpoint: endpointOf(pathname),
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

function bodyFields(request: IssuerRequest): Record<string, unknown> {
  const { body } = request;
  if (body === "") return {};
  if (mediaType(request) === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(body));
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
