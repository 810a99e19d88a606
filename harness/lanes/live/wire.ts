import type { BrowserAnswer, BrowserRequest } from "../../browser/wire.ts";
import type { LiveApp } from "./app.ts";
import { exchange } from "./http.ts";
import type { Moment } from "./recording.ts";
import { TO_INSTANCE } from "./round-robin.ts";

/** A request between a browser and the app. */
interface OnItsWay {
  readonly load: string;
  readonly to: string;
  /** The session that its cookies belong to. */
  readonly session: string | null;
  /** It has left the browser's side of the wire. */
  delivered: boolean;
}

/** What the wire does to the requests of a load, beyond carrying them. */
export interface Bend {
  /** The request waits on the wire until then. */
  readonly before?: Promise<void>;
  /** The answer waits on the wire until then. */
  readonly after?: () => Promise<void>;
}

/** What a wire needs of its surroundings. */
export interface WirePorts {
  readonly app: LiveApp;
  /** The issuer's origin. */
  readonly issuer: string;
  /** Milliseconds that anybody has to answer. */
  readonly patience: number;
  /** Somebody stops everything. */
  readonly signal: AbortSignal;
  moment(moment: Moment): void;
  /** Told of a request that nobody has answered in time. */
  stuck(load: string): void;
}

/** One browser's side of a wire. */
export interface Line {
  readonly browser: string;
  /** What is typed into the issuer's sign-in page. */
  readonly email: string;
  /** The session that a `Cookie` header belongs to, and a label of its token. */
  held(cookies: string): { readonly session: string; readonly label: string } | null;
}

/** The wires between the browsers of an item and whoever they ask: the app's instances, and the issuer's pages. */
export class Wire {
  readonly #ports: WirePorts;
  readonly #flying = new Set<OnItsWay>();
  readonly #sent = new Map<string, Promise<void>>();
  /** Where the browsers have been, the last first, for errors. */
  readonly visited: { readonly url: string; readonly status: number | null }[] = [];
  /** Bends the next request. */
  bend: Bend | null = null;

  constructor(ports: WirePorts) {
    this.#ports = ports;
  }

  /** Who may be behind what the issuer is asked for a session: the requests that an instance has, and has not answered. */
  behind(session: string): readonly OnItsWay[] {
    return [...this.#flying].filter((one) => one.delivered && one.session === session);
  }

  /** Resolves when all of a load's request has been taken by the other side. */
  async sent(load: string): Promise<void> {
    await this.#sent.get(load);
  }

  send(
    line: Line,
    load: string,
    request: BrowserRequest,
    signal: AbortSignal,
  ): { readonly to: string; readonly answer: Promise<BrowserAnswer | null> } {
    const { app, issuer } = this.#ports;
    const { origin, pathname } = new URL(request.url);
    const isApp = origin === app.origin;
    const instance = isApp ? app.next() : 0;
    const to = isApp ? `isolate-${instance}` : origin === issuer ? "issuer" : "elsewhere";
    const bend = this.bend ?? {};
    this.bend = null;
    const held = line.held(request.headers.find(([name]) => name === "cookie")?.[1] ?? "");
    const one: OnItsWay = { load, to, session: isApp ? (held?.session ?? null) : null, delivered: false };
    this.#flying.add(one);
    this.#ports.moment({
      kind: "send",
      from: line.browser,
      to,
      label: labelOf(`${request.method} ${pathname}`, load, held?.label ?? null),
    });
    const taken = Promise.withResolvers<void>();
    this.#sent.set(load, taken.promise);
    const carried = this.#carry(one, origin === issuer ? typed(request, line.email) : request, {
      instance,
      isApp,
      bend,
      signal,
      taken: taken.resolve,
    });
    const answer = carried
      .then((response) => {
        this.#flying.delete(one);
        this.visited.unshift({ url: request.url, status: response?.status ?? null });
        this.visited.length = Math.min(this.visited.length, 30);
        const what = response === null ? "no answer" : String(response.status);
        this.#ports.moment({
          kind: "answer",
          from: to,
          to: line.browser,
          label: labelOf(`${what} to ${request.method} ${pathname}`, load, null),
        });
        return response === null ? null : { from: to, response };
      })
      .finally(() => {
        this.#flying.delete(one);
        taken.resolve();
      });
    return { to, answer };
  }

  async #carry(
    one: OnItsWay,
    request: BrowserRequest,
    { instance, isApp, bend, signal, taken }: { instance: number; isApp: boolean; bend: Bend; signal: AbortSignal; taken: () => void },
  ) {
    const { app, patience } = this.#ports;
    const given = AbortSignal.any([signal, this.#ports.signal]);
    await bend.before;
    signal.throwIfAborted();
    one.delivered = true;
    const headers = isApp && app.restart !== null ? [...request.headers, [TO_INSTANCE, String(instance)] as const] : request.headers;
    const began = performance.now();
    const { sent, answer } = exchange({ ...request, headers }, given, patience);
    void sent.then(taken);
    const response = await answer.catch((error: unknown) => {
      // Who stops everything waits for no answer.
      if (this.#ports.signal.aborted) return null;
      throw error;
    });
    if (response === null && performance.now() - began >= patience) this.#ports.stuck(one.load);
    await bend.after?.();
    return response;
  }
}

/** Somebody at the issuer's sign-in page says who he is, whatever the app has asked for. */
function typed(request: BrowserRequest, email: string): BrowserRequest {
  const url = new URL(request.url);
  if (!/\/authorize$/.test(url.pathname)) return request;
  url.searchParams.set("login_hint", email);
  url.searchParams.delete("prompt");
  return { ...request, url: url.href };
}

function labelOf(what: string, load: string, token: string | null): string {
  return `${what} for ${load}${token === null ? "" : ` [${token}]`}`;
}
