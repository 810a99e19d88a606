/** A request as it is on the wire. Bodies are text. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** What `fetch` was called with, as it goes on the wire. */
export async function toWire(input: string | URL | Request, init: RequestInit | undefined) {
  const plain = !(input instanceof Request) && (init?.body === undefined || init.body === null || typeof init.body === "string");
  if (plain) {
    // The common call, without a Request object: it costs as much as all the rest of a message.
    const headers = new Headers(init?.headers);
    const body = (init?.body as string | null | undefined) ?? null;
    if (body !== null && !headers.has("content-type")) headers.set("content-type", "text/plain;charset=UTF-8");
    const request: WireRequest = { method: (init?.method ?? "GET").toUpperCase(), url: new URL(input).href, headers: [...headers], body };
    return { request, signal: init?.signal ?? undefined, redirect: init?.redirect ?? "follow" };
  }
  const request = new Request(input, init);
  const body = request.body === null ? null : await request.text();
  return {
    request: withFixedBoundary({ method: request.method, url: request.url, headers: [...request.headers], body }),
    signal: request.signal,
    redirect: request.redirect,
  };
}

/** Node draws the boundary of a form from a generator that nobody can seed, and it would enter the state's key. */
function withFixedBoundary(request: WireRequest): WireRequest {
  const drawn = request.headers.find(([name]) => name === "content-type")?.[1].match(/boundary=(----formdata-undici-\d+)$/)?.[1];
  if (drawn === undefined || request.body === null) return request;
  const fix = (text: string) => text.replaceAll(drawn, "----formdata-holdfast");
  return { ...request, headers: request.headers.map(([name, value]) => [name, fix(value)] as const), body: fix(request.body) };
}

const NULL_BODY = new Set([101, 204, 205, 304]);

/** A wire response as a `Response`. */
export function fromWire(response: WireResponse, url: string): Response {
  const body = NULL_BODY.has(response.status) ? null : response.body;
  const result = new Response(body, { status: response.status, headers: response.headers as [string, string][] });
  Object.defineProperty(result, "url", { value: url });
  return result;
}

/** What Node's fetch rejects with when the connection ends early. */
export function connectionReset(): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
}
