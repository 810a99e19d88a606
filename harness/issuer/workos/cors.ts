import { z } from "zod";
import type { Core } from "../core.ts";
import { apiRefusal, json, Refusal, requirePreflight } from "../http.ts";
import { type IssuerRequest, Reply } from "../message.ts";
import type { Route, Visit } from "../router.ts";
import { moment } from "./bodies.ts";
import { checkApiKey, invalid, readApiBody } from "./requests.ts";

const CREATION = z.object({ origin: z.string() });

/** `POST /user_management/cors_origins`: allows the pages of one more origin. Those of this machine are allowed from the start. */
export function corsRoutes({ options, directory }: Core): readonly Route[] {
  let created = 0;

  function create({ request }: Visit): Reply {
    checkApiKey(options, request);
    const { origin } = readApiBody(request, CREATION);
    const url = URL.parse(origin);
    // `new URL("null")` and wildcards would allow every sandboxed or every foreign page.
    if (url === null || url.origin !== origin || !/^https?:$/.test(url.protocol) || origin.includes("*")) {
      throw invalid([{ field: "origin", code: "invalid_origin" }]);
    }
    if (!directory.allowOrigin(origin)) throw apiRefusal(409, "duplicate_cors_origin", "CORS origin already exists.");
    const at = { created_at: moment(options.now()), updated_at: moment(options.now()) };
    return json(201, { object: "cors_origin", id: `cors_origin_01${String(++created).padStart(24, "0")}`, origin, ...at });
  }

  return [{ method: "POST", path: /^\/user_management\/cors_origins$/, handle: create }];
}

/** The origin of the page that a request comes from, if its pages may call the API; else null. */
export function allowedOrigin({ directory }: Core, request: IssuerRequest): string | null {
  const origin = request.headers.get("origin");
  return origin !== null && directory.allowsOrigin(origin) ? origin : null;
}

/** Answers a preflight. A page of another origin gets an answer that allows nothing. */
export function preflight(core: Core, request: IssuerRequest): Reply {
  requirePreflight(request);
  const reply = new Reply(null, { status: 204 });
  if (allowedOrigin(core, request) !== null) {
    reply.headers.set("access-control-allow-methods", "POST");
    reply.headers.set("access-control-allow-headers", "authorization, content-type, idempotency-key");
  }
  return shared(core, request, reply);
}

/** Lets the page read the answer, also a refusal: an SDK tells a dead session from an outage by its body. */
export async function withCors(core: Core, request: IssuerRequest, handle: () => Promise<Reply>): Promise<Reply> {
  try {
    return shared(core, request, await handle());
  } catch (error) {
    if (error instanceof Refusal) return shared(core, request, error.reply);
    throw error;
  }
}

function shared(core: Core, request: IssuerRequest, reply: Reply): Reply {
  const origin = allowedOrigin(core, request);
  reply.headers.append("vary", "Origin");
  if (origin === null) return reply;
  // With credentials the wildcard counts for nothing: the exact origin must stand here.
  reply.headers.set("access-control-allow-origin", origin);
  reply.headers.set("access-control-allow-credentials", "true");
  return reply;
}
