import type { Ports } from "./ports.ts";
import { classifyReply, parseRetryAfter, type TokenAnswer } from "./token-answer.ts";

/** Who we are to the issuer. */
export interface TokenEndpointOptions {
  /** Origin of the WorkOS API, for instance `https://api.workos.com`. */
  readonly origin: string;
  readonly clientId: string;
  /** The WorkOS API key. */
  readonly clientSecret: string;
  readonly ports: Pick<Ports, "fetch" | "now">;
}

/** The issuer's token endpoint. Neither call ever rejects; a fault is an answer too. */
export interface TokenEndpoint {
  /** Exchanges the code of a finished sign-in. */
  exchangeCode(code: string): Promise<TokenAnswer>;
  /** Redeems a refresh token, which an issuer that rotates takes exactly once. */
  redeem(refreshToken: string): Promise<TokenAnswer>;
}

/**
 * The token endpoint of WorkOS: `POST {origin}/user_management/authenticate` with a JSON body.
 *
 * @example
 * ```ts
 * const endpoint = createTokenEndpoint({ origin: "https://api.workos.com", clientId, clientSecret, ports });
 * const answer = await endpoint.redeem(session.refreshToken);
 * ```
 */
export function createTokenEndpoint(options: TokenEndpointOptions): TokenEndpoint {
  const url = `${options.origin}/user_management/authenticate`;
  const headers = { accept: "application/json", "content-type": "application/json", authorization: `Bearer ${options.clientSecret}` };
  const { fetch } = options.ports;

  async function post(grant: Readonly<Record<string, string>>, credential: string): Promise<TokenAnswer> {
    const body = JSON.stringify({ ...grant, client_id: options.clientId, client_secret: options.clientSecret });
    let response: Response;
    let text: string;
    try {
      // A redirect is never followed: it would carry the secret and the token to wherever it points.
      response = await fetch(url, { method: "POST", headers, body, redirect: "manual" });
      text = await response.text();
    } catch {
      // The cause may quote the request, so it is not passed on. Whether the issuer acted is unknown.
      return { kind: "unavailable", said: "the connection to the issuer failed before its answer was complete", retryAfter: null };
    }
    return classifyReply({
      status: response.status,
      json: parseObject(text),
      retryAfter: parseRetryAfter(response.headers.get("retry-after"), options.ports.now()),
      secrets: [credential, options.clientSecret],
    });
  }

  return {
    exchangeCode: (code) => post({ grant_type: "authorization_code", code }, code),
    redeem: (refreshToken) => post({ grant_type: "refresh_token", refresh_token: refreshToken }, refreshToken),
  };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
