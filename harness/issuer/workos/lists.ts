import { z } from "zod";
import { json } from "../http.ts";
import type { Reply } from "../message.ts";
import { checked, invalid } from "./requests.ts";

const PAGE = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  order: z.enum(["normal", "desc", "asc"]).default("desc"),
  before: z.string().optional(),
  after: z.string().optional(),
});

/**
 * One page of a list (workos/openapi-spec): `limit` (1 to 100, default 10), `order` by creation (default `desc`), and `before` or
 * `after`, the id that the page ends before or begins after. With `normal` the order is `desc` and the cursors swap their meaning.
 *
 * @param all oldest first
 */
export function page<T extends { readonly id: string }>(query: URLSearchParams, all: readonly T[], body: (one: T) => unknown): Reply {
  const { limit, order, ...cursors } = checked(Object.fromEntries(query), PAGE);
  const { before, after } = order === "normal" ? { before: cursors.after, after: cursors.before } : cursors;
  const sorted = order === "asc" ? all : [...all].reverse();

  const from = after === undefined ? 0 : placeOf(sorted, after, "after") + 1;
  const to = before === undefined ? sorted.length : placeOf(sorted, before, "before");
  // Only a `before` alone counts from the end: the page is what stands right in front of it.
  const fromEnd = before !== undefined && after === undefined;
  const start = fromEnd ? Math.max(from, to - limit) : from;
  const end = fromEnd ? to : Math.min(to, from + limit);
  const shown = sorted.slice(start, end);

  const ends = {
    before: start > 0 ? (shown[0]?.id ?? null) : null,
    after: end < sorted.length ? (shown.at(-1)?.id ?? null) : null,
  };
  const list_metadata = order === "normal" ? { before: ends.after, after: ends.before } : ends;
  return json(200, { object: "list", data: shown.map(body), list_metadata });
}

function placeOf(sorted: readonly { readonly id: string }[], id: string, field: string): number {
  const place = sorted.findIndex((one) => one.id === id);
  if (place === -1) throw invalid([{ field, code: "unknown_cursor" }]);
  return place;
}
