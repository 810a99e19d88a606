import { type IssuerRequest, Reply } from "./message.ts";

/** An answer that ends a request early. Thrown by handlers and caught by the surface; it never leaves it. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`refused with ${reply.status}`);
    this.name = "Refusal";
    this.reply = reply;
  }
}

/** What keeps an answer out of caches. */
export const noStore: Readonly<Record<string, string>> = { "cache-control": "no-store" };

/** A JSON answer that nobody may cache. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return new Reply(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...noStore, ...headers },
  });
}

/** @param status 303 after a POST, so that no browser sends what was posted any further (RFC 9700 §4.12) */
export function redirect(location: URL, status: 302 | 303 = 302): Reply {
  return new Reply(null, { status, headers: { location: location.href, ...noStore } });
}

/** OAuth's error shape (RFC 6749 §5.2). The texts are fixed: nothing that was presented is ever echoed, for it may be a secret. */
export function oauthRefusal(status: number, error: string, description: string, headers?: Record<string, string>): Refusal {
  return new Refusal(json(status, { error, error_description: description }, headers));
}

/** WorkOS's error shape outside of OAuth. */
export function apiRefusal(status: number, code: string, message: string, headers?: Record<string, string>): Refusal {
  return new Refusal(json(status, { code, message }, headers));
}

/** Without its parameters, in lower case. */
export function mediaType(request: IssuerRequest): string | undefined {
  return request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
}

/** Parameters as OAuth understands them: one without a value counts as left out (RFC 6749 §3.1). */
export interface Parameters {
  get(name: string): string | null;
  /** All of them as an object. */
  fields(): Record<string, string>;
  /** Those that came more than once, which §3.1 forbids, except `resource` (RFC 8707 §2). */
  readonly repeated: ReadonlySet<string>;
}

/** Reads a query or a form. Throws a {@link Refusal} (400) for what is not percent-encoded UTF-8. */
export function parseParameters(text: string): Parameters {
  const values = new Map<string, string>();
  const names = new Set<string>();
  const repeated = new Set<string>();
  for (const part of text.replace(/^\?/, "").split("&")) {
    const at = part.indexOf("=");
    const [name, value] = at === -1 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    const key = decodeFormText(name);
    if (names.has(key) && key !== "" && key !== "resource") repeated.add(key);
    names.add(key);
    if (value !== "") values.set(key, decodeFormText(value));
  }
  return { get: (name) => values.get(name) ?? null, fields: () => Object.fromEntries(values), repeated };
}

/** `URLSearchParams` would put U+FFFD where bytes are no UTF-8, and two different values would become one. */
function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw oauthRefusal(400, "invalid_request", "Expected parameters that are percent-encoded UTF-8.");
  }
}

/** Reads a form. Throws a {@link Refusal} (400) for another media type, a repeated parameter, or what is no percent-encoded UTF-8. */
export function readForm(request: IssuerRequest): Parameters {
  if (mediaType(request) !== "application/x-www-form-urlencoded") {
    throw oauthRefusal(400, "invalid_request", "Expected the content type application/x-www-form-urlencoded.");
  }
  const form = parseParameters(request.body);
  if (form.repeated.size > 0) throw oauthRefusal(400, "invalid_request", "Expected no parameter more than once.");
  return form;
}

/** A parameter that must be there. Throws a {@link Refusal} (400) when it is not. */
export function requiredParameter(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === null) throw oauthRefusal(400, "invalid_request", `Missing \`${name}\`.`);
  return value;
}

/** Name and secret of HTTP Basic authentication, each form-encoded before (RFC 6749 §2.3.1). Null for anything else, malformed ones included. */
export function basicCredentials(request: IssuerRequest): { readonly name: string; readonly secret: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (encoded === undefined) return null;
  const parts = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString());
  if (parts === null) return null;
  try {
    return { name: decodeFormText(parts[1] as string), secret: decodeFormText(parts[2] as string) };
  } catch {
    return null;
  }
}

/** Reads JSON. Throws a {@link Refusal}: 415 for another media type, 400 for what is no JSON. */
export function readJson(request: IssuerRequest): unknown {
  if (mediaType(request) !== "application/json") {
    throw oauthRefusal(415, "invalid_request", "Expected the content type application/json.");
  }
  try {
    return JSON.parse(request.body);
  } catch {
    throw oauthRefusal(400, "invalid_request", "Expected a body that is JSON.");
  }
}

/** Like {@link readJson}, but anything that is no object is refused with 400 too. */
export function readJsonObject(request: IssuerRequest): Record<string, unknown> {
  const body = readJson(request);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw oauthRefusal(400, "invalid_request", "Expected a body that is a JSON object.");
  }
  return body as Record<string, unknown>;
}

/** A string of a JSON body, or null when it is missing, null or empty. Throws a {@link Refusal} (400) for any other type. */
export function optionalText(body: Record<string, unknown>, field: string): string | null {
  const value = body[field] ?? null;
  if (value === null || value === "") return null;
  if (typeof value !== "string") throw oauthRefusal(400, "invalid_request", `Expected \`${field}\` to be a string.`);
  return value;
}

/** Like {@link optionalText}, but a missing one is refused too. */
export function requiredText(body: Record<string, unknown>, field: string): string {
  const value = optionalText(body, field);
  if (value === null) throw oauthRefusal(400, "invalid_request", `Missing \`${field}\`.`);
  return value;
}

/** The bearer token of a request, or null when there is none. */
export function bearer(request: IssuerRequest): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

/**
 * Throws a {@link Refusal} (400) for an `OPTIONS` request that is no CORS preflight: the Fetch standard's always have both headers,
 * and for anything else `OPTIONS` is not offered.
 */
export function requirePreflight({ headers }: IssuerRequest): void {
  if (headers.has("origin") && headers.has("access-control-request-method")) return;
  throw oauthRefusal(400, "invalid_request", "Expected a CORS preflight, with `Origin` and `Access-Control-Request-Method`.");
}

/** An absolute http(s) URL to which a browser may be sent, or null. */
export function browserUrl(text: string | null): URL | null {
  const url = text === null ? null : URL.parse(text);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") ? url : null;
}
