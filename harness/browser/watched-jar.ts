import type { Credential } from "../model/credential.ts";
import type { EventBody, HeldCookie } from "../model/event.ts";
import { Jar, type JarPorts } from "./jar.ts";

/** Whose jar it is, and what for. */
interface Owner {
  /** For instance `ada`. */
  readonly name: string;
  /** The issuer's user id. */
  readonly user: string;
  /** The target's origin. */
  readonly app: string;
}

/** What it needs of the world around it. */
interface WatchedJarPorts extends JarPorts {
  /** The refresh token that a `Cookie` header carries, however it is sealed. */
  held(cookies: string): Credential | null;
  /** The refresh token that one cookie holds, or is a piece of. */
  heldIn(cookie: string): Credential | null;
  emit(event: EventBody): void;
}

/** A jar that says which credentials of the app come and go. */
export class WatchedJar {
  readonly #owner: Owner;
  readonly #ports: WatchedJarPorts;
  readonly #jar: Jar;
  #last: Credential | null = null;

  constructor(owner: Owner, ports: WatchedJarPorts) {
    this.#owner = owner;
    this.#ports = ports;
    this.#jar = new Jar(ports);
  }

  /** The `Cookie` header of a request that is sent now; empty where there is none. */
  header(url: string): string {
    return this.#jar.header(url);
  }

  /** See {@link Jar.state}. */
  state(): string {
    return this.#jar.state();
  }

  /** The refresh token in it; null where there is none. */
  held(): Credential | null {
    return this.#ports.held(this.#jar.header(this.#owner.app));
  }

  /**
   * The same, as somebody looks who is about to send it. A cookie that has ended by its own date is lost as surely as one that was
   * cleared; the browser notices when it would send it.
   */
  look(load: string): Credential | null {
    const held = this.held();
    if (this.#last !== null && held === null) this.#tell(load, null, this.#last, null);
    this.#last = held;
    return held;
  }

  /**
   * Takes in the `Set-Cookie` headers of an answer.
   *
   * @param from who answered
   * @param url what was asked for
   */
  take(load: string, from: string, cookies: readonly string[], url: string): void {
    if (cookies.length === 0) return;
    const before = this.held();
    const had = JSON.stringify(this.#cookies());
    this.#jar.set(cookies, url);
    const after = this.held();
    this.#last = after;
    if (!isSame(before, after)) this.#tell(load, from, before, after);
    const has = this.#cookies();
    if (JSON.stringify(has) === had) return;
    this.#ports.emit({ type: "cookies-changed", jar: this.#owner.name, user: this.#owner.user, load, cookies: has });
  }

  /** Has what another jar has, and forgets its own. */
  copy(from: WatchedJar): void {
    this.#jar.copy(from.#jar);
    this.#last = this.held();
  }

  #tell(load: string, isolate: string | null, before: Credential | null, after: Credential | null): void {
    const { name: jar, user } = this.#owner;
    this.#ports.emit({ type: "jar-changed", jar, user, load, isolate, before, after, until: this.#endOf(after) });
  }

  /** Each cookie with a refresh token that the app would be sent, by a page of any path. */
  #cookies(): readonly HeldCookie[] {
    return this.#jar.everywhere(this.#owner.app).flatMap((cookie) => {
      const holds = this.#ports.heldIn(cookie.cookieString());
      return holds === null ? [] : [{ name: cookie.key, holds }];
    });
  }

  /** When the first of the cookies ends that hold a credential; null where it ends with the browser. */
  #endOf(credential: Credential | null): number | null {
    if (credential === null) return null;
    const ends = this.#jar
      .alive(this.#owner.app)
      .filter((cookie) => isSame(this.#ports.heldIn(cookie.cookieString()), credential))
      .map((cookie) => cookie.expiryTime() ?? Number.POSITIVE_INFINITY);
    const first = Math.min(...ends);
    return Number.isFinite(first) ? first : null;
  }
}

function isSame(a: Credential | null, b: Credential | null): boolean {
  return a?.family === b?.family && a?.generation === b?.generation && a?.sibling === b?.sibling;
}
