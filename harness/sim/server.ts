import type { Actor } from "./actor.ts";
import { answerToWire } from "./web/messages.ts";
import { servedRequest } from "./web/request.ts";
import type { WireRequest, WireResponse } from "./wire.ts";

/** Whatever answers requests: an isolate, the issuer. */
export interface Server {
  readonly actor: Actor;
  /**
   * Runs in the server's own context. A rejection becomes a bare 500, as a server runtime would answer.
   *
   * @param hungUp aborts when the server notices that nobody waits for its answer any more
   */
  handle(request: WireRequest, hungUp: AbortSignal): Promise<WireResponse>;
}

/** A server made of a fetch handler. The handler may come later: until then requests wait, as on a cold start. */
export function fetchServer(actor: Actor, handler: Promise<(request: Request) => Response | Promise<Response>>): Server {
  return {
    actor,
    async handle(request, hungUp) {
      const handle = await handler;
      return answerToWire(await handle(servedRequest(request, hungUp) ?? unusualRequest(request, hungUp)));
    },
  };
}

function unusualRequest({ method, url, headers, body }: WireRequest, signal: AbortSignal): Request {
  return new Request(url, { method, headers: headers as [string, string][], body, signal });
}
