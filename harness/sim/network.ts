import type { Actor } from "./actor.ts";
import type { Context, Fetcher } from "./context.ts";
import {
  type Answered,
  type Delivery,
  type NetworkFault,
  type NetworkObserver,
  type RequestFault,
  type ResponseFault,
  taskOfCopy,
} from "./exchange.ts";
import { MessageLabels } from "./message-labels.ts";
import type { FaultOutcome, Operation } from "./operation.ts";
import type { Server } from "./server.ts";
import { fromWire, toWire } from "./web/messages.ts";
import { parsedUrl } from "./web/url.ts";
import { connectionReset, type WireRequest, type WireResponse } from "./wire.ts";
import type { World } from "./world.ts";

/** What a sender waits for. The wire may have made two requests of its one: the first answer counts, and the loss of one is an answer. */
interface Call {
  state: "waiting" | "answered" | "given up";
  /** Its requests that are on their way: what they are depends on whether somebody waits for them. */
  readonly asked: Set<Operation>;
  /** Answers on their way. */
  readonly returning: Map<Operation, { readonly delivery: Delivery; readonly response: WireResponse | null }>;
  /** Tells those who work at it that nobody waits any more. */
  readonly hangUps: Set<() => void>;
  resolve(answer: Answered | null): void;
}

/** Who answers at an origin. */
interface Route {
  choose(request: WireRequest): Server;
  /** Whoever a copy of a request may go to; null where that is the one who has the request. */
  readonly all: (() => readonly Server[]) | null;
}

/**
 * The wires between actors. Each request and each response arrives in an operation of its own, so the explorer orders
 * them all. A body that is streamed arrives whole.
 */
export class Network implements Fetcher {
  readonly #world: World;
  readonly #routes = new Map<string, Route>();
  readonly #requestFaults: readonly RequestFault[];
  readonly #responseFaults: readonly ResponseFault[];
  readonly #observer: NetworkObserver;
  readonly #labels: MessageLabels;
  /** By server: the requests that it has begun and not yet answered, each with how to say that its connection was lost. */
  readonly #serving = new Map<Actor, Map<() => void, string | null>>();
  /** How often an actor was killed: whoever asked before that is no longer there to be answered. */
  readonly #deaths = new Map<Actor, number>();

