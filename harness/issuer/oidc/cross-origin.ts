import { Refusal, requirePreflight } from "../http.ts";
import { Reply } from "../message.ts";
import type { Route } from "../router.ts";

/** No cookie is read at these endpoints, so any page may call them. */
const ALLOWED = { "access-control-allow-origin": "*" };

const PREFLIGHT = {
  ...ALLOWED,
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": "authorization, content-type",
  "access-control-max-age": "600",
};

/** Opens routes to the pages of other origins (the Fetch standard's CORS protocol), refusals included. */
export function crossOrigin(routes: readonly Route[]): readonly Route[] {
  const opened = routes.map((route): Route => ({ ...route, handle: async (visit) => open(await settled(route, visit)) }));
  const paths = new Map(routes.map(({ path }) => [path.source, path]));
  const preflight: Route["handle"] = ({ request }) => {
    requirePreflight(request);
    return new Reply(null, { status: 204, headers: PREFLIGHT });
  };
  return [...opened, ...[...paths.values()].map((path): Route => ({ method: "OPTIONS", path, handle: preflight }))];
}

async function settled(route: Route, visit: Parameters<Route["handle"]>[0]): Promise<Reply> {
  try {
    return await route.handle(visit);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

function open(reply: Reply): Reply {
  for (const [name, value] of Object.entries(ALLOWED)) reply.headers.set(name, value);
  reply.headers.set("access-control-expose-headers", "www-authenticate, retry-after");
  return reply;
}
