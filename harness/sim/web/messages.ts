import type { WireRequest, WireResponse } from "../wire.ts";
import { fieldsOf } from "./headers.ts";
import { unreadRequest } from "./request.ts";
import { fetchedResponse, NULL_BODY } from "./response.ts";
import { parsedUrl } from "./url.ts";

/** What `fetch` was called with, as it goes on the wire. */
export async function toWire(input: string | URL | Request, init: RequestInit | undefined) {
  const plain = !(input instanceof Request) && (init?.body === undefined || init.body === null || typeof init.body === "string");
  if (plain) {
    // The common call, without a Request object: it costs as much as all the rest of a message.
    const headers = new Headers(init?.headers);
    const body = (init?.body as string | null | undefined)?.toWellFormed() ?? null;
    if (body !== null && !headers.has("content-type")) headers.set("content-type", "text/plain;charset=UTF-8");
    const url = (parsedUrl(`${input}`) ?? new URL(input)).href;
    const request: WireRequest = { method: (init?.method ?? "GET").toUpperCase(), url, headers: fieldsOf(headers), body };
    return { request, signal: init?.signal ?? undefined, redirect: init?.redirect ?? "follow" };
  }
  const given = input instanceof Request && init === undefined ? input : new Request(input, init);
  const light = unreadRequest(given);
  if (light !== null) {
    const { method, url, redirect } = light;
    const body = light.body === null ? null : await given.text();
    return { request: { method, url, headers: fieldsOf(given.headers), body }, signal: undefined, redirect };
  }
  const request = given === input ? new Request(given) : given;
  const body = request.body === null ? null : await request.text();
  return {
    request: withFixedBoundary({ method: request.method, url: request.url, headers: fieldsOf(request.headers), body }),
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

/** A wire response as a `Response`. */
export function fromWire(response: WireResponse, url: string): Response {
  const light = fetchedResponse(response, url);
  if (light !== null) return light;
  const body = NULL_BODY.has(response.status) ? null : response.body;
  const result = new Response(body, { status: response.status, headers: response.headers as [string, string][] });
  Object.defineProperty(result, "url", { value: url });
  return result;
}

/** What a server has answered, as it goes on the wire. */
export async function answerToWire(response: Response): Promise<WireResponse> {
  return { status: response.status, headers: fieldsOf(response.headers), body: await response.text() };
}
