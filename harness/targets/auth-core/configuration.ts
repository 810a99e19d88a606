import type { AuthConfig } from "@auth/core";
import type { JWT } from "@auth/core/jwt";
import type { Environment } from "../../model/target.ts";

export const PROVIDER = "holdfast";

/** What the guide keeps of the issuer's answers in the session. */
interface Tokens extends JWT {
  readonly access_token?: string;
  readonly refresh_token?: string;
  /** Seconds since the epoch. */
  readonly expires_at?: number;
  error?: "RefreshTokenError";
}

/** What pages are told beside who it is. */
export interface Told {
  readonly error?: "RefreshTokenError";
}

/**
 * The configuration of Auth.js' guide to refresh token rotation (authjs.dev/guides/refresh-token-rotation), with JWT sessions: the
 * callback keeps the tokens at sign-in, redeems the refresh token when the access token is over, and notes an error where that fails.
 */
export function configurationOf({ issuer, cookiePasswords }: Environment): AuthConfig {
  const silent = () => {};
  return {
    basePath: "/auth",
    secret: cookiePasswords[0] ?? "",
    trustHost: true,
    logger: { error: silent, warn: silent, debug: silent },
    providers: [
      {
        ...{ id: PROVIDER, name: "Holdfast", type: "oidc", issuer: issuer.origin },
        ...{ clientId: issuer.clientId, clientSecret: issuer.apiKey },
        authorization: { params: { scope: "openid email offline_access" } },
      },
    ],
    callbacks: {
      async jwt({ token, account }) {
        const before: Tokens = token;
        if (account) {
          const { access_token, refresh_token, expires_at } = account;
          return { ...token, access_token, refresh_token, expires_at };
        }
        if (Date.now() < (before.expires_at ?? 0) * 1000) return token;
        if (before.refresh_token === undefined) throw new TypeError("expected a refresh token");
        try {
          return await refreshed(issuer, before, before.refresh_token);
        } catch {
          before.error = "RefreshTokenError";
          return before;
        }
      },
      session: ({ session, token }) => Object.assign(session, { error: (token as Tokens).error }),
    },
  };
}

async function refreshed(issuer: Environment["issuer"], before: Tokens, refreshToken: string): Promise<Tokens> {
  const { origin, clientId, apiKey } = issuer;
  const form = { client_id: clientId, client_secret: apiKey, grant_type: "refresh_token", refresh_token: refreshToken };
  const response = await fetch(`${origin}/oauth2/token`, { method: "POST", body: new URLSearchParams(form) });
  const tokens = (await response.json()) as { access_token: string; expires_in: number; refresh_token?: string };
  if (!response.ok) throw tokens;
  return {
    ...before,
    access_token: tokens.access_token,
    expires_at: Math.floor(Date.now() / 1000 + tokens.expires_in),
    refresh_token: tokens.refresh_token ?? refreshToken,
  };
}
