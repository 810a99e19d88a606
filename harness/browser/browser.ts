import type { Credential } from "../model/credential.ts";
import { HoldfastError } from "../model/error.ts";
import type { AnswerKind, EventBody, Purpose } from "../model/event.ts";
import type { TabActions } from "../model/scenario.ts";
import type { Answer, TargetRoutes } from "../model/target.ts";
import { type Ask, FORM, headersOf, PAGE } from "./ask.ts";
import { type Go, goAway, signIn } from "./journeys.ts";
import { REDIRECT_LIMIT, redirectOf } from "./redirects.ts";
import { WatchedJar } from "./watched-jar.ts";
import type { BrowserAnswer, BrowserRequest, BrowserResponse } from "./wire.ts";

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
  classify(answer: Answer, purpose: Purpose): AnswerKind;
  /** Whether anything has failed that was let fail: then a sign-in may come to nothing. */
  hasFailed(): boolean;
  /** Nothing reaches the browser while it is not awake. */
  awake(isAwake: boolean): void;
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
  readonly routes: TargetRoutes;
  /** Where the app begins a sign-in; `/login` unless given. */
  readonly signIn?: string;
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

/** What a document fetches in parallel once it has arrived: the snapshot of a usual dashboard. */
const DOCUMENT_FETCHES = ["/api/me", "/api/projects", "/api/events"];

/**
 * One browser: a jar that its tabs share, page loads, and sign-in through real redirects. Each request carries the
 * cookies that the jar has at the moment it is sent; `Set-Cookie` is applied when an answer arrives, in arrival order.
 */
export class Browser {
  readonly user: string;
  readonly #options: BrowserOptions;
  readonly #ports: BrowserPorts;
  readonly #jar: WatchedJar;
  readonly #inFlight = new Map<string, Waiting>();
  #tabs = 0;
  #loads = 0;
  #isAwake = true;

  constructor(options: BrowserOptions, ports: BrowserPorts) {
    this.user = options.user;
    this.#options = options;
    this.#ports = ports;
    this.#jar = new WatchedJar(options, ports);
  }

  /** The requests without an answer, by load, each with who should give it. */
  get inFlight(): ReadonlyMap<string, { readonly to: string }> {
    return this.#inFlight;
  }

  /** Has what another browser's jar has, and forgets its own. */
  copyCookies(from: Browser): void {
    this.#jar.copy(from.#jar);
  }

