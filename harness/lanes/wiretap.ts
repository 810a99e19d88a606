import type { Credential } from "../model/credential.ts";
import type { EventBody, RedemptionAnswer } from "../model/event.ts";
import { jsonOr } from "../model/json.ts";
import type { Actor } from "../sim/actor.ts";
import { type Exchange, type NetworkObserver, originalTask } from "../sim/exchange.ts";
import type { Names } from "../sim/names.ts";
import type { WireResponse } from "../sim/wire.ts";
import { redemptionAnswer } from "./redemption-answer.ts";

/** Where every WorkOS client redeems refresh tokens, and where every client of OpenID Connect does. */
const TOKEN_ENDPOINTS: ReadonlySet<string> = new Set(["/user_management/authenticate", "/oauth2/token"]);
/** Where they end sessions. */
const REVOCATION_ENDPOINT = "/user_management/sessions/revoke";

/** The refresh token inside of a text, however deeply sealed; the newest where there are several. */
export function refreshTokenIn(names: Names, text: string): Credential | null {
  let newest: Credential | null = null;
  for (const { subject } of names.in(text)) {
    const credential = subject as Credential | null;
    if (credential?.type === "refresh-token" && (newest === null || credential.generation >= newest.generation)) newest = credential;
  }
  return newest;
}

/** The store's records of sessions have keys of this kind; what comes after the colon is in the cookie. */
const SESSION_RECORD = /^session:(.+)$/;

/**
 * The refresh token that a cookie stands for without containing it: a sealed box in it names a session's record in the store, and the
 * record has the newest token. Where the box says of which `generation` it is, it stands for that one.
 */
export function refreshTokenBehind(names: Names, cookies: string, records: ReadonlyMap<string, string>): Credential | null {
  for (const box of names.opened(cookies)) {
    for (const [key, value] of records) {
      const name = SESSION_RECORD.exec(key)?.[1];
      if (name === undefined || !box.includes(name)) continue;
      const newest = refreshTokenIn(names, value);
      const said = (jsonOr(box, undefined) as { generation?: unknown } | null | undefined)?.generation;
      if (newest === null) return null;
      return typeof said === "number" && said < newest.generation ? { ...newest, generation: said, sibling: 0 } : newest;
    }
  }
  return null;
}

/** Listens on the wires and says what it hears in the words of the monitors. */
export class Wiretap implements NetworkObserver {
  readonly #names: Names;
  readonly #emit: (event: EventBody) => void;
  readonly #threw: (isolate: string, error: unknown) => void;

  constructor(names: Names, emit: (event: EventBody) => void, threw: (isolate: string, error: unknown) => void) {
    this.#names = names;
    this.#emit = emit;
    this.#threw = threw;
  }

  sent(exchange: Exchange): void {
    this.#called(exchange);
    const token = this.#presented(exchange);
    if (token !== null) this.#emit({ type: "token-presented", token, isolate: exchange.from.name, load: originalTask(exchange.task) });
  }

  answered(exchange: Exchange, response: WireResponse): void {
    this.#settle(exchange, (token) => redemptionAnswer(token, response, (text) => refreshTokenIn(this.#names, text)));
  }

  lost(exchange: Exchange, response: WireResponse | null): void {
    const lost = this.#carriedBy(response);
    const detail = response === null ? "no answer came" : "the answer was lost";
    this.#settle(exchange, () => ({ kind: "fault", detail, ...(lost === null ? {} : { lost }) }));
  }

  repeated(exchange: Exchange): void {
    const token = this.#presented(exchange);
    if (token !== null) this.#emit({ type: "token-repeated", token, isolate: exchange.from.name, load: originalTask(exchange.task) });
  }

  discarded(exchange: Exchange, response: WireResponse | null): void {
    const token = this.#presented(exchange);
    if (token === null) return;
    const lost = this.#carriedBy(response);
    this.#emit({ type: "answer-discarded", token, isolate: exchange.from.name, load: originalTask(exchange.task), lost });
  }

  #called({ from, to, task, request, url }: Exchange): void {
    if (from.kind !== "isolate" || to.kind !== "issuer") return;
    const by = { isolate: from.name, load: originalTask(task) };
    // What comes after the first two names of a path is an id.
    this.#emit({ type: "issuer-called", ...by, path: url.pathname.split("/").slice(0, 3).join("/") });
    if (url.pathname !== REVOCATION_ENDPOINT || request.body === null) return;
    const session = (jsonOr(request.body, undefined) as { session_id?: unknown } | null | undefined)?.session_id;
    if (typeof session === "string") this.#emit({ type: "revocation-asked", ...by, session });
  }

  #settle(exchange: Exchange, answerTo: (token: Credential) => RedemptionAnswer): void {
    const token = this.#presented(exchange);
    if (token === null) return;
    this.#emit({ type: "token-answered", token, isolate: exchange.from.name, load: originalTask(exchange.task), answer: answerTo(token) });
  }

  threw(exchange: Exchange, error: unknown): void {
    this.#threw(exchange.to.name, error);
  }

  fault(fault: string, exchange: Exchange, copyTo: Actor | null): void {
    const message = `${exchange.request.method} ${exchange.url.pathname} from ${exchange.from.name}`;
    const copied = copyTo === null || copyTo.kind === "issuer" ? "" : `, the copy goes to ${copyTo.name}`;
    this.#emit({ type: "fault", fault, detail: `${message}${copied}` });
  }

  #carriedBy(response: WireResponse | null): Credential | null {
    return response === null ? null : refreshTokenIn(this.#names, response.body);
  }

  #presented({ from, to, request, url }: Exchange): Credential | null {
    if (from.kind !== "isolate" || to.kind !== "issuer" || request.body === null) return null;
    return TOKEN_ENDPOINTS.has(url.pathname) ? refreshTokenIn(this.#names, request.body) : null;
  }
}
