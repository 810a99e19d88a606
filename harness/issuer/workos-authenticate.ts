import type { Codes } from "./codes.ts";
import { bearer, json, oauthRefusal, optionalText, readJsonObject, requiredText } from "./http.ts";
import type { Machine, TokenPair } from "./machine.ts";
import type { IssuerOptions } from "./options.ts";
import { sameSecret } from "./secrets.ts";
import { userBody } from "./workos-user.ts";

const REJECTIONS = {
  /** Verbatim in workos/authkit-nextjs#182. The other two texts are ours: WorkOS's are not established. */
  spent: "Refresh token already exchanged.",
  ended: "Session has already ended.",
  unknown: "Invalid refresh token.",
} as const;

/** `POST /user_management/authenticate`: exchanges a code or redeems a refresh token. */
export async function authenticate(options: IssuerOptions, machine: Machine, codes: Codes, request: Request): Promise<Response> {
  const body = await readJsonObject(request);
  checkClient(options, request, body);
  // From here to the settled pair nothing is awaited, so that no other request comes between a check and its change.
  const pair = grant(machine, codes, body);
  return json(200, {
    user: userBody(pair.user),
    access_token: await pair.accessToken,
    refresh_token: pair.refreshToken,
  });
}

function grant(machine: Machine, codes: Codes, body: Record<string, unknown>): TokenPair {
  const type = requiredText(body, "grant_type");
  if (type === "authorization_code") return exchangeCode(machine, codes, body);
  if (type === "refresh_token") return refresh(machine, body);
  throw oauthRefusal(400, "unsupported_grant_type", "Expected `grant_type` to be authorization_code or refresh_token.");
}

function exchangeCode(machine: Machine, codes: Codes, body: Record<string, unknown>): TokenPair {
  const code = requiredText(body, "code");
  const exchange = codes.exchange(code, optionalText(body, "code_verifier"));
  switch (exchange.kind) {
    case "accepted":
      return machine.signIn(exchange.user);
    case "wrong-verifier":
      throw oauthRefusal(400, "invalid_grant", "The `code_verifier` does not match the challenge of the code.");
    case "invalid":
      throw oauthRefusal(400, "invalid_grant", "The code is unknown, expired or already exchanged.");
  }
}

function refresh(machine: Machine, body: Record<string, unknown>): TokenPair {
  const token = requiredText(body, "refresh_token");
  // Ignoring the wish would hand out a token for a session that is not the one asked for.
  if (optionalText(body, "organization_id") !== null) {
    throw oauthRefusal(400, "invalid_request", "This issuer has no organizations: leave `organization_id` out.");
  }
  const redemption = machine.redeem(token);
  if (redemption.kind === "rejected") throw oauthRefusal(400, "invalid_grant", REJECTIONS[redemption.reason]);
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
