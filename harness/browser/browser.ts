import { hash } from "node:crypto";
import { Cookie, CookieJar } from "tough-cookie";
import type { Credential } from "../model/credential.ts";
import { HoldfastError } from "../model/error.ts";
import type { AnswerKind, EventBody, HeldCookie, Purpose } from "../model/event.ts";
import type { Answer } from "../model/target.ts";

/** What a browser puts on the wire and gets back. */
export interface BrowserRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
}

export interface BrowserResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** What came back, and who gave it: not always the one who was asked, where the wire has made two requests of one. */
export interface BrowserAnswer {
  readonly from: string;
  readonly response: BrowserResponse;
}

/** What a browser needs of the world around it. */
export interface BrowserPorts {
  /**
   * Puts a request on the wire; the answer is null when it was lost. `to` is who was asked.
   *
   * @param signal aborts when the browser gives up waiting: then the answer rejects
   */
  send(load: string, request: BrowserRequest, signal: AbortSignal): { readonly to: string; readonly answer: Promise<BrowserAnswer | null> };
  now(): number;
  emit(event: EventBody): void;
  /** The refresh token that a `Cookie` header carries, however it is sealed. */
  held(cookies: string): Credential | null;
  /** The refresh token that one cookie holds, or is a piece of. */
  heldIn(cookie: string): Credential | null;
  /** A text without its random bytes. */
  canonical(text: string): string;
  /** The users whose id or email a text shows. */
  mentions(text: string): readonly string[];
  classify(answer: Answer): AnswerKind;
}

export interface BrowserOptions {
  /** For instance `ada`: the jar and its tabs are named after it. */
  readonly name: string;
  /** The issuer's user id of the person in front of it. */
  readonly user: string;
  readonly email: string;
  /** The target's origin. */
  readonly app: string;
  /** One request a page, or a document and then `fetches` parallel ones. */
  readonly page: "request" | "document";
}

/** A request without an answer. */
interface Waiting {
  readonly to: string;
  /** Null for what no person can leave. */
  readonly tab: string | null;
  readonly giveUp: AbortController;
}

/** An answer; null when it was lost, `aborted` when nobody waits for it any more. */
type Awaiting = Promise<BrowserAnswer | "aborted" | null>;

/** What a request is, beyond where it goes. */
interface Ask {
  readonly purpose: Purpose;
  /** An access token that is sent as bearer, and what is wrong with it. */
  readonly bearer: { readonly accessToken: string; readonly forged: string | null } | null;
}

const PAGE: Ask = { purpose: "page", bearer: null };

/** What a document fetches in parallel once it has arrived: the snapshot of a usual dashboard. */
const DOCUMENT_FETCHES = ["/api/me", "/api/projects", "/api/events"];
/** What tells the app that a request is no page that somebody looks at. */
const PURPOSE_HEADERS: Readonly<Record<Purpose, readonly (readonly [string, string])[]>> = {
  page: [],
  prefetch: [["sec-purpose", "prefetch"]],
  upgrade: [
    ["connection", "Upgrade"],
    ["upgrade", "websocket"],
    ["sec-websocket-version", "13"],
  ],
};
/** Browsers follow 20 redirects and refuse the next one (Fetch standard, HTTP-redirect fetch). */
const REDIRECT_LIMIT = 20;

/**
 * One browser: a jar that its tabs share, page loads, and sign-in through real redirects. Each request carries the
 * cookies that the jar has at the moment it is sent; `Set-Cookie` is applied when an answer arrives, in arrival order.
 */
export class Browser {
  readonly user: string;
  readonly #options: BrowserOptions;
  readonly #ports: BrowserPorts;
  #jar = new CookieJar();
  readonly #inFlight = new Map<string, Waiting>();
  #tabs = 0;
  #last: Credential | null = null;
  /** What stands for the jar, and the `Cookie` header by URL, as long as the jar does not change. */
  #state: Passing | null = null;
  readonly #headers = new Map<string, Passing>();

  constructor(options: BrowserOptions, ports: BrowserPorts) {
    this.user = options.user;
    this.#options = options;
    this.#ports = ports;
  }

  /** The requests without an answer, by load, each with who should give it. */
  get inFlight(): ReadonlyMap<string, { readonly to: string }> {
    return this.#inFlight;
  }

