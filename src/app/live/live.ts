import { z } from "zod";
import type { Log } from "../../callback/refusal.ts";
import type { Repository } from "../../repository/repository.ts";
import { later, refusal, unauthenticated } from "../../session/answers.ts";
import type { Ports } from "../../session/ports.ts";
import type { Session } from "../../session/session.ts";
import { logFault } from "../errors.ts";
import { eventRangeView } from "../views.ts";
import type { EventLog, EventRange } from "./event-log.ts";
import { type AcceptUpgrade, isUpgrade, type Socket } from "./socket.ts";

/** Rows that are asked for at once, and that come unasked at the beginning. */
const MOST_ROWS = 200;
const FIRST_ROWS = 50;
/** Bytes that a browser may be behind; it comes back when it can. */
const MOST_BUFFERED = 1_048_576;

/** Milliseconds that a stream lives at most, however long its token does: a timer has no more than some weeks. */
const LONGEST = 86_400_000;

/** Why the server ends a connection; the client asks the `session` route in either case. */
const STALE = [4401, "session_stale"] as const;
const ENDED = [4403, "session_ended"] as const;
const UNREADABLE = [4400, "invalid_request"] as const;
const SLOW = [4408, "too_slow"] as const;

const Wanted = z.strictObject({ first: z.int().min(0), count: z.int().min(1).max(MOST_ROWS) });

/** What {@link createLive} needs. */
export interface LiveParts {
  /** The app's own. */
  readonly origin: string;
  readonly session: Pick<Session, "authenticate">;
  readonly repository: Pick<Repository, "getWebMemberByWorkOsUserId">;
  readonly events: EventLog;
  readonly ports: Pick<Ports, "now" | "wait">;
  readonly log: Log;
}

/** The live streams of this process. */
export interface Live {
  /** Answers the request for a stream. `accept` is missing where the runtime has no WebSockets. */
  open(request: Request, accept: AcceptUpgrade | undefined): Promise<Response>;
  /** Ends the streams of a session that was signed out. */
  end(sessionId: string): void;
}

/** A stream that is wanted or open. */
interface Seat {
  readonly over: AbortController;
  why: readonly [number, string];
}

/**
 * Streams a workspace's events over WebSockets. One is opened by a valid access token, never by a refresh, whose successor its answer
 * could not carry: an expired token is answered 401 `session_stale`, and the client asks the `session` route and comes again. For the
 * same reason a stream ends with the token that has opened it. A page of another origin gets none.
 *
 * Both sides speak JSON: the client asks for `{ first, count }`, the server sends `{ first, events, total }` for that, at the
 * beginning, and for each event as it happens.
 *
 * @example
 * ```ts
 * const live = createLive({ origin, session, repository, events, ports, log });
 * const answer = await live.open(request, accept);
 * ```
 */
export function createLive({ origin, session, repository, events, ports, log }: LiveParts): Live {
  const seats = new Map<string, Set<Seat>>();

  function take(sessionId: string): Seat {
    const seat: Seat = { over: new AbortController(), why: STALE };
    const all = seats.get(sessionId) ?? new Set();
    seats.set(sessionId, all);
    all.add(seat);
    seat.over.signal.addEventListener("abort", () => {
      all.delete(seat);
      if (all.size === 0 && seats.get(sessionId) === all) seats.delete(sessionId);
    });
    return seat;
  }

  function stream(workspaceId: string, expiresAt: number, seat: Seat, accept: AcceptUpgrade): void {
    let socket: Socket | null = null;
    const { signal } = seat.over;
    const leave = (why: Seat["why"]) => {
      seat.why = why;
      seat.over.abort();
    };
    const send = (range: EventRange) => {
      if (signal.aborted || socket === null) return;
      if (socket.buffered > MOST_BUFFERED) leave(SLOW);
      else socket.send(JSON.stringify(eventRangeView(range)));
    };
    accept({
      opened(open) {
        socket = open;
        if (signal.aborted) return open.close(...seat.why);
        const unsubscribe = events.subscribe(workspaceId, send);
        signal.addEventListener("abort", () => {
          unsubscribe();
          open.close(...seat.why);
        });
        send(events.newest(workspaceId, FIRST_ROWS));
        const life = Math.min(LONGEST, Math.max(0, expiresAt - ports.now()));
        void ports.wait(life, signal).then(() => seat.over.abort());
      },
      said(text) {
        const wanted = Wanted.safeParse(parsed(text));
        if (wanted.success) send(events.range(workspaceId, wanted.data.first, wanted.data.count));
        else leave(UNREADABLE);
      },
      closed: () => seat.over.abort(),
    });
  }

  return {
    async open(request, accept) {
      if (!isUpgrade(request)) return refusal(426, "upgrade_required", "ask for a WebSocket here", new Headers([["upgrade", "websocket"]]));
      if (accept === undefined) return refusal(501, "not_implemented", "this runtime has no WebSockets");
      const from = request.headers.get("origin");
      // Whoever is no browser sends none, and has no cookie that it does not know of.
      if (from !== null && from !== origin) return refusal(403, "foreign_origin", "expected a request of the app's own pages");
      const who = await session.authenticate(request);
      if (who.kind !== "signed-in") return unauthenticated(who);
      // Taken in the same turn as the verdict: a sign-out from now on finds it.
      const seat = take(who.principal.sessionId);
      try {
        const found = await repository.getWebMemberByWorkOsUserId(who.principal.userId);
        if (found === null || seat.over.signal.aborted) {
          seat.over.abort();
          return found === null
            ? refusal(403, "not_a_member", "you have no workspace yet")
            : refusal(401, "not_authenticated", "sign in first: session_ended");
        }
        stream(found.workspace.id, who.claims.exp * 1000, seat, accept);
        return new Response(null, { status: 204 });
      } catch (error) {
        seat.over.abort();
        const outage = logFault(error, log);
        if (outage === null) throw error;
        return later("something that this needs does not answer", outage.retryAfter);
      }
    },
    end(sessionId) {
      for (const seat of [...(seats.get(sessionId) ?? [])]) {
        seat.why = ENDED;
        seat.over.abort();
      }
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
