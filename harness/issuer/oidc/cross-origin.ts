import { Refusal } from "../http.ts";
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
  const preflight = () => new Response(null, { status: 204, headers: PREFLIGHT });
  return [...opened, ...[...paths.values()].map((path): Route => ({ method: "OPTIONS", path, handle: preflight }))];
}

async function settled(route: Route, visit: Parameters<Route["handle"]>[0]): Promise<Response> {
  try {
    return await route.handle(visit);
  } catch (error) {
    if (error instanceof Refusal) return error.response;
    throw error;
  }
}

function open(response: Response): Response {
  for (const [name, value] of Object.entries(ALLOWED)) response.headers.set(name, value);
  response.headers.set("access-control-expose-headers", "www-authenticate, retry-after");
  return response;
}
