import type { WireResponse } from "../wire.ts";
import { type BodyState, bodyFrom, bodyOperations, useUp } from "./body.ts";
import { append, copyOf, type HeadersState, headersAsGiven, headersFrom, LightHeaders } from "./headers.ts";
import { plainEntries, teach, UNUSUAL, type Usual } from "./light.ts";

const RealResponse = globalThis.Response;

interface ResponseState extends BodyState {
  real: Response | null;
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeadersState;
  /** Made when somebody asks. */
  given: LightHeaders | null;
  readonly url: string;
}

class LightResponse {
  readonly #state: ResponseState;

  constructor(state: ResponseState) {
    this.#state = state;
  }

  static stateOf(object: unknown): ResponseState | undefined {
    return typeof object === "object" && object !== null && #state in object ? object.#state : undefined;
  }
}

/** Statuses that may not have a body (Fetch standard, null body status). */
export const NULL_BODY = new Set([101, 204, 205, 304]);
const REASON = /^[\t\x20-\x7e]*$/;

/** `new Response(body, init)` for the usual arguments; null for all others. */
export function lightResponse(body: unknown, init: unknown): Response | null {
  const options = init === undefined ? [] : plainEntries(init);
  if (options === null) return null;
  let [status, statusText, headers]: [unknown, unknown, unknown] = [200, "", undefined];
  for (const [name, value] of options) {
    if (value === undefined) continue;
    if (name === "status") status = value;
    else if (name === "statusText") statusText = value;
    else if (name === "headers") headers = value;
    else return null;
  }
  return usualResponse(body, status, statusText, headers, "");
}

/** The response that a caller of `fetch` is given; null for an unusual one. */
export function fetchedResponse({ status, headers, body }: WireResponse, url: string): Response | null {
  return usualResponse(NULL_BODY.has(status) ? null : body, status, "", headers, url);
}

function usualResponse(given: unknown, status: unknown, statusText: unknown, headersInit: unknown, url: string): Response | null {
  if (typeof status !== "number" || !Number.isInteger(status) || status < 200 || status > 599) return null;
  if (typeof statusText !== "string" || !REASON.test(statusText)) return null;
  const body = bodyFrom(given);
  if (body === undefined || (body.body !== null && NULL_BODY.has(status))) return null;
  const headers = headersFrom(headersInit);
  if (headers === null) return null;
  if (body.type !== null && !headers.fields.has("content-type")) append(headers, "content-type", body.type);
  return make({ status, statusText, headers, body: body.body, url });
}

/** `Response.json(data, init)` for the usual arguments; null for all others. */
export function lightJson(data: unknown, init: unknown): Response | null {
  const options = init === undefined ? [] : plainEntries(init);
  const headers = options === null ? null : headersFrom(options.find(([name]) => name === "headers")?.[1]);
  if (options === null || headers === null) return null;
  const text: unknown = JSON.stringify(data);
  if (typeof text !== "string") return null;
  if (!headers.fields.has("content-type")) append(headers, "content-type", "application/json");
  return lightResponse(text, { ...Object.fromEntries(options), headers: new LightHeaders(headers) });
}

function make(parts: Pick<ResponseState, "status" | "statusText" | "headers" | "body" | "url">): Response {
  const state: ResponseState = { ...parts, real: null, isUsed: false, given: null };
  parts.headers.owner = { becomeReal: () => becomeReal(state) };
  return new LightResponse(state) as unknown as Response;
}

function becomeReal(state: ResponseState): Response {
  const { body, status, statusText, headers, isUsed, url } = state;
  const real = new RealResponse(body, { status, statusText, headers: headersAsGiven(headers) });
  // Who took the type of the body away has taken it away.
  if (!headers.fields.has("content-type")) real.headers.delete("content-type");
  if (url !== "") Object.defineProperty(real, "url", { value: url });
  if (isUsed) useUp(real);
  headers.real = real.headers;
  state.real = real;
  return real;
}

const usual: Record<PropertyKey, Usual<ResponseState>> = {
  ...(bodyOperations as Record<PropertyKey, Usual<ResponseState>>),
  status: ({ status }) => status,
  ok: ({ status }) => status <= 299,
  statusText: ({ statusText }) => statusText,
  clone: ({ status, statusText, headers, body, url, isUsed }) =>
    isUsed ? UNUSUAL : make({ status, statusText, headers: copyOf(headers), body, url }),
};

const always: Record<PropertyKey, Usual<ResponseState>> = {
  headers(state) {
    state.given ??= new LightHeaders(state.headers);
    return state.given;
  },
  url: ({ url }) => url,
};

/** From now on `Response.prototype` knows light responses. */
export function teachResponse(): void {
  Reflect.deleteProperty(LightResponse.prototype, "constructor");
  Object.setPrototypeOf(LightResponse.prototype, RealResponse.prototype);
  teach(RealResponse.prototype, { stateOf: LightResponse.stateOf, becomeReal, usual, always });
}
