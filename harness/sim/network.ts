import type { Actor, ActorKind } from "./actor.ts";
import type { Context, Fetcher } from "./context.ts";
import type { FaultOutcome, Operation } from "./operation.ts";
import { fieldsOf } from "./web/headers.ts";
import { unreadRequest } from "./web/request.ts";
import { lightResponse } from "./web/response.ts";
import { parsedUrl } from "./web/url.ts";
import type { World } from "./world.ts";

/** A request as it is on the wire. Bodies are text. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** One request and what becomes of it. */
export interface Exchange {
  readonly from: Actor;
  readonly to: Actor;
  /** The piece of work that it belongs to, for instance a page load. */
  readonly task: string | null;
  readonly request: WireRequest;
  readonly url: URL;
}

interface Numbered extends Exchange {
  /** Tells it from the equal requests of its task, see `World.ordinal`. */
  readonly ordinal: number;
  /** How often its sender had been killed when it was sent. */
  readonly deaths: number;
}

/** Whatever answers requests: an isolate, the issuer. */
export interface Server {
  readonly actor: Actor;
  /** Runs in the server's own context. A rejection becomes a bare 500, as a server runtime would answer. */
  handle(request: WireRequest): Promise<WireResponse>;
}

/** A fault on a kind of message, offered to the explorer while the world's budget for its name lasts. */
export interface NetworkFault {
  readonly name: string;
  readonly on: "request" | "response";
  readonly from: ActorKind;
  readonly to: ActorKind;
  /** `lost`: the caller sees its connection end. An answer: the caller gets this one; of a request nothing is processed. */
  readonly effect: "lost" | WireResponse;
}

/** Told of what happens on the wire, in order. */
export interface NetworkObserver {
  sent(exchange: Exchange): void;
  /** The answer is at the caller, who has not run yet. */
  answered(exchange: Exchange, response: WireResponse): void;
  /** The caller learns that no answer will come. `response` is what was lost; null when nobody had answered yet. */
  lost(exchange: Exchange, response: WireResponse | null): void;
  fault(name: string, exchange: Exchange): void;
  /** The server's handler rejected, and its caller will get a bare 500. */
  threw?(exchange: Exchange, error: unknown): void;
}

/**
 * The wires between actors. Each request and each response arrives in an operation of its own, so the explorer orders
 * them all. A body that is streamed arrives whole.
 */
export class Network implements Fetcher {
  readonly #world: World;
  readonly #routes = new Map<string, (request: WireRequest) => Server>();
  readonly #faults: readonly NetworkFault[];
  readonly #observer: NetworkObserver;
  /** By server: the requests that it has begun and not yet answered, each with how to say that its connection was lost. */
  readonly #serving = new Map<Actor, Map<() => void, string | null>>();
  /** How often an actor was killed: whoever asked before that is no longer there to be answered. */
  readonly #deaths = new Map<Actor, number>();

