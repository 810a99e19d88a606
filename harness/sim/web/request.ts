import type { WireRequest } from "../wire.ts";
import { type BodyState, bodyFrom, bodyOperations, useUp } from "./body.ts";
import { append, copyOf, type HeadersState, headersAsGiven, headersFrom, LightHeaders } from "./headers.ts";
import { plainEntries, teach, UNUSUAL, type Usual } from "./light.ts";
import { hrefOf } from "./url.ts";

const RealRequest = globalThis.Request;

interface RequestState extends BodyState {
  real: Request | null;
  readonly method: string;
  readonly url: string;
  readonly redirect: RequestRedirect;
  readonly headers: HeadersState;
  /** What the request's own signal follows, once somebody asks for that. */
  readonly follows: AbortSignal | null;
  /** Made when somebody asks. */
  given: LightHeaders | null;
}

class LightRequest {
  readonly #state: RequestState;

  constructor(state: RequestState) {
    this.#state = state;
  }

  static stateOf(object: unknown): RequestState | undefined {
    return typeof object === "object" && object !== null && #state in object ? object.#state : undefined;
  }
}

const METHODS = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);
const REDIRECTS = new Set(["follow", "manual", "error"]);

/** `new Request(input, init)` for the usual arguments; null for all others. */
export function lightRequest(input: unknown, init: unknown): Request | null {
  const url = typeof input === "string" || input instanceof URL ? `${input}` : null;
  const options = init === undefined ? [] : plainEntries(init);
  if (url === null || options === null) return null;
  let [method, headers, body, redirect]: [unknown, unknown, unknown, unknown] = ["GET", undefined, undefined, "follow"];
  for (const [name, value] of options) {
    if (value === undefined) continue;
    if (name === "method") method = value;
    else if (name === "headers") headers = value;
    else if (name === "body") body = value;
    else if (name === "redirect") redirect = value;
    else if (name !== "duplex" || value !== "half") return null;
  }
  return usualRequest(url, method, headers, body, redirect, null);
}

/**
 * The request that a server is given: `new Request(url, { method, headers, body, signal })` for a usual message; null for others.
 *
 * @param signal whom nobody else listens to: what follows it begins to do so when somebody asks the request for its own
 */
export function servedRequest({ method, url, headers, body }: WireRequest, signal: AbortSignal): Request | null {
  return usualRequest(url, method, headers, body, "follow", signal);
}

function usualRequest(
  input: string,
  method: unknown,
  headersInit: unknown,
  given: unknown,
  redirect: unknown,
  follows: AbortSignal | null,
): Request | null {
  const url = hrefOf(input);
  if (url === null || typeof method !== "string" || !METHODS.has(method) || typeof redirect !== "string" || !REDIRECTS.has(redirect))
    return null;
  const body = bodyFrom(given);
  if (body === undefined || (body.body !== null && (method === "GET" || method === "HEAD"))) return null;
  const headers = headersFrom(headersInit);
  if (headers === null) return null;
  if (body.type !== null && !headers.fields.has("content-type")) append(headers, "content-type", body.type);
  return make({ method, url, redirect: redirect as RequestRedirect, headers, body: body.body, follows });
}

/** The real thing behind a request, for what only takes that. */
export function realRequest<T>(request: T): T | Request {
  const state = LightRequest.stateOf(request);
  return state === undefined ? request : (state.real ?? becomeReal(state));
}

/** What a light request says that nobody has read yet and that follows no signal; null for any other. */
export function unreadRequest(request: Request): (Pick<Request, "method" | "url" | "redirect"> & Pick<BodyState, "body">) | null {
  const state = LightRequest.stateOf(request);
  return state === undefined || state.real !== null || state.isUsed || state.follows !== null ? null : state;
}

function make(parts: Pick<RequestState, "method" | "url" | "redirect" | "headers" | "body" | "follows">): Request {
  const state: RequestState = { ...parts, real: null, isUsed: false, given: null };
  parts.headers.owner = { becomeReal: () => becomeReal(state) };
  return new LightRequest(state) as unknown as Request;
}

function becomeReal(state: RequestState): Request {
  const { method, url, redirect, headers, body, follows, isUsed } = state;
  const real = new RealRequest(url, { method, redirect, headers: headersAsGiven(headers), body, signal: follows });
  // Who took the type of the body away has taken it away.
  if (!headers.fields.has("content-type")) real.headers.delete("content-type");
  if (isUsed) useUp(real);
  headers.real = real.headers;
  state.real = real;
  return real;
}

const usual: Record<PropertyKey, Usual<RequestState>> = {
  ...(bodyOperations as Record<PropertyKey, Usual<RequestState>>),
  method: ({ method }) => method,
  url: ({ url }) => url,
  redirect: ({ redirect }) => redirect,
  clone: ({ method, url, redirect, headers, body, follows, isUsed }) =>
    isUsed ? UNUSUAL : make({ method, url, redirect, headers: copyOf(headers), body, follows }),
};

const always: Record<PropertyKey, Usual<RequestState>> = {
  headers(state) {
    state.given ??= new LightHeaders(state.headers);
    return state.given;
  },
};

/** From now on `Request.prototype` knows light requests. */
export function teachRequest(): void {
  Reflect.deleteProperty(LightRequest.prototype, "constructor");
  Object.setPrototypeOf(LightRequest.prototype, RealRequest.prototype);
  teach(RealRequest.prototype, { stateOf: LightRequest.stateOf, becomeReal, usual, always });
}
