import type { ZodType } from "zod";
import { apiRefusal, bearer, json, mediaType, Refusal, readForm, readJsonObject } from "../http.ts";
import type { IssuerRequest } from "../message.ts";
import type { IssuerOptions } from "../options.ts";
import { sameSecret } from "../state/secrets.ts";

/** Throws a {@link Refusal} (401) unless the API key comes as a bearer token. */
export function checkApiKey({ apiKey }: IssuerOptions, request: IssuerRequest): void {
  const key = bearer(request);
  if (key !== null && sameSecret(key, apiKey)) return;
  throw apiRefusal(401, "unauthorized", "Expected the API key as a bearer token.", { "www-authenticate": "Bearer" });
}

/**
 * Reads the body of an OAuth endpoint: JSON as the SDKs send it, or a form as WorkOS' CLI Auth guide does. Throws a
 * {@link Refusal} of OAuth's shape for anything else.
 */
export function readOAuthBody(request: IssuerRequest): Record<string, unknown> {
  if (mediaType(request) !== "application/x-www-form-urlencoded") return readJsonObject(request);
  return readForm(request).fields();
}

/** Reads the JSON body of an API endpoint. Throws a {@link Refusal}: 415, 400 when it is no JSON object, 422 when `schema` disagrees. */
export function readApiBody<T>(request: IssuerRequest, schema: ZodType<T>): T {
  if (mediaType(request) !== "application/json") {
    throw apiRefusal(415, "unsupported_media_type", "Expected the content type application/json.");
  }
  let body: unknown;
  try {
    body = JSON.parse(request.body);
  } catch {
    throw apiRefusal(400, "invalid_request", "Expected a body that is JSON.");
  }
  return checked(body, schema);
}

/** What `schema` makes of a body or of query parameters. Throws a {@link Refusal} (422) that names the fields and never their values. */
export function checked<T>(value: unknown, schema: ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // Of a path only the first part is a name of ours: further down are keys that the caller chose.
  throw invalid(result.error.issues.map(({ path, code }) => ({ field: String(path[0] ?? ""), code })));
}

/** WorkOS' 422: `invalid_request_parameters` in workos/openapi-spec; the SDKs list the `code` of each of the `errors`. */
export function invalid(errors: readonly { readonly field: string; readonly code: string }[]): Refusal {
  const told = errors.map(({ field, code }) => ({
    field,
    code,
    message: field === "" ? "Expected a JSON object." : `\`${field}\` is not as expected.`,
  }));
  return new Refusal(json(422, { code: "invalid_request_parameters", message: "Validation failed.", errors: told }));
}

/** WorkOS' 404. */
export function notFound(what: "User" | "Organization" | "Organization membership" | "Session" | "Magic Auth" | "Client"): Refusal {
  return apiRefusal(404, "entity_not_found", `${what} not found.`);
}
