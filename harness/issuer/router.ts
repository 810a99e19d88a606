import { apiRefusal, Refusal } from "./http.ts";
import type { IssuerRequest, Reply } from "./message.ts";

/** One request at one route. */
export interface Visit {
  readonly request: IssuerRequest;
  readonly query: URLSearchParams;
  /** The last part of the path, where a route has a parameter there. */
  readonly parameter: string;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "OPTIONS";
  readonly path: RegExp;
  handle(visit: Visit): Reply | Promise<Reply>;
}

/**
 * A pure handler for routes. What a client does wrong is answered with a JSON error and never thrown; what the harness
 * around it throws (a journal, a random source) does come through.
 */
export function createRouter(origin: string, routes: readonly Route[]): (request: IssuerRequest) => Promise<Reply> {
  function respond(request: IssuerRequest): Reply | Promise<Reply> {
    const { url } = request;
    if (url.origin !== origin) throw apiRefusal(421, "misdirected_request", "This issuer lives at another origin.");
    const atPath = routes.filter((route) => route.path.test(url.pathname));
    if (atPath.length === 0) throw apiRefusal(404, "not_found", "There is no such endpoint.");
    const route = atPath.find((one) => one.method === request.method);
    if (route === undefined) {
      const allow = [...new Set(atPath.map((one) => one.method))].join(", ");
      throw apiRefusal(405, "method_not_allowed", `This endpoint takes ${allow}.`, { allow });
    }
    const parameter = route.path.exec(url.pathname)?.[1] ?? "";
    return route.handle({ request, query: url.searchParams, parameter });
  }

  return async (request) => {
    try {
      return await respond(request);
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      throw error;
    }
  };
}
