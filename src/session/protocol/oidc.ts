import * as oauth from "oauth4webapi";
import type { Ports } from "../ports.ts";
import type { Dialect, TokenAnswer, TokenFault } from "../token-answer.ts";
import { askTokenEndpoint, connectionFault } from "./ask.ts";
import { bounded, REQUEST_LIMIT } from "./bounded.ts";
import type { Protocol } from "./protocol.ts";

/** How the client proves who it is to the token endpoint (OIDC Core §9); `none` for a public client. */
export type ClientAuthentication = "client_secret_basic" | "client_secret_post" | "none";

/** Who we are to an OpenID provider. */
export interface OidcOptions {
  /** Its issuer identifier, from which discovery starts, for instance `https://login.example.com`. */
  readonly issuer: string;
  readonly clientId: string;
  /** Ignored with `none`. */
  readonly clientSecret: string;
  readonly clientAuthentication: ClientAuthentication;
  /** For instance `openid email offline_access`. */
  readonly scope: string;
  readonly redirectUri: string;
  readonly dialect: Dialect;
  readonly ports: Pick<Ports, "fetch" | "now" | "wait">;
}

/**
 * Generic OpenID Connect: discovery, the code flow with PKCE and nonce, refresh, revocation (RFC 7009) and RP-initiated logout.
 *
 * @example
 * ```ts
 * const protocol = oidcProtocol({ issuer: "https://login.example.com", clientId, clientSecret, clientAuthentication: "client_secret_basic", scope: "openid offline_access", redirectUri, dialect: "standard", ports });
 * ```
 */
export function oidcProtocol(options: OidcOptions): Protocol {
  const { clientId, redirectUri, ports, dialect } = options;
  const issuer = new URL(options.issuer);
  const { fetch } = ports;
  const insecure = issuer.protocol === "http:" && isLoopback(issuer.hostname);
  // oauth4webapi follows no redirects of the token endpoint.
  const http = { [oauth.customFetch]: (url: string, init: object) => fetch(url, init), [oauth.allowInsecureRequests]: insecure };
  const authentication = clientAuth(options);
  let discovered: Promise<oauth.AuthorizationServer> | null = null;

  /** Once an isolate; a failure is not remembered. */
  function server(): Promise<oauth.AuthorizationServer> {
    discovered ??= bounded(REQUEST_LIMIT, ports, async (signal) =>
      oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...http, signal })),
    ).catch((error: unknown) => {
      discovered = null;
      throw error;
    });
    return discovered;
  }

  function client(): oauth.Client {
    // The library reads the global clock; the difference makes it read ours.
    return { client_id: clientId, [oauth.clockSkew]: Math.round((ports.now() - Date.now()) / 1000) };
  }

  async function withServer<T>(use: (as: oauth.AuthorizationServer) => Promise<T>): Promise<T | TokenFault> {
    let as: oauth.AuthorizationServer;
    try {
      as = await server();
    } catch (error) {
      const fault = connectionFault(error);
      return { ...fault, said: `discovery failed: ${fault.said}`, issuer: "unreached" };
    }
    return use(as);
  }

  function ask(send: (signal: AbortSignal) => Promise<Response>, secrets: readonly string[], limit: number): Promise<TokenAnswer> {
    return askTokenEndpoint(send, { secrets: [...secrets, options.clientSecret], dialect, limit, ports });
  }

  return {
    authorizationUrl: ({ state, nonce, codeChallenge, loginHint }) =>
      withServer(async (as) => {
        const location = new URL(as.authorization_endpoint ?? "/authorize", issuer);
        const parameters = {
          client_id: clientId,
          redirect_uri: redirectUri,
          response_type: "code",
          scope: options.scope,
          state,
          nonce,
          code_challenge: codeChallenge,
          code_challenge_method: "S256",
          ...(loginHint === null ? {} : { login_hint: loginHint }),
        };
        for (const [name, value] of Object.entries(parameters)) location.searchParams.set(name, value);
        return location.href;
      }),

    exchangeCode: (parameters, { state, nonce, verifier }) =>
      withServer(async (as): Promise<TokenAnswer> => {
        let validated: URLSearchParams;
        try {
          // The `iss` of the answer too (RFC 9207): a mix-up would send the code to the wrong issuer.
          validated = oauth.validateAuthResponse(as, client(), parameters, state);
        } catch {
          return { kind: "rejected", said: "the answer of the issuer is not one to this sign-in" };
        }
        let received: Response | null = null;
        const send = async (signal: AbortSignal) => {
          const bound = { ...http, signal };
          received = await oauth.authorizationCodeGrantRequest(as, client(), authentication, validated, redirectUri, verifier, bound);
          return received.clone();
        };
        const answer = await ask(send, [parameters.get("code") ?? "", verifier], REQUEST_LIMIT);
        if (answer.kind !== "issued" || received === null) return answer;
        try {
          await oauth.processAuthorizationCodeResponse(as, client(), received, { expectedNonce: nonce, requireIdToken: true });
          return answer;
        } catch (error) {
          return { kind: "misconfigured", said: `the issuer's id token is not acceptable: ${errorCode(error)}` };
        }
      }),

    redeem: (refreshToken, _organizationId, limit) =>
      withServer((as) =>
        ask(
          (signal) => oauth.refreshTokenGrantRequest(as, client(), authentication, refreshToken, { ...http, signal }),
          [refreshToken],
          limit,
        ),
      ),

    async revoke({ refreshToken }) {
      try {
        const as = await server();
        // Without such an endpoint there is nothing to be told: the token dies of age.
        if (as.revocation_endpoint === undefined) return true;
        const { status } = await bounded(REQUEST_LIMIT, ports, (signal) =>
          oauth.revocationRequest(as, client(), authentication, refreshToken, { ...http, signal }),
        );
        return status === 200;
      } catch {
        return false;
      }
    },

    async logoutUrl(_sessionId, returnTo) {
      const as = await server().catch(() => null);
      if (as?.end_session_endpoint === undefined) return null;
      const location = new URL(as.end_session_endpoint);
      location.searchParams.set("client_id", clientId);
      location.searchParams.set("post_logout_redirect_uri", returnTo);
      return location.href;
    },
  };
}

function clientAuth({ clientAuthentication, clientSecret }: OidcOptions): oauth.ClientAuth {
  if (clientAuthentication === "none") return oauth.None();
  return clientAuthentication === "client_secret_post" ? oauth.ClientSecretPost(clientSecret) : oauth.ClientSecretBasic(clientSecret);
}

function errorCode(error: unknown): string {
  return error instanceof oauth.OperationProcessingError && error.code !== undefined ? error.code : "invalid response";
}

/** Only at home may tokens travel without TLS. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "127.0.0.1" || host === "[::1]";
}
