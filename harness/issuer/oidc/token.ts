import type { Core } from "../core.ts";
import { json, oauthRefusal, type Parameters, readForm, requiredParameter } from "../http.ts";
import type { IssuerRequest, Reply } from "../message.ts";
import type { Client } from "../options.ts";
import { rejection } from "../rejection.ts";
import type { TokenPair } from "../state/machine.ts";
import type { AccessToken } from "../state/records.ts";
import { authenticateClient } from "./client-authentication.ts";
import { idToken } from "./id-token.ts";
import { wordsOf } from "./scopes.ts";

/**
 * `POST /oauth2/token`: exchanges a code or redeems a refresh token (RFC 6749 §4.1.3, §6).
 *
 * A refresh token comes with the code's exchange only where `offline_access` was granted (OIDC Core 11). That scope alone decides:
 * no consent page has to have been shown for it.
 */
export function tokenEndpoint(core: Core): (request: IssuerRequest) => Promise<Reply> {
  const { codes, machine, directory, options } = core;
  /** A replay that hands out the same access token hands out the same ID token. */
  const idTokens = new WeakMap<AccessToken, Promise<string>>();

  function exchangeCode(client: Client, form: Parameters): { pair: TokenPair; nonce: string | null } {
    const code = requiredParameter(form, "code");
    const redirectUri = requiredParameter(form, "redirect_uri");
    const exchange = codes.exchange(code, client, form.get("code_verifier"));
    if (exchange.kind === "invalid") {
      const { began } = exchange;
      if (began !== null) machine.end({ family: began.name }, "theft", "its code was presented a second time (RFC 6749 §4.1.2)");
      throw oauthRefusal(400, "invalid_grant", "The code is unknown, expired or already exchanged.");
    }
    if (exchange.kind === "wrong-verifier") {
      throw oauthRefusal(400, "invalid_grant", "The `code_verifier` does not match the challenge of the code.");
    }
    const { approval } = exchange;
    if (approval.surface !== "oidc") throw oauthRefusal(400, "invalid_grant", "The code is unknown, expired or already exchanged.");
    if (approval.redirectUri !== redirectUri) {
      throw oauthRefusal(400, "invalid_grant", "The `redirect_uri` is not the one that the code was sent to.");
    }
    const pair = machine.signIn(approval);
    codes.remember(code, pair.family);
    const isOffline = wordsOf(pair.family.scope).includes("offline_access");
    return { pair: isOffline ? pair : { ...pair, refreshToken: null }, nonce: approval.nonce };
  }

  async function refresh(client: Client, form: Parameters): Promise<TokenPair> {
    const presented = requiredParameter(form, "refresh_token");
    const token = machine.refreshToken(presented);
    const scope = form.get("scope");
    // Before anything is redeemed: a wish that is refused must not cost the token. What a stranger asks for is answered by `redeem`.
    if (scope !== null && token?.family.client === client && token.family.surface === "oidc") {
      const granted = wordsOf(token.family.scope);
      if (!wordsOf(scope).every((word) => granted.includes(word))) {
        throw oauthRefusal(400, "invalid_scope", "Expected `scope` to ask for no more than was granted.");
      }
    }
    const narrowed = scope === null ? {} : { scope: wordsOf(scope).join(" ") };
    const redemption = await machine.redeem(presented, { clientId: client.id, surface: "oidc", organizationId: null, ...narrowed });
    if (redemption.kind === "rejected") throw rejection(options.profile, redemption.reason);
    return redemption.pair;
  }

  async function answer({ accessToken, refreshToken }: TokenPair, nonce: string | null): Promise<Reply> {
    const { scope, expiresAt } = accessToken;
    const body = {
      token_type: "Bearer",
      expires_in: expiresAt / 1000 - Math.floor(options.now() / 1000),
      scope,
      ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    };
    if (!wordsOf(scope).includes("openid")) return tokens({ access_token: await accessToken.jwt, ...body });
    const signing = idTokens.get(accessToken) ?? idToken(core, accessToken, nonce);
    idTokens.set(accessToken, signing);
    return tokens({ access_token: await accessToken.jwt, ...body, id_token: await signing });
  }

  return async (request) => {
    const form = readForm(request);
    const client = authenticateClient(directory, request, form);
    const type = requiredParameter(form, "grant_type");
    if (type === "refresh_token") return answer(await refresh(client, form), null);
    if (type !== "authorization_code") {
      throw oauthRefusal(400, "unsupported_grant_type", "Expected `grant_type` to be authorization_code or refresh_token.");
    }
    const { pair, nonce } = exchangeCode(client, form);
    return answer(pair, nonce);
  };
}

/** RFC 6749 §5.1 wants both. */
function tokens(body: unknown): Reply {
  return json(200, body, { pragma: "no-cache" });
}
