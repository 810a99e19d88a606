import { HttpResponse, http, type RequestHandler } from "msw";
import type { Answer } from "./answer.ts";
import type { Issuer } from "./issuer.ts";

/**
 * MSW handlers for everything at the issuer's origin. A fault that breaks the connection is a network error there; an answer that
 * is cut ends where it is cut, for MSW cannot break a connection in the middle of a body.
 *
 * @param origin as the issuer was given it
 *
 * @example
 * ```ts
 * const server = setupServer(...mswHandlers(issuer, "https://api.workos.test"));
 * server.listen({ onUnhandledFrame: "error" });
 * (await fetch("https://api.workos.test/sso/jwks/client_test")).status; // 200
 * server.close();
 * ```
 */
export function mswHandlers(issuer: Pick<Issuer, "answer">, origin: string): readonly RequestHandler[] {
  return [http.all(`${new URL(origin).origin}/*`, async ({ request }) => toMsw(await issuer.answer(request)))];
}

function toMsw(answer: Answer): Response {
  switch (answer.kind) {
    case "reply":
      return answer.reply.toResponse();
    case "reset":
      return HttpResponse.error();
    case "truncated":
      return answer.reply.toResponse(answer.part);
  }
}