  constructor(world: World, faults: readonly NetworkFault[], observer: NetworkObserver) {
    this.#world = world;
    this.#faults = faults;
    this.#observer = observer;
    world.watchWork((name, task) => [...this.#serving].some(([actor, tasks]) => actor.name === name && [...tasks.values()].includes(task)));
    world.fetcher = this;
  }

  /** Says who answers at an origin; `choose` is asked once a request, when it is sent. */
  route(origin: string, choose: (request: WireRequest) => Server): void {
    this.#routes.set(origin, choose);
  }

  /** How many requests a server has begun and not yet answered. */
  serving(actor: Actor): number {
    return this.#serving.get(actor)?.size ?? 0;
  }

  /** An actor loses its heap: whom it was serving loses the connection, and what it has asked finds nobody any more. */
  kill(actor: Actor): void {
    this.#deaths.set(actor, (this.#deaths.get(actor) ?? 0) + 1);
    this.#world.kill(actor);
    for (const lose of [...(this.#serving.get(actor)?.keys() ?? [])]) lose();
  }

  /**
   * Sends a request to whoever answers at its origin. `answer` resolves in the step in which the answer arrives, to null
   * when it was lost.
   *
   * @throws HoldfastError `ESCAPED` when nobody in this world answers there.
   */
  send(
    from: Actor,
    task: string | null,
    request: WireRequest,
    signal?: AbortSignal,
  ): { readonly to: Actor; readonly answer: Promise<WireResponse | null> } {
    const url = parsedUrl(request.url) ?? new URL(request.url);
    const choose = this.#routes.get(url.origin);
    if (choose === undefined) {
      throw this.#world.fail(
        "ESCAPED",
        `${from.name} sent a request to ${url.origin}, where no one in this world answers`,
        `known origins: ${[...this.#routes.keys()].join(", ")}`,
      );
    }
    const server = choose(request);
    const deaths = this.#deaths.get(from) ?? 0;
    const exchange: Numbered = { from, to: server.actor, task, request, url, ordinal: this.#world.ordinal(from, task), deaths };
    const answer = new Promise<WireResponse | null>((resolve, reject) => {
      let pending: Operation | null = null;
      let carried: WireResponse | null = null;
      const answer = (response: WireResponse | null) => {
        if (response === null) this.#observer.lost(exchange, carried);
        else this.#observer.answered(exchange, response);
        resolve(response);
      };
      const respond = (response: WireResponse | null) => {
        // Nobody waits any more; a server that answers after its run has ended has been reported by what made it late.
        if (signal?.aborted || this.#world.closed) return;
        if (this.#isOrphaned(exchange)) {
          this.#observer.lost(exchange, response);
          return;
        }
        carried = response;
        pending = this.#response(exchange, response, answer);
        this.#world.submit(pending);
      };
      const asked = this.#request(exchange, server, respond, signal);
      signal?.addEventListener("abort", () => {
        this.#world.alter(asked);
        // The request may still arrive, as on a real wire; its answer finds nobody.
        if (pending !== null) this.#world.withdraw(pending);
        reject(signal.reason);
      });
      this.#observer.sent(exchange);
      this.#world.submit(asked);
    });
    return { to: server.actor, answer };
  }

  /** Its sender has died meanwhile: the answer will find nobody. */
  #isOrphaned({ from, deaths }: Numbered): boolean {
    return (this.#deaths.get(from) ?? 0) !== deaths;
  }

  #sender(exchange: Numbered): string {
    return this.#isOrphaned(exchange) ? `${exchange.from.name}, which has died` : exchange.from.name;
  }

  #request(exchange: Numbered, server: Server, respond: (response: WireResponse | null) => void, signal?: AbortSignal): Operation {
    return {
      kind: "request",
      from: exchange.from,
      to: exchange.to,
      task: exchange.task,
      describe: () => this.#describeRequest(exchange),
      payload: () => `${this.#sender(exchange)} ${signal?.aborted ?? false} ${exchange.ordinal} ${JSON.stringify(exchange.request)}`,
      complete: () => {
        const end = this.#begin(server.actor, exchange.task, respond);
        this.#world
          .as(server.actor, exchange.task, () => server.handle(exchange.request))
          .then(end, (error: unknown) => {
            this.#observer.threw?.(exchange, error);
            this.#world.trace.note(`${server.actor.name} failed while it answered: ${errorName(error)}`);
            end({ status: 500, headers: [["content-type", "text/plain"]], body: "Internal Server Error" });
          });
      },
      // That its request was lost reaches the caller in a step of its own, as any answer does.
      faults: this.#faultsOn("request", exchange, respond),
    };
  }

  /** Counts a request as begun; the first end of it, an answer or the server's death, is the one that counts. */
  #begin(server: Actor, task: string | null, respond: (response: WireResponse | null) => void): (response: WireResponse | null) => void {
    const serving = this.#serving.get(server) ?? new Map<() => void, string | null>();
    this.#serving.set(server, serving);
    const lose = () => end(null);
    const end = (response: WireResponse | null) => {
      if (serving.delete(lose)) respond(response);
    };
    serving.set(lose, task);
    return end;
  }

  #response(exchange: Numbered, response: WireResponse | null, answer: (response: WireResponse | null) => void): Operation {
    return {
      kind: "response",
      from: exchange.to,
      to: exchange.from,
      task: exchange.task,
      describe: () => this.#describeResponse(exchange, response),
      payload: () => `${exchange.to.name} ${exchange.ordinal} ${JSON.stringify(response)}`,
      complete: () => answer(response),
      abandoned: () => this.#observer.lost(exchange, response),
      faults: response === null ? [] : this.#faultsOn("response", exchange, answer),
    };
  }

  #faultsOn(on: "request" | "response", exchange: Exchange, answer: (response: WireResponse | null) => void): FaultOutcome[] {
    const [from, to] = on === "request" ? [exchange.from, exchange.to] : [exchange.to, exchange.from];
    return this.#faults
      .filter((fault) => fault.on === on && fault.from === from.kind && fault.to === to.kind)
      .map((fault) => ({
        name: fault.name,
        complete: () => {
          this.#observer.fault(fault.name, exchange);
          answer(fault.effect === "lost" ? null : fault.effect);
        },
      }));
  }

  #describeRequest({ task, request, url }: Exchange): string {
    const parts = [url.search, ...request.headers.map(([, value]) => value), request.body ?? ""];
    return `${request.method} ${this.#path(url)}${forTask(task)}${this.#namesIn(parts)}`;
  }

