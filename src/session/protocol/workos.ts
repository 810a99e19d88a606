import type { Ports } from "../ports.ts";
import { askTokenEndpoint } from "./ask.ts";
import { bounded, REQUEST_LIMIT } from "./bounded.ts";
import type { Protocol } from "./protocol.ts";

/** Who we are to WorkOS. */
export interface WorkosOptions {
  /** Origin of the WorkOS API, for instance `https://api.workos.com`. */
  readonly origin: string;
  readonly clientId: string;
  /** The WorkOS API key. */
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly ports: Pick<Ports, "fetch" | "now" | "wait">;
}

/**
 * The endpoints of WorkOS that its SDKs use for sessions (field notes §1).
 *
 * @example
 * ```ts
 * const protocol = workosProtocol({ origin: "https://api.workos.com", clientId, clientSecret, redirectUri, ports });
 * const answer = await protocol.redeem(session.refreshToken, null, 10_000);
 * ```
 */
export function workosProtocol(options: WorkosOptions): Protocol {
  const { origin, clientId, clientSecret, redirectUri, ports } = options;
  const headers = { accept: "application/json", "content-type": "application/json", authorization: `Bearer ${clientSecret}` };
  const { fetch } = ports;

  function post(path: string, body: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    return fetch(`${origin}${path}`, { method: "POST", headers, body: JSON.stringify(body), redirect: "manual", signal });
  }

  function authenticate(grant: Readonly<Record<string, string>>, secrets: readonly string[], limit: number) {
    const body = { ...grant, client_id: clientId, client_secret: clientSecret };
    return askTokenEndpoint((signal) => post("/user_management/authenticate", body, signal), {
      secrets: [...secrets, clientSecret],
      dialect: "standard",
      limit,
      ports,
    });
  }

  return {
    async authorizationUrl({ state, codeChallenge, loginHint, organizationId }) {
      const location = new URL("/user_management/authorize", origin);
      location.search = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        provider: "authkit",
        state,
        code_challenge: codeChallenge,
        code_challenge_method: "S256",
        ...(loginHint === null ? {} : { login_hint: loginHint }),
        ...(organizationId === null ? {} : { organization_id: organizationId }),
      }).toString();
      return location.href;
    },

    exchangeCode(parameters, { verifier }) {
      const code = parameters.get("code") ?? "";
      return authenticate({ grant_type: "authorization_code", code, code_verifier: verifier }, [code, verifier], REQUEST_LIMIT);
    },

    redeem(refreshToken, organizationId, limit) {
      const organization = organizationId === null ? {} : { organization_id: organizationId };
      return authenticate({ grant_type: "refresh_token", refresh_token: refreshToken, ...organization }, [refreshToken], limit);
    },

    async revoke({ sessionId }) {
      try {
        const { status } = await bounded(REQUEST_LIMIT, ports, (signal) =>
          post("/user_management/sessions/revoke", { session_id: sessionId }, signal),
        );
        // A session that is not there (any more) needs no end.
        return status === 404 || (status >= 200 && status < 300);
      } catch {
        return false;
      }
    },

    async logoutUrl(sessionId, returnTo) {
      const location = new URL("/user_management/sessions/logout", origin);
      location.search = new URLSearchParams({ session_id: sessionId, return_to: returnTo }).toString();
      return location.href;
    },
  };
}