  constructor(world: World, faults: readonly NetworkFault[], observer: NetworkObserver) {
    this.#world = world;
    this.#requestFaults = faults.filter((fault) => fault.on === "request");
    this.#responseFaults = faults.filter((fault) => fault.on === "response");
    this.#observer = observer;
    this.#labels = new MessageLabels(world.names);
    world.watchWork((name, task) => [...this.#serving].some(([actor, tasks]) => actor.name === name && [...tasks.values()].includes(task)));
    world.fetcher = this;
  }

  /** Says who answers at an origin; `choose` is asked once a request, when it is sent. A copy that the wire makes may go to any of `all`. */
  route(origin: string, choose: (request: WireRequest) => Server, all: (() => readonly Server[]) | null = null): void {
    this.#routes.set(origin, { choose, all });
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
   * @param signal aborts when the sender gives up; a server that has begun with the request learns of that in a step of its own
   * @throws HoldfastError `ESCAPED` when nobody in this world answers there.
   */
  send(
    from: Actor,
    task: string | null,
    request: WireRequest,
    signal?: AbortSignal,
  ): { readonly to: Actor; readonly answer: Promise<Answered | null> } {
    const url = parsedUrl(request.url) ?? new URL(request.url);
    const route = this.#routes.get(url.origin);
    if (route === undefined) {
      throw this.#world.fail(
        "ESCAPED",
        `${from.name} sent a request to ${url.origin}, where no one in this world answers`,
        `known origins: ${[...this.#routes.keys()].join(", ")}`,
      );
    }
    const server = route.choose(request);
    const numbers = { ordinal: this.#world.ordinal(from, task), deaths: this.#deaths.get(from) ?? 0 };
    const delivery: Delivery = { from, to: server.actor, task, request, url, ...numbers, isCopy: false };
    const answer = new Promise<Answered | null>((resolve, reject) => {
      const call: Call = { state: "waiting", asked: new Set(), returning: new Map(), hangUps: new Set(), resolve };
      signal?.addEventListener("abort", () => {
        this.#giveUp(call);
        reject(signal.reason);
      });
      this.#observer.sent(delivery);
      this.#ask(delivery, server, call, route.all?.() ?? [server]);
    });
    return { to: server.actor, answer };
  }

  /** Its sender has died meanwhile: the answer will find nobody. */
  #isOrphaned({ from, deaths }: Delivery): boolean {
    return (this.#deaths.get(from) ?? 0) !== deaths;
  }

  #sender(delivery: Delivery): string {
    return this.#isOrphaned(delivery) ? `${delivery.from.name}, which has died` : delivery.from.name;
  }

  /** Puts a request on the wire. */
  #ask(delivery: Delivery, server: Server, call: Call, all: readonly Server[]): void {
    const { from, to, task, request, ordinal, isCopy } = delivery;
    const copyOf = isCopy ? "copy of " : "";
    /** What it was is read when a state is keyed, which may be long after it was on the wire. */
    let stateThen: Call["state"] | null = null;
    const leaveTheWire = () => {
      stateThen = call.state;
      call.asked.delete(asked);
    };
    const arrive = () => {
      leaveTheWire();
      if (isCopy) this.#observer.repeated?.(delivery);
      this.#serve(delivery, server, call);
    };
    const asked: Operation = {
      kind: "request",
      from,
      to,
      task,
      describe: () => this.#labels.request(delivery),
      payload: () => `${this.#sender(delivery)} ${(stateThen ?? call.state) !== "waiting"} ${copyOf}${ordinal} ${JSON.stringify(request)}`,
      complete: arrive,
      faults: befalling(this.#requestFaults, from, to).flatMap(({ name, effect }): FaultOutcome[] => {
        if (effect !== "duplicated") {
          const complete = () => {
            this.#observer.fault(name, delivery, null);
            leaveTheWire();
            // That its request was lost reaches the caller in a step of its own, as any answer does.
            this.#respond(delivery, call, effect === "lost" ? null : effect);
          };
          return [{ name, complete }];
        }
        return all.map((other) => ({
          name,
          detail: `to ${other.actor.name}`,
          complete: () => {
            this.#observer.fault(name, delivery, other.actor);
            arrive();
            this.#ask({ ...delivery, to: other.actor, task: taskOfCopy(delivery, other.actor), isCopy: true }, other, call, all);
          },
        }));
      }),
    };
    call.asked.add(asked);
    this.#world.submit(asked);
  }

