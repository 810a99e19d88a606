import { createHash } from "node:crypto";
import { Refusal } from "../http.ts";
import type { IssuerOptions } from "../options.ts";
import type { Route, Visit } from "../router.ts";

/** 24 hours in milliseconds, as WorkOS documents for the one place where it documents the header: audit-log events. */
const KEPT_FOR = 86_400_000;

/**
 * Makes routes answer a POST that repeats an `Idempotency-Key` with the first one's answer, also while that one is under way.
 * Another body or another caller under the same key is another request: nobody gets an answer that is not theirs by its key.
 */
export function withIdempotency({ now }: Pick<IssuerOptions, "now">, routes: readonly Route[]): readonly Route[] {
  const answers = new Map<string, { readonly until: number; readonly answer: Promise<Response> }>();

  async function handle(route: Route, visit: Visit, key: string): Promise<Response> {
    const { request, url } = visit;
    const body = await request.text();
    const parts = [url.pathname, key, request.headers.get("authorization"), request.headers.get("cookie"), body];
    const fingerprint = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
    for (const [old, { until }] of answers) if (until <= now()) answers.delete(old);

    const known = answers.get(fingerprint);
    if (known !== undefined) return (await known.answer).clone();
    const again = new Request(request.url, { method: request.method, headers: request.headers, body });
    const answer = settled(route, { ...visit, request: again });
    answers.set(fingerprint, { until: now() + KEPT_FOR, answer });
    // What the harness throws is no answer, and the next try is a first one.
    answer.catch(() => answers.delete(fingerprint));
    return (await answer).clone();
  }

  return routes.map((route) => {
    if (route.method !== "POST") return route;
    return {
      ...route,
      handle(visit) {
        const key = visit.request.headers.get("idempotency-key");
        return key === null || key === "" ? route.handle(visit) : handle(route, visit, key);
      },
    };
  });
}

async function settled(route: Route, visit: Visit): Promise<Response> {
  try {
    return await route.handle(visit);
  } catch (error) {
    if (error instanceof Refusal) return error.response;
    throw error;
  }
}
