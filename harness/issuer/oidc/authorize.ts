import type { Core } from "../core.ts";
import { browserUrl, type Parameters, parseParameters, readForm } from "../http.ts";
import type { IssuerRequest, Reply } from "../message.ts";
import type { Client } from "../options.ts";
import { type Asker, deny } from "../pages/answer.ts";
import { authorizePerson } from "../pages/flow.ts";
import { readChallenge, readMaxAge, readPrompts, Unacceptable } from "../pages/parameters.ts";
import { problem } from "../pages/problem.ts";
import type { Visit } from "../router.ts";
import type { AuthorizationRequest } from "../state/interactions.ts";
import { readHint } from "./id-token.ts";
import { SCOPES, wordsOf } from "./scopes.ts";

/** Parameters that ask for what is not offered, and the error that says so (OIDC Core 3.1.2.6). */
const NOT_OFFERED = {
  request: "request_not_supported",
  request_uri: "request_uri_not_supported",
  registration: "registration_not_supported",
};

/**
 * `GET` and `POST /oauth2/authorize` (OIDC Core 3.1.2.1): the code flow with PKCE.
 *
 * As long as it is not certain where the answer belongs, a mistake is shown to the person; after that it travels to the app.
 */
export async function authorize(core: Core, visit: Visit): Promise<Reply> {
  const { request } = visit;
  const query = request.method === "POST" ? readForm(request) : parseParameters(request.url.search);
  const { client, redirectUri } = readClient(core, request, query);
  const responseMode = query.get("response_mode") === "form_post" ? "form_post" : "query";
  const asker: Asker = { surface: "oidc", redirectUri, responseMode, state: query.get("state") };
  try {
    const wishes = await readWishes(core, client, query);
    return authorizePerson(core, request, { ...asker, ...wishes, client });
  } catch (error) {
    if (error instanceof Unacceptable) return deny(core, asker, error);
    throw error;
  }
}

function readClient({ directory }: Core, request: IssuerRequest, query: Parameters): { client: Client; redirectUri: string } {
  const wrong = (error: string, description: string) => problem(request, 400, error, description);
  if (query.repeated.has("client_id") || query.repeated.has("redirect_uri")) {
    throw wrong("invalid_request", "Expected `client_id` and `redirect_uri` once each.");
  }
  const id = query.get("client_id");
  if (id === null) throw wrong("invalid_request", "Missing `client_id`.");
  const client = directory.client(id);
  if (client === undefined) throw wrong("invalid_client", "Unknown `client_id`.");
  const redirectUri = query.get("redirect_uri");
  const target = browserUrl(redirectUri);
  if (redirectUri === null || target === null || redirectUri.includes("#")) {
    throw wrong("invalid_request", "Expected `redirect_uri` to be an absolute http(s) URL without a fragment.");
  }
  if (client.redirectUris !== null && !client.redirectUris.includes(redirectUri)) {
    throw wrong("invalid_request", "Expected `redirect_uri` to be, character by character, one that the client has registered.");
  }
  return { client, redirectUri };
}

type Wishes = Omit<AuthorizationRequest, keyof Asker | "client">;

async function readWishes(core: Core, client: Client, query: Parameters): Promise<Wishes> {
  if (query.repeated.size > 0) throw new Unacceptable("invalid_request", "Expected no parameter more than once.");
  for (const [name, error] of Object.entries(NOT_OFFERED)) {
    if (query.get(name) !== null) throw new Unacceptable(error, `The parameter \`${name}\` is not supported.`);
  }
  const responseType = query.get("response_type");
  if (responseType === null) throw new Unacceptable("invalid_request", "Missing `response_type`.");
  if (responseType !== "code") throw new Unacceptable("unsupported_response_type", "Expected `response_type` to be code.");
  if (!["query", "form_post", null].includes(query.get("response_mode"))) {
    throw new Unacceptable("invalid_request", "Expected `response_mode` to be query or form_post.");
  }
  const challenge = readChallenge(query);
  if (challenge === null && client.secret === null) {
    throw new Unacceptable("invalid_request", "Expected a `code_challenge`: a client without a secret must use PKCE.");
  }
  // A scope that nobody knows is ignored (OIDC Core 3.1.2.1), and the token answer says what was granted.
  const scopes = wordsOf(query.get("scope")).filter((word) => (SCOPES as readonly string[]).includes(word));
  if (scopes.length === 0) throw new Unacceptable("invalid_scope", `Expected \`scope\` to contain one of ${SCOPES.join(", ")}.`);
  const hint = query.get("id_token_hint");
  const hinted = hint === null ? null : await readHint(core, hint);
  if (hint !== null && hinted === null)
    throw new Unacceptable("invalid_request", "Expected `id_token_hint` to be an ID token of this issuer.");
  const prompts = readPrompts(query);
  return {
    ...{ challenge, scopes, prompts, nonce: query.get("nonce"), maxAge: readMaxAge(query), loginHint: query.get("login_hint") },
    ...{ organizationId: null, expected: hinted?.user ?? null, method: "Password" },
    signUp: prompts.has("create") || query.get("screen_hint") === "sign-up",
  };
}