  /** The tabs that somebody could leave now, each with the first load that it waits for. */
  waitingTabs(): ReadonlyMap<string, string> {
    const tabs = new Map<string, string>();
    if (!this.#isAwake) return tabs;
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
    return this.#jar.held();
  }

  /** How many requests of its own it has made, sign-ins aside. */
  get asked(): number {
    return this.#loads;
  }

  /** The `Cookie` header that a request to the app would carry now; empty where there is none. */
  cookies(): string {
    return this.#jar.header(`${this.#options.app}/`);
  }

  /** Stands for the jar's content, in the key of a state. */
  state(): string {
    return this.#jar.state();
  }

  /** Signs in through real redirects: app → issuer → app. */
  async signIn(): Promise<boolean> {
    const { app, email, name, signIn: path = "/login" } = this.#options;
    const wrong = await signIn(`${app}${path}`, email, this.#go(`${name}/sign-in`), () => this.held() !== null);
    if (wrong === null) return true;
    if (this.#ports.hasFailed()) return false;
    throw new HoldfastError(
      "BAD_TARGET",
      `expected ${this.user} to be signed in after app → issuer → app, but ${wrong}${wrong.startsWith("it ended") ? `, ${this.#described()}` : ""}`,
      // Whoever has set a cookie has answered both; what is missing is the token in it.
      wrong.startsWith("it ended") && this.#cookieNames().length > 0
        ? "a cookie that is only an id: keep the tokens in the `store` that create is given; else have the cookie carry the refresh token in one of these ways"
        : "the target answers /login?login_hint=… with a redirect to the issuer, and /callback?code=… with a session cookie and a redirect to a page",
    );
  }

  /** Goes to an address, and takes in what it says of cookies; null when no answer comes. Redirects are not followed. */
  async visit(url: string): Promise<BrowserResponse | null> {
    return (await this.#go(this.#newLoad("visit"))(url))?.response ?? null;
  }

  /**
   * Loads a page in a tab of its own. Resolves once nothing of it is in flight: to the first answer in page order that is
   * not `signed-in`, null when that one was lost.
   */
  load(path = "/", purpose: Purpose = "page"): Promise<AnswerKind | null> {
    return this.#load(this.#newTab(), path, { ...PAGE, purpose });
  }

  openTab(): TabActions {
    const tab = this.#newTab();
    return {
      load: (path = "/") => {
        this.leave(tab);
        return this.#load(tab, path, PAGE);
      },
      leave: () => this.leave(tab),
    };
  }

  /** Asks for a page with an access token as bearer, beside whatever the jar has. `forged` is what is wrong with it. */
  present(accessToken: string, forged: string | null): Promise<AnswerKind | null> {
    return this.#page(this.#newLoad("load"), this.#newTab(), "/", { ...PAGE, bearer: { accessToken, forged } });
  }

  switchOrganization(organization: string): Promise<AnswerKind | null> {
    const path = `${this.#route("switchOrganization")}?organization_id=${encodeURIComponent(organization)}`;
    return this.#page(this.#newLoad("switch"), this.#newTab(), path, FORM);
  }

  async logOut(): Promise<boolean> {
    const { name: jar, app } = this.#options;
    const url = `${app}${this.#route("logOut")}`;
    const load = this.#newLoad("logout");
    const held = this.#jar.look(load);
    const { to, answer } = this.#send(load, this.#newTab(), url, FORM);
    const base = { load, jar, user: this.user, held };
    this.#ports.emit({ type: "logout-sent", ...base, isolate: to });
    const answered = await answer;
    if (answered === "aborted" || answered === null) {
      this.#ports.emit({ type: "logout-answered", ...base, isolate: to, confirmed: false, status: null });
      return false;
    }
    this.#apply(load, url, answered);
    const { from: isolate, response } = answered;
    const confirmed = response.status < 400;
    this.#ports.emit({ type: "logout-answered", ...base, isolate, confirmed, status: response.status });
    if (confirmed) await goAway(app, url, response, this.#go(load));
    return confirmed;
  }

  sleep(): void {
    this.#isAwake = false;
    this.#ports.awake(false);
  }

  wake(): void {
    this.#isAwake = true;
    this.#ports.awake(true);
  }

  #newTab(): string {
    return `${this.#options.name}/tab-${++this.#tabs}`;
  }

  #newLoad(kind: "load" | "switch" | "logout" | "visit"): string {
    return `${this.#options.name}/${kind}-${++this.#loads}`;
  }

  /** Where the target takes this; a scenario that says what it needs is not played without. */
  #route(name: keyof TargetRoutes): string {
    const path = this.#options.routes[name];
    if (path !== undefined) return path;
    throw new HoldfastError("BAD_USAGE", `expected a target that says where it takes ${name}`, `name it in the scenario's needs`);
  }

  async #load(tab: string, path: string, ask: Ask): Promise<AnswerKind | null> {
    const load = this.#newLoad("load");
    const answer = await this.#page(load, tab, path, ask);
    if (this.#options.page === "request" || ask.purpose !== "page" || answer !== "signed-in") return answer;
    const answers = await Promise.all(DOCUMENT_FETCHES.map((fetched, index) => this.#page(`${load}.${index + 1}`, tab, fetched, PAGE)));
    const spoilt = answers.find((fetched) => fetched !== "signed-in");
    return spoilt === undefined ? answer : spoilt;
  }

  /** Goes from page to page as part of a load, which no person can leave. */
  #go(load: string): Go {
    return async (url) => {
      const answered = await this.#send(load, null, url, PAGE).answer;
      if (answered === "aborted" || answered === null) return null;
      this.#apply(load, url, answered);
      return answered;
    };
  }

  async #page(load: string, tab: string, path: string, ask: Ask): Promise<AnswerKind | null> {
    const { purpose, bearer } = ask;
    const { name: jar, user, app } = this.#options;
    const url = `${app}${path}`;
    const sentAt = this.#ports.now();
    const held = this.#jar.look(load);
    const { to, answer } = this.#send(load, tab, url, ask);
    const base = { load, tab, jar, user };
    this.#ports.emit({ type: "load-sent", ...base, isolate: to, purpose, forged: bearer?.forged ?? null, held });
    const { answered, redirects } = await this.#follow(load, tab, url, ask, answer);
    if (answered === "aborted" || answered === null) {
      this.#ports.emit({ type: "load-lost", why: answered ?? "no-answer", ...base, isolate: to });
      return null;
    }
    const { from: isolate, response } = answered;
    const kind = this.#classify(response, purpose);
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
      const next = this.#wayOn(url, answered.response, ask.purpose);
      if (next === null || redirects === REDIRECT_LIMIT) break;
      url = next;
      const { name: jar } = this.#options;
      this.#ports.emit({ type: "load-redirected", load, jar, user: this.user, isolate: answered.from, redirects: redirects + 1 });
      answered = await this.#send(load, tab, url, ask).answer;
    }
    return { answered, redirects };
  }

  /** Where else in the app the browser is sent; null when it stays, or when the answer means something as it is. */
  #wayOn(url: string, response: BrowserResponse, purpose: Purpose): string | null {
    const next = redirectOf(url, response);
    return next?.origin === this.#options.app && this.#classify(response, purpose) === "other" ? next.href : null;
  }

  #classify({ status, headers, body }: BrowserResponse, purpose: Purpose): AnswerKind {
    return this.#ports.classify({ status, headers: new Headers(headers as [string, string][]), body }, purpose);
  }

  /** What the jar has for the app, in the words of an error. */
  #described(): string {
    const names = this.#cookieNames();
    if (names.length === 0) return "without a cookie";
    if (this.held() !== null) return "with a session cookie";
    return `with the cookies ${names.join(", ")}, in which no refresh token can be read: they must be plain, percent-encoded, base64url JSON, or sealed with WebCrypto`;
  }

  #cookieNames(): readonly string[] {
    return this.cookies()
      .split("; ")
      .flatMap((cookie) => (cookie === "" ? [] : [cookie.slice(0, cookie.indexOf("="))]));
  }

  #send(load: string, tab: string | null, url: string, ask: Ask): { readonly to: string; readonly answer: Awaiting } {
    if (!this.#isAwake) {
      throw new HoldfastError("BAD_USAGE", `expected ${this.#options.name} to be awake before she does anything`, "wake her first");
    }
    const headers = headersOf(ask, this.#options.app, this.#jar.header(url));
    const giveUp = new AbortController();
    const { to, answer } = this.#ports.send(load, { method: ask.method, url, headers, body: null }, giveUp.signal);
    this.#inFlight.set(load, { to, tab, giveUp });
    const aborted = (error: unknown) => {
      if (giveUp.signal.aborted) return "aborted" as const;
      throw error;
    };
    return { to, answer: answer.catch(aborted).finally(() => this.#inFlight.delete(load)) };
  }

  #apply(load: string, url: string, { from, response }: BrowserAnswer): void {
    const cookies = response.headers.filter(([header]) => header === "set-cookie").map(([, text]) => text);
    this.#jar.take(load, from, cookies, url);
  }
}
