import type { Credential } from "../model/credential.ts";
import type { EventBody, RedemptionAnswer } from "../model/event.ts";
import type { Actor } from "../sim/actor.ts";
import type { Exchange, NetworkObserver } from "../sim/exchange.ts";
import type { Names } from "../sim/names.ts";
import type { WireResponse } from "../sim/wire.ts";

/** Where every WorkOS client redeems refresh tokens. */
const TOKEN_ENDPOINT = "/user_management/authenticate";
/** Answers that say "not now": RFC 9110 408, 429 and the 5xx. */
const TRANSIENT = (status: number) => status === 408 || status === 429 || status >= 500;

/** The refresh token inside of a text, however deeply sealed; the newest where there are several. */
export function refreshTokenIn(names: Names, text: string): Credential | null {
  let newest: Credential | null = null;
  for (const { subject } of names.in(text)) {
    const credential = subject as Credential | null;
    if (credential?.type === "refresh-token" && (newest === null || credential.generation >= newest.generation)) newest = credential;
  }
  return newest;
}

/**
 * The refresh token that a cookie stands for without containing it: a sealed box in it names a record of the store, by the part
 * of its key after the colon, and the record has the token.
 */
export function refreshTokenBehind(names: Names, cookies: string, records: ReadonlyMap<string, string>): Credential | null {
  const contents = names.opened(cookies);
  const behind = [...records].filter(([key]) => contents.some((content) => content.includes(key.slice(key.indexOf(":") + 1))));
  return refreshTokenIn(names, behind.map(([, value]) => value).join(" "));
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
    const token = this.#presented(exchange);
    if (token !== null) this.#emit({ type: "token-presented", token, isolate: exchange.from.name, load: exchange.task });
  }

  answered(exchange: Exchange, response: WireResponse): void {
    this.#settle(exchange, (token) => this.#answer(token, response));
  }

  lost(exchange: Exchange, response: WireResponse | null): void {
    const lost = this.#carriedBy(response);
    const detail = response === null ? "no answer came" : "the answer was lost";
    this.#settle(exchange, () => ({ kind: "fault", detail, ...(lost === null ? {} : { lost }) }));
  }

  repeated(exchange: Exchange): void {
    const token = this.#presented(exchange);
    if (token !== null) this.#emit({ type: "token-repeated", token, isolate: exchange.from.name, load: exchange.task });
  }

  discarded(exchange: Exchange, response: WireResponse | null): void {
    const token = this.#presented(exchange);
    if (token === null) return;
    const lost = this.#carriedBy(response);
    this.#emit({ type: "answer-discarded", token, isolate: exchange.from.name, load: exchange.task, lost });
  }

  #settle(exchange: Exchange, answerTo: (token: Credential) => RedemptionAnswer): void {
    const token = this.#presented(exchange);
    if (token === null) return;
    this.#emit({ type: "token-answered", token, isolate: exchange.from.name, load: exchange.task, answer: answerTo(token) });
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
    return url.pathname === TOKEN_ENDPOINT ? refreshTokenIn(this.#names, request.body) : null;
  }

  #answer(token: Credential, { status, body }: WireResponse): RedemptionAnswer {
    if (TRANSIENT(status)) return { kind: "fault", detail: `status ${status}` };
    const json = parsed(body);
    if (status < 300 && json === undefined) return { kind: "fault", detail: "a body that is no JSON" };
    // An issuer that does not rotate leaves the token out: the one presented lives on.
    if (status < 300) return { kind: "issued", successor: refreshTokenIn(this.#names, body) ?? token };
    const code = (json as { error?: unknown } | null | undefined)?.error;
    // What is said of the client says nothing of the token (RFC 6749 §5.2).
    return CLIENT_ERRORS.has(code) ? { kind: "fault", detail: String(code) } : { kind: "rejected" };
  }
}

const CLIENT_ERRORS: ReadonlySet<unknown> = new Set(["invalid_client", "unauthorized_client", "unsupported_grant_type"]);

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