  /** A server begins with a request. */
  #serve(delivery: Delivery, server: Server, call: Call): void {
    const hungUp = new AbortController();
    const hangUp = () => this.#hangUp(delivery, hungUp);
    const end = this.#begin(server.actor, delivery.task, (response) => {
      call.hangUps.delete(hangUp);
      this.#respond(delivery, call, response);
    });
    call.hangUps.add(hangUp);
    this.#world
      .as(server.actor, delivery.task, () => server.handle(delivery.request, hungUp.signal))
      .then(end, (error: unknown) => {
        this.#observer.threw?.(delivery, error);
        this.#world.trace.note(`${server.actor.name} failed while it answered: ${errorName(error)}`);
        end({ status: 500, headers: [["content-type", "text/plain"]], body: "Internal Server Error" });
      });
    if (call.state === "given up") hangUp();
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

  /** That nobody waits any more is on its way to a server. An issuer acts on whatever has reached it. */
  #hangUp(delivery: Delivery, hungUp: AbortController): void {
    const { from, to, task, ordinal, isCopy } = delivery;
    if (to.kind === "issuer") return;
    this.#world.submit({
      kind: "hang-up",
      from,
      to,
      task,
      describe: () => this.#labels.hangUp(delivery),
      payload: () => `${from.name} ${isCopy ? "copy of " : ""}${ordinal}`,
      complete: () => this.#world.as(to, task, () => hungUp.abort()),
    });
  }

  /** An answer, or that there is none, is on its way to whoever asked. */
  #respond(delivery: Delivery, call: Call, response: WireResponse | null): void {
    // Nobody waits any more; a server that answers after its run has ended has been reported by what made it late.
    if (call.state === "given up" || this.#world.closed) return;
    if (this.#isOrphaned(delivery)) this.#observer.lost(delivery, response);
    else if (call.state === "answered") this.#observer.discarded?.(delivery, response);
    else {
      const operation = this.#response(delivery, call, response);
      call.returning.set(operation, { delivery, response });
      this.#world.submit(operation);
    }
  }

  #response(delivery: Delivery, call: Call, response: WireResponse | null): Operation {
    const { from, to, task, ordinal, isCopy } = delivery;
    const settle = (arrived: WireResponse | null) => {
      if (arrived === null) this.#observer.lost(delivery, response);
      else this.#observer.answered(delivery, arrived);
      this.#settle(call, operation);
      call.resolve(arrived === null ? null : { from: to, response: arrived });
    };
    const operation: Operation = {
      kind: "response",
      from: to,
      to: from,
      task,
      describe: () => this.#labels.response(delivery, response),
      payload: () => `${to.name} ${isCopy ? "copy of " : ""}${ordinal} ${JSON.stringify(response)}`,
      complete: () => settle(response),
      abandoned: () => this.#observer.lost(delivery, response),
      faults: befalling(response === null ? [] : this.#responseFaults, to, from).map(({ name, effect }) => ({
        name,
        complete: () => {
          this.#observer.fault(name, delivery, null);
          settle(effect === "lost" ? null : effect);
        },
      })),
    };
    return operation;
  }

  /** The caller has its answer: what else is on its way finds nobody. */
  #settle(call: Call, settled: Operation): void {
    this.#end(call, "answered");
    for (const [operation, { delivery, response }] of call.returning) {
      if (operation === settled) continue;
      this.#world.withdraw(operation);
      this.#observer.discarded?.(delivery, response);
    }
  }

  /** The request may still arrive, as on a real wire; its answer finds nobody, and who is at it may notice. */
  #giveUp(call: Call): void {
    if (call.state !== "waiting") return;
    this.#end(call, "given up");
    // Whoever answers now, or has just answered, finds out in another way.
    this.#world.footprints.anything();
    for (const operation of call.returning.keys()) this.#world.withdraw(operation);
    for (const hangUp of call.hangUps) hangUp();
  }

  #end(call: Call, state: Call["state"]): void {
    call.state = state;
    for (const asked of call.asked) this.#world.alter(asked);
  }

  /** `fetch` as the target knows it, on top of `send`. */
  async fetch(context: Context, input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const { request, signal, redirect } = await toWire(input, init);
    if (signal?.aborted) throw signal.reason;
    const answered = await this.send(context.actor, context.task, request, signal).answer;
    if (answered === null) throw connectionReset();
    const { response } = answered;
    if (
      redirect === "follow" &&
      response.status >= 301 &&
      response.status <= 308 &&
      response.headers.some(([name]) => name === "location")
    ) {
      throw this.#world.fail(
        "ESCAPED",
        `${context.actor.name}: fetch was redirected by ${this.#labels.path(new URL(request.url))}`,
        'the world\'s fetch follows no redirects yet; pass redirect: "manual"',
      );
    }
    return fromWire(response, request.url);
  }
}

/** The faults on messages from one actor to another. */
function befalling<F extends NetworkFault>(faults: readonly F[], from: Actor, to: Actor): readonly F[] {
  return faults.filter((fault) => fault.from === from.kind && fault.to === to.kind);
}

/** A target's error messages may quote a token, so only the kind of error enters the trace. */
function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
