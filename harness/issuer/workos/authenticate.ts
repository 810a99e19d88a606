import type { Core } from "../core.ts";
import { json, oauthRefusal, optionalText, requiredText } from "../http.ts";
import type { IssuerRequest, Reply } from "../message.ts";
import type { TokenPair } from "../state/machine.ts";
import { userBody } from "./bodies.ts";
import { keepInBrowser } from "./browser-session.ts";
import { authenticateClient } from "./client-authentication.ts";
import { allowedOrigin } from "./cors.ts";
import { GRANTS } from "./grants.ts";
import { readOAuthBody } from "./requests.ts";
import { seal } from "./seal.ts";

/** What iron asks of a password. */
const SHORTEST_PASSWORD = 32;

/** `POST /user_management/authenticate`: every way to get or to renew a session. */
export async function authenticate(core: Core, request: IssuerRequest): Promise<Reply> {
  const body = readOAuthBody(request);
  const client = authenticateClient(core, request, body);
  const grant = GRANTS.get(requiredText(body, "grant_type"));
  if (grant === undefined) {
    throw oauthRefusal(400, "unsupported_grant_type", `Expected \`grant_type\` to be one of: ${[...GRANTS.keys()].join(", ")}.`);
  }
  const userAgent = { ipAddress: optionalText(body, "ip_address"), userAgent: optionalText(body, "user_agent") };
  const password = sealingPassword(body);

  const pair = await grant({ core, request, client, body });

  const { session } = pair.family;
  if (!core.userAgents.has(session)) core.userAgents.set(session, userAgent);
  const answer = await authenticated(pair);
  const sealed = password === null ? {} : { sealed_session: seal(sdkSession(answer), password, core.options.randomBytes) };
  const reply = json(200, { ...answer, ...sealed });
  if (client.secret === null && allowedOrigin(core, request) !== null) keepInBrowser(core, pair, reply);
  return reply;
}

/** `UserlandAuthenticateResponse` of workos/openapi-spec. The refresh token is there for browsers too: authkit-js' devMode keeps it. */
async function authenticated({ family, organizationId, accessToken, refreshToken }: TokenPair): Promise<Record<string, unknown>> {
  const { session } = family;
  return {
    user: userBody(session.user),
    ...(organizationId === null ? {} : { organization_id: organizationId }),
    access_token: await accessToken.jwt,
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    authentication_method: session.method,
  };
}

/** The password that the answer shall be sealed with too, or null. Read before anything is redeemed. */
function sealingPassword(body: Record<string, unknown>): string | null {
  const wish = body.session;
  if (typeof wish !== "object" || wish === null || !("seal_session" in wish) || wish.seal_session !== true) return null;
  const password = "cookie_password" in wish ? wish.cookie_password : null;
  if (typeof password === "string" && password.length >= SHORTEST_PASSWORD) return password;
  throw oauthRefusal(400, "invalid_request", `Expected \`session.cookie_password\` to have at least ${SHORTEST_PASSWORD} characters.`);
}

/** What `sealSessionDataFromAuthenticationResponse` of @workos-inc/node seals: the answer with its names in camel case. */
function sdkSession(answer: Record<string, unknown>): unknown {
  return camelCased({ ...answer, user: camelCased(answer.user as Record<string, unknown>) });
}

function camelCased(object: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(object).map(([name, value]) => [name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), value]);
  return Object.fromEntries(entries);
}