  #describeResponse({ task, request, url }: Exchange, response: WireResponse | null): string {
    if (response === null) return `no answer to ${request.method} ${this.#path(url)}${forTask(task)}`;
    const parts = [...response.headers.map(([, value]) => value), response.body];
    return `${response.status} to ${request.method} ${this.#path(url)}${forTask(task)}${this.#namesIn(parts)}`;
  }

  /** The path with every secret in it by its name: session ids and one-time links are paths too. */
  #path(url: URL): string {
    const name = (segment: string) => {
      const names = this.#world.names.in(segment);
      return names.length === 0 ? segment : `{${names.map(({ label }) => label).join(", ")}}`;
    };
    return url.pathname.split("/").map(name).join("/");
  }

  #namesIn(parts: readonly string[]): string {
    const labels = new Set(parts.flatMap((part) => this.#world.names.in(part)).map((name) => name.label));
    return labels.size === 0 ? "" : ` [${[...labels].join(", ")}]`;
  }

  /** `fetch` as the target knows it, on top of `send`. */
  async fetch(context: Context, input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const { request, signal, redirect } = await toWire(input, init);
    if (signal?.aborted) throw signal.reason;
    const response = await this.send(context.actor, context.task, request, signal).answer;
    if (response === null) throw connectionReset();
    if (
      redirect === "follow" &&
      response.status >= 301 &&
      response.status <= 308 &&
      response.headers.some(([name]) => name === "location")
    ) {
      throw this.#world.fail(
        "ESCAPED",
        `${context.actor.name}: fetch was redirected by ${this.#path(new URL(request.url))}`,
        'the world\'s fetch follows no redirects yet; pass redirect: "manual"',
      );
    }
    return fromWire(response, request.url);
  }
}

async function toWire(input: string | URL | Request, init: RequestInit | undefined) {
  const plain = !(input instanceof Request) && (init?.body === undefined || init.body === null || typeof init.body === "string");
  if (plain) {
    // The common call, without a Request object: it costs as much as all the rest of a message.
    const headers = new Headers(init?.headers);
    const body = (init?.body as string | null | undefined) ?? null;
    if (body !== null && !headers.has("content-type")) headers.set("content-type", "text/plain;charset=UTF-8");
    const url = (parsedUrl(`${input}`) ?? new URL(input)).href;
    const request: WireRequest = { method: (init?.method ?? "GET").toUpperCase(), url, headers: fieldsOf(headers), body };
    return { request, signal: init?.signal ?? undefined, redirect: init?.redirect ?? "follow" };
  }
  const given = input instanceof Request && init === undefined ? input : new Request(input, init);
  const light = unreadRequest(given);
  if (light !== null) {
    const { method, url, redirect } = light;
    const body = light.body === null ? null : await given.text();
    return { request: { method, url, headers: fieldsOf(given.headers), body }, signal: undefined, redirect };
  }
  const request = given === input ? new Request(given) : given;
  const body = request.body === null ? null : await request.text();
  return {
    request: withFixedBoundary({ method: request.method, url: request.url, headers: fieldsOf(request.headers), body }),
    signal: request.signal,
    redirect: request.redirect,
  };
}

/** Node draws the boundary of a form from a generator that nobody can seed, and it would enter the state's key. */
function withFixedBoundary(request: WireRequest): WireRequest {
  const drawn = request.headers.find(([name]) => name === "content-type")?.[1].match(/boundary=(----formdata-undici-\d+)$/)?.[1];
  if (drawn === undefined || request.body === null) return request;
  const fix = (text: string) => text.replaceAll(drawn, "----formdata-holdfast");
  return { ...request, headers: request.headers.map(([name, value]) => [name, fix(value)] as const), body: fix(request.body) };
}

const NULL_BODY = new Set([101, 204, 205, 304]);

/** A wire response as a `Response`. */
export function fromWire(response: WireResponse, url: string): Response {
  const body = NULL_BODY.has(response.status) ? null : response.body;
  const init = { status: response.status, headers: response.headers as [string, string][] };
  const light = lightResponse(body, init, url);
  if (light !== null) return light;
  const result = new Response(body, init);
  Object.defineProperty(result, "url", { value: url });
  return result;
}

/** A server made of a fetch handler. The handler may come later: until then requests wait, as on a cold start. */
export function fetchServer(actor: Actor, handler: Promise<(request: Request) => Promise<Response>>): Server {
  return {
    actor,
    async handle({ method, url, headers, body }) {
      const handle = await handler;
      const response = await handle(new Request(url, { method, headers: headers as [string, string][], body }));
      return { status: response.status, headers: fieldsOf(response.headers), body: await response.text() };
    },
  };
}

/** What Node's fetch rejects with when the connection ends early. */
function connectionReset(): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
}

function forTask(task: string | null): string {
  return task === null ? "" : ` for ${task}`;
}

/** A target's error messages may quote a token, so only the kind of error enters the trace. */
function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
