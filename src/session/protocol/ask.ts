import type { Ports } from "../ports.ts";
import { classifyReply, type Dialect, parseRetryAfter, type TokenAnswer, type TokenFault } from "../token-answer.ts";
import { bounded, TimedOut } from "./bounded.ts";

/** What Node says when a connection never came about: the issuer has not seen the request. */
const UNREACHED: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** What {@link askTokenEndpoint} needs. */
export interface AskOptions {
  /** Strings that must not reach an error text, should the issuer echo them. */
  readonly secrets: readonly string[];
  readonly dialect: Dialect;
  /** Milliseconds until the complete answer must be there. */
  readonly limit: number;
  readonly ports: Pick<Ports, "now" | "wait">;
}

/**
 * Sends one request to a token endpoint and classifies what comes back, a broken connection and silence included. Never rejects.
 *
 * @param send Sends it with this signal; must not follow redirects, which would carry the secret and the token to wherever they point.
 */
export async function askTokenEndpoint(send: (signal: AbortSignal) => Promise<Response>, options: AskOptions): Promise<TokenAnswer> {
  let response: Response;
  let text: string;
  try {
    [response, text] = await bounded(options.limit, options.ports, async (signal) => {
      const received = await send(signal);
      return [received, await received.text()];
    });
  } catch (error) {
    return connectionFault(error);
  }
  const retryAfter = parseRetryAfter(response.headers.get("retry-after"), options.ports.now());
  return classifyReply({ status: response.status, json: parseObject(text), retryAfter, secrets: options.secrets }, options.dialect);
}

/** The cause may quote the request, so it is not passed on. */
export function connectionFault(error: unknown): TokenFault {
  if (error instanceof TimedOut) return { kind: "unavailable", said: error.message, retryAfter: null, issuer: "unknown" };
  const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  if (UNREACHED.has(code)) {
    return { kind: "unavailable", said: "the issuer cannot be reached", retryAfter: null, issuer: "unreached" };
  }
  const said = "the connection to the issuer failed before its answer was complete";
  return { kind: "unavailable", said, retryAfter: null, issuer: "unknown" };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
