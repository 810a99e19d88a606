import { z } from "zod";
import type { Core } from "../core.ts";
import { browserUrl, json, redirect } from "../http.ts";
import type { Reply } from "../message.ts";
import type { Route, Visit } from "../router.ts";
import type { Session } from "../state/records.ts";
import { moment } from "./bodies.ts";
import { endBrowserSession } from "./browser-session.ts";
import { page } from "./lists.ts";
import { checkApiKey, invalid, notFound, readApiBody } from "./requests.ts";

/** What `expires_at` says where the profile ends no session by time: the API has no word for "never". */
const NO_END = 365 * 24 * 3600;

const REVOCATION = z.object({ session_id: z.string().min(1) });

/** Listing, revoking and signing out. */
export function sessionRoutes(core: Core): readonly Route[] {
  const { options, machine, directory, userAgents } = core;

  function body(session: Session): Record<string, unknown> {
    const { id, user, method, startedAt, families } = session;
    const { ipAddress, userAgent } = userAgents.get(session) ?? { ipAddress: null, userAgent: null };
    const organizationId = families.at(-1)?.organizationId ?? null;
    const lifetime = options.profile.lifetimes.absolute ?? NO_END;
    return {
      object: "session",
      id,
      user_id: user.id,
      ...(organizationId === null ? {} : { organization_id: organizationId }),
      ip_address: ipAddress,
      user_agent: userAgent,
      auth_method: AUTH_METHODS[method] ?? "unknown",
      status: "active",
      expires_at: moment(startedAt + lifetime * 1000),
      ended_at: null,
      created_at: moment(startedAt),
      updated_at: moment(Math.max(...families.map(({ usedAt }) => usedAt))),
    };
  }

  function list({ request, query, parameter }: Visit): Reply {
    checkApiKey(options, request);
    if (directory.user(parameter) === undefined) throw notFound("User");
    const live = machine.sessions.filter((session) => session.user.id === parameter && machine.isLive(session));
    return page(query, live, body);
  }

  function revoke({ request }: Visit): Reply {
    checkApiKey(options, request);
    const { session_id } = readApiBody(request, REVOCATION);
    if (!machine.end({ session: session_id }, "admin", "revoked through the API")) throw notFound("Session");
    return json(200, {});
  }

  function logout({ request, query }: Visit): Reply {
    const session = query.get("session_id");
    if (!session) throw invalid([{ field: "session_id", code: "missing" }]);
    const returnTo = browserUrl(query.get("return_to"));
    if (query.has("return_to") && returnTo === null) throw invalid([{ field: "return_to", code: "invalid_url" }]);
    if (!machine.end({ session }, "user", "signed out at the logout URL")) throw notFound("Session");
    const reply = returnTo === null ? json(200, { message: "Signed out." }) : redirect(returnTo);
    endBrowserSession(core, request, session, reply);
    return reply;
  }

  return [
    { method: "GET", path: /^\/user_management\/users\/([^/]+)\/sessions$/, handle: list },
    { method: "GET", path: /^\/user_management\/sessions\/logout$/, handle: logout },
    { method: "POST", path: /^\/user_management\/sessions\/revoke$/, handle: revoke },
  ];
}

/** `auth_method` of a session beside `authentication_method` of an answer (workos/openapi-spec): two lists of names for one thing. */
const AUTH_METHODS: Readonly<Record<string, string>> = {
  Password: "password",
  MagicAuth: "magic_code",
  SSO: "sso",
  Passkey: "passkey",
  Impersonation: "impersonation",
  GoogleOAuth: "oauth",
  MicrosoftOAuth: "oauth",
  GitHubOAuth: "oauth",
  AppleOAuth: "oauth",
};
