import { type Bench, bench, CALLBACK, ORIGIN } from "../issuer.testing.ts";
import type { Client, IssuerOptions } from "../options.ts";
import { s256 } from "../state/secrets.ts";

// For tests alone.

export const VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789";
export const BYE = "https://app.test/bye";

const uris = { redirectUris: [CALLBACK], postLogoutRedirectUris: [BYE] };
/** A server's client. Its secret has every character that the two encodings of RFC 6749 §2.3.1 could spoil. */
export const WEB: Client = { id: "web_app", secret: "s3cret+with/odd:characters%&=", ...uris };
/** A browser's client. */
export const SPA: Client = { id: "spa", secret: null, ...uris };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails when it is not there.
  readonly body: any;
  /** Where a redirect leads. */
  readonly location: URL | null;
  /** What a redirect carries. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Null leaves a parameter out that would be there. */
export type Fields = Readonly<Record<string, string | null>>;

export interface OidcBench extends Bench {
  ask(path: string, init?: RequestInit): Promise<Answer>;
  form(path: string, fields: Fields, headers?: Record<string, string>): Promise<Answer>;
  /** As {@link WEB}, with PKCE, unless told otherwise. */
  start(query?: Fields, init?: RequestInit): Promise<Answer>;
  /** A form that {@link WEB} sends, authenticated in its body. */
  asWeb(path: string, fields: Fields): Promise<Answer>;
  /** Exchanges a code of {@link start}. */
  exchange(code: string, fields?: Fields): Promise<Answer>;
  /** From the start to the tokens. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  tokens(query?: Fields): Promise<any>;
}

/** An issuer with two OIDC clients, and helpers that speak the OIDC surface's wire. */
export function oidcBench(overrides: Partial<IssuerOptions> = {}): OidcBench {
  const world = bench({ clients: [WEB, SPA], interactive: true, ...overrides });

  async function ask(path: string, init?: RequestInit): Promise<Answer> {
    const response = await world.issuer.fetch(new Request(new URL(path, ORIGIN), init));
    const text = await response.text();
    const location = URL.parse(response.headers.get("location") ?? "");
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    const parameters = Object.fromEntries(location?.searchParams ?? []);
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null, location, parameters };
  }
  const form: OidcBench["form"] = (path, fields, headers) => ask(path, { method: "POST", body: search(fields), headers: headers ?? {} });
  const asWeb: OidcBench["asWeb"] = (path, fields) => form(path, { client_id: WEB.id, client_secret: WEB.secret, ...fields });
  const exchange: OidcBench["exchange"] = (code, fields) =>
    asWeb("/oauth2/token", { grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: VERIFIER, ...fields });
  const start: OidcBench["start"] = (query, init) => ask(`/oauth2/authorize?${search(request(query))}`, init);
  return {
    ...world,
    ask,
    form,
    start,
    asWeb,
    exchange,
    async tokens(query) {
      const { parameters } = await start(query);
      return (await exchange(parameters.code ?? "")).body;
    },
  };
}

/** What {@link OidcBench.start} asks for. */
export function request(query: Fields = {}): Fields {
  return {
    ...{ client_id: WEB.id, redirect_uri: CALLBACK, response_type: "code", scope: "openid email offline_access" },
    ...{ state: "state_1", nonce: "nonce_1", login_hint: "ada@example.test" },
    ...{ code_challenge: s256(VERIFIER), code_challenge_method: "S256", ...query },
  };
}

export function search(fields: Fields): URLSearchParams {
  return new URLSearchParams(Object.entries(fields).filter((field): field is [string, string] => field[1] !== null));
}

/** Status, code and text of an error in OAuth's shape. */
export function oauthError({ status, body }: Answer): [number, string, string] {
  return [status, body.error, body.error_description];
}