  /** Has what another browser's jar has, and forgets its own. */
  copyCookies(from: Browser): void {
    this.#jar = from.#jar.cloneSync() ?? new CookieJar();
    this.#state = null;
    this.#headers.clear();
    this.#last = this.held();
  }

  /** The tabs that wait for something, each with the first load of it. */
  waitingTabs(): ReadonlyMap<string, string> {
    const tabs = new Map<string, string>();
    for (const [load, { tab }] of this.#inFlight) if (tab !== null && !tabs.has(tab)) tabs.set(tab, load);
    return tabs;
  }

  /** The person navigates away: nobody waits for what this tab has asked for. Whoever works at it may go on. */
  leave(tab: string): void {
    for (const waiting of [...this.#inFlight.values()]) if (waiting.tab === tab) waiting.giveUp.abort();
  }

  /** For instance `ada`. */
  get name(): string {
    return this.#options.name;
  }

  /** The refresh token in its jar; null where there is none. */
  held(): Credential | null {
    return this.#ports.held(this.#cookies(this.#options.app));
  }

  /** Stands for the jar's content, in the key of a state. */
  state(): string {
    const now = this.#ports.now();
    if (this.#state === null || now >= this.#state.until) {
      // An expired cookie is as good as none, so a jar that was cleared is the same as one that was always empty.
      const alive = (this.#jar.serializeSync()?.cookies ?? [])
        .map((cookie) => Cookie.fromJSON(cookie) as Cookie)
        .filter((cookie) => isAlive(cookie, now));
      const cookies = alive.map(({ key, value, domain, path, expires }) => [key, this.#ports.canonical(value), domain, path, expires]);
      this.#state = { text: hash("sha1", JSON.stringify(cookies), "base64url"), until: endOf(alive) };
    }
    return this.#state.text;
  }

  /** Signs in through real redirects: app → issuer → app. */
  async signIn(): Promise<void> {
    const { app, email, name } = this.#options;
    let url = `${app}/login?login_hint=${encodeURIComponent(email)}`;
    const load = `${name}/sign-in`;
    for (let hop = 0; hop <= REDIRECT_LIMIT; hop++) {
      const answered = await this.#send(load, null, url, PAGE).answer;
      if (answered === "aborted" || answered === null) throw signInFailed(this.user, "the answer was lost");
      this.#apply(load, url, answered);
      const { response } = answered;
      const location = response.headers.find(([header]) => header === "location")?.[1];
      if (response.status < 300 || response.status > 399 || location === undefined) {
        if (response.status === 200 && this.held() !== null) return;
        throw signInFailed(this.user, `it ended with status ${response.status} at ${new URL(url).pathname}, ${this.#described()}`);
      }
      const next = URL.parse(location, url);
      if (next === null) throw signInFailed(this.user, `it was redirected to "${location}", which is no URL`);
      url = next.href;
    }
    throw signInFailed(this.user, `more than ${REDIRECT_LIMIT} redirects`);
  }

  /**
   * Loads a page in a tab of its own. Resolves once nothing of it is in flight: to the first answer in page order that is
   * not `signed-in`, null when that one was lost.
   */
  async load(path = "/", purpose: Purpose = "page"): Promise<AnswerKind | null> {
    const tab = `${this.#options.name}/tab-${++this.#tabs}`;
    const load = `${this.#options.name}/load-${this.#tabs}`;
    const answer = await this.#page(load, tab, path, { purpose, bearer: null });
    if (this.#options.page === "request" || purpose !== "page" || answer !== "signed-in") return answer;
    const answers = await Promise.all(DOCUMENT_FETCHES.map((fetched, index) => this.#page(`${load}.${index + 1}`, tab, fetched, PAGE)));
    const spoilt = answers.find((fetched) => fetched !== "signed-in");
    return spoilt === undefined ? answer : spoilt;
  }

  /** Asks for a page with an access token as bearer, beside whatever the jar has. `forged` is what is wrong with it. */
  present(accessToken: string, forged: string | null): Promise<AnswerKind | null> {
    const number = ++this.#tabs;
    const { name } = this.#options;
    return this.#page(`${name}/load-${number}`, `${name}/tab-${number}`, "/", { purpose: "page", bearer: { accessToken, forged } });
  }

  async #page(load: string, tab: string, path: string, ask: Ask): Promise<AnswerKind | null> {
    const { purpose, bearer } = ask;
    const { name: jar, user, app } = this.#options;
    const url = `${app}${path}`;
    const sentAt = this.#ports.now();
    const held = this.held();
    this.#noticeExpiry(load, held);
    const { to, answer } = this.#send(load, tab, url, ask);
    const base = { load, tab, jar, user };
    this.#ports.emit({ type: "load-sent", ...base, isolate: to, purpose, forged: bearer?.forged ?? null, held });
    const { answered, redirects } = await this.#follow(load, tab, url, ask, answer);
    if (answered === "aborted" || answered === null) {
      this.#ports.emit({ type: "load-lost", why: answered ?? "no-answer", ...base, isolate: to });
      return null;
    }
    const { from: isolate, response } = answered;
    const kind = this.#classify(response);
    this.#ports.emit({
      type: "load-answered",
      ...base,
      isolate,
      purpose,
      answer: kind,
      status: response.status,
      setsCookie: response.headers.some(([header]) => header === "set-cookie"),
      redirects,
      held,
      sentAt,
      mentions: this.#ports.mentions(response.body),
    });
    return kind;
  }

  /** Applies what comes back, and goes on to where the app sends the browser until there is an answer that means something. */
  async #follow(load: string, tab: string, from: string, ask: Ask, first: Awaiting) {
    let answered = await first;
    let redirects = 0;
    for (let url = from; answered !== null && answered !== "aborted"; redirects++) {
      this.#apply(load, url, answered);
      const next = this.#wayOn(url, answered.response);
      if (next === null || redirects === REDIRECT_LIMIT) break;
      url = next;
      answered = await this.#send(load, tab, url, ask).answer;
    }
    return { answered, redirects };
  }

  /** Where else in the app the browser is sent; null when it stays, or when the answer means something as it is. */
  #wayOn(url: string, response: BrowserResponse): string | null {
    const location = response.headers.find(([header]) => header === "location")?.[1];
    if (response.status < 300 || response.status > 399 || location === undefined || this.#classify(response) !== "other") return null;
    const next = URL.parse(location, url);
    return next?.origin === this.#options.app ? next.href : null;
  }

  #classify({ status, headers, body }: BrowserResponse): AnswerKind {
    return this.#ports.classify({ status, headers: new Headers(headers as [string, string][]), body });
  }

  /** What the jar has for the app, in the words of an error. */
  #described(): string {
    const names = this.#cookies(`${this.#options.app}/`)
      .split("; ")
      .flatMap((cookie) => (cookie === "" ? [] : [cookie.slice(0, cookie.indexOf("="))]));
    if (names.length === 0) return "without a cookie";
    if (this.held() !== null) return "with a session cookie";
    return `with the cookies ${names.join(", ")}, in which no refresh token can be read: they must be plain, percent-encoded, base64url JSON, or sealed with WebCrypto`;
  }

  #send(load: string, tab: string | null, url: string, { purpose, bearer }: Ask): { readonly to: string; readonly answer: Awaiting } {
    const cookies = this.#cookies(url);
    const headers: (readonly [string, string])[] = [["accept", "text/html"], ...PURPOSE_HEADERS[purpose]];
    if (bearer !== null) headers.push(["authorization", `Bearer ${bearer.accessToken}`]);
    if (cookies !== "") headers.push(["cookie", cookies]);
    const giveUp = new AbortController();
    const { to, answer } = this.#ports.send(load, { method: "GET", url, headers, body: null }, giveUp.signal);
    this.#inFlight.set(load, { to, tab, giveUp });
    const aborted = (error: unknown) => {
      if (giveUp.signal.aborted) return "aborted" as const;
      throw error;
    };
    return { to, answer: answer.catch(aborted).finally(() => this.#inFlight.delete(load)) };
  }

  #apply(load: string, url: string, { from: isolate, response }: BrowserAnswer): void {
    const cookies = response.headers.filter(([header]) => header === "set-cookie");
    if (cookies.length === 0) return;
    const before = this.held();
    const had = JSON.stringify(this.#heldCookies());
    this.#state = null;
    this.#headers.clear();
    const now = this.#ports.now();
    for (const [, text] of cookies) {
      const cookie = Cookie.parse(text);
      // A cookie that a browser would refuse is refused in silence, as there.
      if (cookie !== undefined) this.#set(datedFrom(now, cookie), url, now);
    }
    const after = this.held();
    this.#last = after;
    const base = { jar: this.#options.name, user: this.user, load };
    if (!sameCredential(before, after))
      this.#ports.emit({ type: "jar-changed", ...base, isolate, before, after, until: this.#endOf(after) });
    const has = this.#heldCookies();
    if (JSON.stringify(has) !== had) this.#ports.emit({ type: "cookies-changed", ...base, cookies: has });
  }

  #set(cookie: Cookie, url: string, now: number): void {
    const set = this.#jar.setCookieSync(cookie, url, { ignoreError: true, now: new Date(now) });
    // The jar would keep one that was cleared for ever, and look at it each time: a client that names its cookies anew would fill it.
    if (set !== undefined && !isAlive(set, now)) this.#jar.store.removeCookie(set.domain, set.path, set.key, () => {});
  }

  /** A cookie that has ended by its own date is lost as surely as one that was cleared; the browser notices when it would send it. */
  #noticeExpiry(load: string, held: Credential | null): void {
    if (this.#last !== null && held === null) {
      this.#ports.emit({
        type: "jar-changed",
        jar: this.#options.name,
        user: this.user,
        load,
        isolate: null,
        before: this.#last,
        after: null,
        until: null,
      });
    }
    this.#last = held;
  }

  /** Each cookie with a refresh token that the app would be sent. */
  #heldCookies(): readonly HeldCookie[] {
    return this.#alive(this.#options.app).flatMap((cookie) => {
      const holds = this.#ports.heldIn(cookie.cookieString());
      return holds === null ? [] : [{ name: cookie.key, holds }];
    });
  }

  /** When the first of the cookies ends that hold a credential; null where it ends with the browser. */
  #endOf(credential: Credential | null): number | null {
    if (credential === null) return null;
    const ends = this.#alive(this.#options.app)
      .filter((cookie) => sameCredential(this.#ports.heldIn(cookie.cookieString()), credential))
      .map((cookie) => cookie.expiryTime() ?? Number.POSITIVE_INFINITY);
    const first = Math.min(...ends);
    return Number.isFinite(first) ? first : null;
  }

  /** The `Cookie` header of a request that is sent now. */
  #cookies(url: string): string {
    const now = this.#ports.now();
    let header = this.#headers.get(url);
    if (header === undefined || now >= header.until) {
      const alive = this.#alive(url);
      header = { text: alive.map((cookie) => cookie.cookieString()).join("; "), until: endOf(alive) };
      this.#headers.set(url, header);
    }
    return header.text;
  }

  #alive(url: string): readonly Cookie[] {
    const now = this.#ports.now();
    return this.#jar.getCookiesSync(url, { expire: false, sort: true }).filter((cookie) => isAlive(cookie, now));
  }
}

