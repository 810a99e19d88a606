import { hash } from "node:crypto";
import { Cookie, CookieJar } from "tough-cookie";

/** Something that is true of a jar until one of its cookies ends. */
interface Passing {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What a jar needs of the world around it. */
export interface JarPorts {
  now(): number;
  /** A text without its random bytes. */
  canonical(text: string): string;
}

/** The cookies of one browser, on the world's clock. */
export class Jar {
  readonly #ports: JarPorts;
  #cookies = new CookieJar();
  /** What stands for the jar, and the `Cookie` header by URL, as long as the jar does not change. */
  #state: Passing | null = null;
  readonly #headers = new Map<string, Passing>();

  constructor(ports: JarPorts) {
    this.#ports = ports;
  }

  /** The `Cookie` header of a request that is sent now; empty where there is none. */
  header(url: string): string {
    const now = this.#ports.now();
    let header = this.#headers.get(url);
    if (header === undefined || now >= header.until) {
      const alive = this.alive(url);
      header = { text: alive.map((cookie) => cookie.cookieString()).join("; "), until: endOf(alive) };
      this.#headers.set(url, header);
    }
    return header.text;
  }

  /** The cookies that a request would carry now. */
  alive(url: string): readonly Cookie[] {
    const now = this.#ports.now();
    return this.#cookies.getCookiesSync(url, { expire: false, sort: true }).filter((cookie) => isAlive(cookie, now));
  }

  /** The cookies that a request to any path of that host would carry now. */
  everywhere(url: string): readonly Cookie[] {
    const now = this.#ports.now();
    return this.#cookies.getCookiesSync(url, { expire: false, sort: true, allPaths: true }).filter((cookie) => isAlive(cookie, now));
  }

  /** Takes in the `Set-Cookie` headers of an answer of this URL. */
  set(texts: readonly string[], url: string): void {
    this.#change();
    for (const text of texts) {
      const cookie = Cookie.parse(text);
      // A cookie that a browser would refuse is refused in silence, as there.
      if (cookie !== undefined) this.#set(datedFrom(this.#ports.now(), cookie), url);
    }
  }

  /** Has what another jar has, and forgets its own. */
  copy(from: Jar): void {
    this.#change();
    this.#cookies = from.#cookies.cloneSync() ?? new CookieJar();
  }

  /** Stands for its content, in the key of a state. */
  state(): string {
    const now = this.#ports.now();
    if (this.#state === null || now >= this.#state.until) {
      // An expired cookie is as good as none, so a jar that was cleared is the same as one that was always empty.
      const alive = (this.#cookies.serializeSync()?.cookies ?? [])
        .map((cookie) => Cookie.fromJSON(cookie) as Cookie)
        .filter((cookie) => isAlive(cookie, now));
      const cookies = alive.map(({ key, value, domain, path, expires }) => [key, this.#ports.canonical(value), domain, path, expires]);
      this.#state = { text: hash("sha1", JSON.stringify(cookies), "base64url"), until: endOf(alive) };
    }
    return this.#state.text;
  }

  #change(): void {
    this.#state = null;
    this.#headers.clear();
  }

  #set(cookie: Cookie, url: string): void {
    const now = this.#ports.now();
    const set = this.#cookies.setCookieSync(cookie, url, { ignoreError: true, now: new Date(now) });
    // The jar would keep one that was cleared for ever, and look at it each time: a client that names its cookies anew would fill it.
    if (set !== undefined && !isAlive(set, now)) this.#cookies.store.removeCookie(set.domain, set.path, set.key, () => {});
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

function endOf(cookies: readonly Cookie[]): number {
  return Math.min(...cookies.map((cookie) => cookie.expiryTime() ?? Number.POSITIVE_INFINITY));
}

function isAlive(cookie: Cookie, now: number): boolean {
  const end = cookie.expiryTime();
  return end === undefined || end > now;
}
