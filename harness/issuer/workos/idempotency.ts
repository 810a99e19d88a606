import { hash } from "node:crypto";
import { Refusal } from "../http.ts";
import type { Reply } from "../message.ts";
import type { IssuerOptions } from "../options.ts";
import type { Route, Visit } from "../router.ts";

/** 24 hours in milliseconds, as WorkOS documents for the one place where it documents the header: audit-log events. */
const KEPT_FOR = 86_400_000;

/**
 * Makes routes answer a POST that repeats an `Idempotency-Key` with the first one's answer, also while that one is under way.
 * Another body or another caller under the same key is another request: nobody gets an answer that is not theirs by its key.
 */
export function withIdempotency({ now }: Pick<IssuerOptions, "now">, routes: readonly Route[]): readonly Route[] {
  const replies = new Map<string, { readonly until: number; readonly reply: Promise<Reply> }>();

  function handle(route: Route, visit: Visit, key: string): Promise<Reply> {
    const { url, headers, body } = visit.request;
    const parts = [url.pathname, key, headers.get("authorization"), headers.get("cookie"), body];
    const fingerprint = hash("sha256", JSON.stringify(parts));
    for (const [old, { until }] of replies) if (until <= now()) replies.delete(old);

    const known = replies.get(fingerprint);
    if (known !== undefined) return known.reply;
    const reply = settled(route, visit);
    replies.set(fingerprint, { until: now() + KEPT_FOR, reply });
    // What the harness throws is no answer, and the next try is a first one.
    reply.catch(() => replies.delete(fingerprint));
    return reply;
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

async function settled(route: Route, visit: Visit): Promise<Reply> {
  try {
    return await route.handle(visit);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}
