import type { Ports } from "../session/ports.ts";
import { parseRetryAfter } from "../session/token-answer.ts";

/** What asking another service needs from outside. */
export type FetchPorts = Pick<Ports, "fetch" | "now" | "wait">;

/** What a service said. */
export type JsonAnswer =
  /** One complete JSON value under a status that is a statement: not 408, 429, 5xx or a redirect. */
  | { readonly kind: "answered"; readonly status: number; readonly body: unknown }
  /** No statement. `said` quotes nothing of the answer; `retryAfter` in seconds, null when the service named none. */
  | { readonly kind: "unavailable"; readonly said: string; readonly retryAfter: number | null };

export interface JsonRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds until the complete body must be there. */
  readonly timeout: number;
}

/**
 * Gets one JSON value and never rejects: a fault is an answer too. Redirects are not followed, because they would carry a
 * credential to wherever they point.
 *
 * @example
 * ```ts
 * const answer = await fetchJson(ports, { url: "https://api.workos.com/sso/jwks/client_1", timeout: 5_000 });
 * if (answer.kind === "answered") console.log(answer.status, answer.body);
 * ```
 */
export async function fetchJson(ports: FetchPorts, request: JsonRequest): Promise<JsonAnswer> {
  const [abandoned, settled] = [new AbortController(), new AbortController()];
  const late = ports.wait(request.timeout, settled.signal).then(() => null);
  const answer = await Promise.race([ask(ports, request, abandoned.signal), late]);
  settled.abort();
  if (answer !== null) return answer;
  abandoned.abort();
  return { kind: "unavailable", said: `no complete answer within ${request.timeout} ms`, retryAfter: null };
}

async function ask(ports: FetchPorts, { url, headers }: JsonRequest, signal: AbortSignal): Promise<JsonAnswer> {
  const { fetch } = ports;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { headers: { accept: "application/json", ...headers }, redirect: "manual", signal });
    text = await response.text();
  } catch {
    // The cause may quote the request, so it is not passed on.
    return { kind: "unavailable", said: "the connection failed before the answer was complete", retryAfter: null };
  }
  const { status } = response;
  const retryAfter = parseRetryAfter(response.headers.get("retry-after"), ports.now());
  // A redirect has the status 0 in runtimes that hide it.
  if (status < 200 || (status >= 300 && status < 400) || status === 408 || status === 429 || status >= 500) {
    return { kind: "unavailable", said: `the answer was ${status}`, retryAfter };
  }
  try {
    return { kind: "answered", status, body: JSON.parse(text) };
  } catch {
    return { kind: "unavailable", said: `the answer was ${status} with a body that is not JSON`, retryAfter };
  }
}
