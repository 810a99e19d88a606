import type { z } from "zod";
import { HoldfastError } from "../../model/error.ts";
import type { Clock } from "../clock.ts";
import { apiRefusal, bearer, json, noStore, oauthRefusal, readJson } from "../http.ts";
import type { Issuer } from "../issuer.ts";
import { type IssuerRequest, Reply } from "../message.ts";
import { createRouter, type Route, type Visit } from "../router.ts";
import { sameSecret } from "../state/secrets.ts";
import { controlPage } from "./page.ts";
import { bodies, complaint, ending, faultPlan } from "./schemas.ts";
import { journalStream } from "./stream.ts";

export interface ControlApiOptions {
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly origin: string;
  /** The address it listens at. */
  readonly host: string;
  readonly bearer: string;
  /** Aborted when the server stops: streams end. */
  readonly stopping: AbortSignal;
}

/** Names of this very machine, by which no other page's name can be made to point here. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * The control over HTTP: JSON below `/_holdfast/api/` for whoever has the bearer, and a page for the browser at `/_holdfast/`.
 *
 * Its `Host` must be one of this machine's names, since any name can be made to point at 127.0.0.1 (DNS rebinding), and an
 * `Origin` must be its own.
 */
export function createControlApi(options: ControlApiOptions): (request: IssuerRequest) => Promise<Reply> {
  const { issuer, clock, origin } = options;
  const { control } = issuer;
  const hosts = new Set([...LOOPBACK, new URL(origin).hostname, options.host.toLowerCase()]);

  function state() {
    const { journal } = control;
    return {
      now: clock.now(),
      offset: clock.offset,
      keys: control.keys.list(),
      faults: control.faults.list(),
      held: control.faults.held().map(({ address: { method, endpoint, token }, ...held }) => ({
        ...held,
        request: [method, endpoint, token?.label].filter(Boolean).join(" "),
      })),
      families: control.families(),
      journal: journal === null ? null : { size: journal.size, dropped: journal.dropped },
    };
  }

  function journalOf({ query }: Visit): Reply {
    const { journal } = control;
    if (journal === null) throw apiRefusal(404, "not_found", "This issuer keeps no journal.");
    if (query.get("format") === "text") return text(journal.text());
    const entries = journal.entries({ after: whole(query, "after"), before: whole(query, "before"), limit: whole(query, "limit") });
    return json(200, { size: journal.size, dropped: journal.dropped, entries });
  }

  function stream({ query }: Visit): Reply {
    const { journal } = control;
    if (journal === null) throw apiRefusal(404, "not_found", "This issuer keeps no journal.");
    return journalStream(journal, whole(query, "after") ?? 0, options.stopping);
  }

  const api: readonly Route[] = [
    get("state", () => json(200, state())),
    get("families", ({ query }) => (query.get("format") === "text" ? text(control.familiesText()) : json(200, control.families()))),
    get("journal", journalOf),
    get("journal/stream", stream),
    post("keys/rotate", bodies.rotate, (order) => control.keys.rotate(order)),
    post("keys/retire", bodies.id, ({ id }) => control.keys.retire(id)),
    post("faults", faultPlan, (rules) => ({ ids: control.faults.add(...rules) })),
    post("faults/remove", bodies.id, ({ id }) => ({ removed: control.faults.remove(id) })),
    post("faults/clear", bodies.nothing, () => control.faults.clear()),
    post("release", bodies.release, ({ id }) => ({ released: control.faults.release(id) })),
    post("revoke", ending, (what) => control.revoke(what)),
    post("expire", ending, (what) => control.expire(what)),
    post("expire-access-tokens", bodies.family, ({ family }) => ({ expired: control.expireAccessTokens(family) })),
    post("steal", bodies.family, ({ family }) => control.steal(family)),
    post("clock", bodies.clock, ({ advance, backwards }) => {
      clock.advance(advance, { backwards });
      return { now: clock.now(), offset: clock.offset };
    }),
    post("users", bodies.user, ({ id, ...change }) => control.changeUser(id, change)),
    post("memberships", bodies.membership, (membership) => control.putMembership(membership)),
    post("memberships/remove", bodies.leaving, ({ userId, organizationId }) => control.removeMembership(userId, organizationId)),
  ];

  const route = createRouter(origin, [
    {
      method: "GET",
      path: /^\/_holdfast$/,
      handle: () => new Reply(null, { status: 308, headers: { location: "/_holdfast/", ...noStore } }),
    },
    { method: "GET", path: /^\/_holdfast\/$/, handle: () => controlPage() },
    ...api.map((one) => ({ ...one, handle: (visit: Visit) => guarded(visit, one) })),
  ]);

  function guarded(visit: Visit, { handle }: Route): Reply | Promise<Reply> {
    const given = bearer(visit.request);
    if (given !== null && sameSecret(given, options.bearer)) return handle(visit);
    throw apiRefusal(401, "unauthorized", "Expected the bearer that the issuer printed when it started.", { "www-authenticate": "Bearer" });
  }

  return async (request) => {
    const refused = foreign(request, hosts);
    return refused ?? route(request);
  };
}

/** The refusal of a request that a page of somebody else's may have caused. */
function foreign({ headers }: IssuerRequest, hosts: ReadonlySet<string>): Reply | null {
  const host = URL.parse(`http://${headers.get("host") ?? ""}`);
  if (host === null || !hosts.has(host.hostname)) return apiRefusal(421, "misdirected_request", "Expected a `Host` of this machine.").reply;
  const from = headers.get("origin");
  const isForeign = from !== null && URL.parse(from)?.host !== host.host;
  const isCross = headers.get("sec-fetch-site") === "cross-site";
  return isForeign || isCross ? apiRefusal(403, "forbidden", "Expected an `Origin` that is the control's own.").reply : null;
}

function get(name: string, handle: Route["handle"]): Route {
  return { method: "GET", path: new RegExp(`^/_holdfast/api/${name}$`), handle };
}

/** Takes JSON of one shape. What the action gives back is the answer; nothing is 204. */
function post<T>(name: string, schema: z.ZodType<T>, act: (body: T) => unknown): Route {
  return {
    method: "POST",
    path: new RegExp(`^/_holdfast/api/${name}$`),
    async handle({ request }) {
      const parsed = schema.safeParse(readJson(request));
      if (!parsed.success) throw oauthRefusal(400, "invalid_request", `Expected ${withoutGot(complaint(parsed.error))}.`);
      try {
        const answer = await act(parsed.data);
        return answer === undefined ? new Reply(null, { status: 204, headers: { ...noStore } }) : json(200, answer);
      } catch (error) {
        if (!(error instanceof HoldfastError) || error.code !== "BAD_USAGE") throw error;
        throw oauthRefusal(400, "invalid_request", `${withoutGot(error.message)}: ${error.hint}`);
      }
    },
  };
}

/** What was got may be a secret in the wrong field. */
function withoutGot(said: string): string {
  return said.replace(/, got .*$/s, "");
}

function whole(query: URLSearchParams, field: string): number | undefined {
  const value = query.get(field);
  if (value === null) return undefined;
  if (!/^\d{1,12}$/.test(value)) throw apiRefusal(400, "invalid_request", `Expected \`${field}\` to be a whole number.`);
  return Number(value);
}

function text(body: string): Reply {
  return new Reply(body, { headers: { "content-type": "text/plain; charset=utf-8", ...noStore } });
}
