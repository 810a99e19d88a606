import type { Core } from "../core.ts";
import { bearer, json, oauthRefusal, optionalText, readJsonObject, requiredText } from "../http.ts";
import type { Client, IssuerOptions } from "../options.ts";
import { rejection } from "../rejection.ts";
import type { TokenPair } from "../state/machine.ts";
import { sameSecret } from "../state/secrets.ts";
import { userBody } from "./bodies.ts";

/** `POST /user_management/authenticate`: exchanges a code or redeems a refresh token. */
export async function authenticate(core: Core, request: Request): Promise<Response> {
  const body = await readJsonObject(request);
  checkClient(core.options, request, body);
  const pair = await grant(core, body);
  const { organizationId } = pair;
  const { session } = pair.family;
  return json(200, {
    user: userBody(session.user),
    ...(organizationId === null ? {} : { organization_id: organizationId }),
    access_token: await pair.accessToken.jwt,
    ...(pair.refreshToken === null ? {} : { refresh_token: pair.refreshToken }),
  });
}

async function grant(core: Core, body: Record<string, unknown>): Promise<TokenPair> {
  const client = core.directory.client(core.options.clientId) as Client;
  const type = requiredText(body, "grant_type");
  if (type === "authorization_code") return exchangeCode(core, client, body);
  if (type === "refresh_token") return refresh(core, client, body);
  throw oauthRefusal(400, "unsupported_grant_type", "Expected `grant_type` to be authorization_code or refresh_token.");
}

function exchangeCode({ codes, machine }: Core, client: Client, body: Record<string, unknown>): TokenPair {
  const code = requiredText(body, "code");
  const exchange = codes.exchange(code, client, optionalText(body, "code_verifier"));
  switch (exchange.kind) {
    case "accepted":
      return machine.signIn({ ...exchange.approval, surface: "workos" });
    case "wrong-verifier":
      throw oauthRefusal(400, "invalid_grant", "The `code_verifier` does not match the challenge of the code.");
    case "invalid":
      throw oauthRefusal(400, "invalid_grant", "The code is unknown, expired or already exchanged.");
  }
}

async function refresh({ machine, directory, options }: Core, client: Client, body: Record<string, unknown>): Promise<TokenPair> {
  const token = requiredText(body, "refresh_token");
  const organizationId = optionalText(body, "organization_id");
  const user = machine.refreshToken(token)?.family.session.user;
  // Ignoring the wish would hand out a token for an organization that is not the one asked for.
  if (organizationId !== null && (user === undefined || directory.membership(user.id, organizationId) === undefined)) {
    throw oauthRefusal(400, "invalid_request", "The user is no member of the organization that `organization_id` names.");
  }
  const redemption = await machine.redeem(token, { clientId: client.id, organizationId });
  if (redemption.kind === "rejected") throw rejection(options.profile, redemption.reason);
  return redemption.pair;
}

/** Either place for the API key is enough, as the SDKs differ in which they use; but each that is used must hold the right one. */
function checkClient({ clientId, apiKey }: IssuerOptions, request: Request, body: Record<string, unknown>): void {
  const inHeader = bearer(request);
  if (inHeader !== null && !sameSecret(inHeader, apiKey)) {
    throw oauthRefusal(401, "invalid_client", "The bearer API key is wrong.", { "www-authenticate": "Bearer" });
  }
  if (optionalText(body, "client_id") !== clientId) throw oauthRefusal(400, "invalid_client", "Unknown `client_id`.");
  const inBody = optionalText(body, "client_secret");
  if (inBody !== null && !sameSecret(inBody, apiKey)) throw oauthRefusal(400, "invalid_client", "The `client_secret` is wrong.");
  if (inBody === null && inHeader === null) {
    throw oauthRefusal(400, "invalid_client", "Expected a `client_secret` or a bearer API key.");
  }
}