/**
 * The same cookie with the moment of its end in place of `Max-Age`, which counts from when it arrived (RFC 6265 §5.3).
 * tough-cookie counts from when it was last read, so that a cookie in use would never end.
 */
function datedFrom(now: number, cookie: Cookie): Cookie {
  if (typeof cookie.maxAge === "number") {
    cookie.expires = new Date(cookie.maxAge <= 0 ? 0 : now + cookie.maxAge * 1_000);
    cookie.maxAge = null;
  }
  return cookie;
}

/** Something that is true of a jar until one of its cookies ends. */
interface Passing {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

function endOf(cookies: readonly Cookie[]): number {
  return Math.min(...cookies.map((cookie) => cookie.expiryTime() ?? Number.POSITIVE_INFINITY));
}

function isAlive(cookie: Cookie, now: number): boolean {
  const end = cookie.expiryTime();
  return end === undefined || end > now;
}

function sameCredential(a: Credential | null, b: Credential | null): boolean {
  return a?.family === b?.family && a?.generation === b?.generation && a?.sibling === b?.sibling;
}

function signInFailed(user: string, what: string): HoldfastError {
  return new HoldfastError(
    "BAD_TARGET",
    `expected ${user} to be signed in after app → issuer → app, but ${what}`,
    "the target answers /login?login_hint=… with a redirect to the issuer, and /callback?code=… with a session cookie and a redirect to a page",
  );
}
