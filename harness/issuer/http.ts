/** An answer that ends a request early. Thrown by handlers and caught by the surface; it never leaves it. */
export class Refusal extends Error {
  readonly response: Response;

  constructor(response: Response) {
    super(`refused with ${response.status}`);
    this.name = "Refusal";
    this.response = response;
  }
}

/** What keeps an answer out of caches. */
export const noStore: Readonly<Record<string, string>> = { "cache-control": "no-store" };

/** The text of a JSON answer, where it was made here. */
const texts = new WeakMap<Response, string>();

/** A JSON answer that nobody may cache. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const text = JSON.stringify(body);
  const response = new Response(text, { status, headers: { "content-type": "application/json; charset=utf-8", ...noStore, ...headers } });
  texts.set(response, text);
  return response;
}

/** What a JSON answer says, without reading its body: that is a stream, and can be read only once. Null for any other answer. */
export function textOf(response: Response): string | null {
  return texts.get(response) ?? null;
}

export function redirect(location: URL): Response {
  return new Response(null, { status: 302, headers: { location: location.href, ...noStore } });
}

/** OAuth's error shape (RFC 6749 §5.2). The texts are fixed: nothing that was presented is ever echoed, for it may be a secret. */
export function oauthRefusal(status: number, error: string, description: string, headers?: Record<string, string>): Refusal {
  return new Refusal(json(status, { error, error_description: description }, headers));
}

/** WorkOS's error shape outside of OAuth. */
export function apiRefusal(status: number, code: string, message: string, headers?: Record<string, string>): Refusal {
  return new Refusal(json(status, { code, message }, headers));
}

/** Reads a JSON object. Throws a {@link Refusal}: 415 for another media type, 400 for anything that is not a JSON object. */
export async function readJsonObject(request: Request): Promise<Record<string, unknown>> {
  const mediaType = (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    throw oauthRefusal(415, "invalid_request", "Expected the content type application/json.");
  }
  let body: unknown;
  try {
    body = JSON.parse(await request.text());
  } catch {
    throw oauthRefusal(400, "invalid_request", "Expected a body that is JSON.");
  }
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
export function bearer(request: Request): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

/** An absolute http(s) URL to which a browser may be sent, or null. */
export function browserUrl(text: string | null): URL | null {
  const url = text === null ? null : URL.parse(text);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") ? url : null;
}
