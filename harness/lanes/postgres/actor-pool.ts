import type { Session } from "./session.ts";

/** What a pool does through its lane. */
interface PoolPorts {
  open(): Promise<Session>;
  query(session: Session, text: string, values: readonly unknown[]): Promise<unknown>;
  close(session: Session): void;
}

type Listener = (value: never) => void;

/** A connection as an actor's code sees it: as much of `pg`'s client as drivers use. */
export interface ActorClient {
  query(text: string, values?: readonly unknown[]): Promise<unknown>;
  /** @param destroy the connection is not to be used again */
  release(destroy?: boolean): void;
  on(event: string, listener: Listener): ActorClient;
  removeListener(event: string, listener: Listener): ActorClient;
}

/** What looks to an actor's code like a pool of `pg`'s: every statement on its connections is an operation of the world. */
export class ActorPool {
  readonly options: object = {};
  readonly #max: number;
  readonly #ports: PoolPorts;
  readonly #idle: Session[] = [];
  readonly #queue: (() => void)[] = [];
  #count = 0;

  constructor(max: number, ports: PoolPorts) {
    this.#max = max;
    this.#ports = ports;
  }

  async connect(): Promise<ActorClient> {
    for (;;) {
      const session = this.#idle.pop();
      if (session?.backend.isBroken) this.#discard(session);
      else if (session !== undefined) return this.#client(session);
      if (this.#count < this.#max) break;
      await new Promise<void>((resolve) => {
        this.#queue.push(resolve);
      });
    }
    this.#count++;
    try {
      return this.#client(await this.#ports.open());
    } catch (error) {
      this.#count--;
      this.#queue.shift()?.();
      throw error;
    }
  }

  async end(): Promise<void> {
    for (const session of this.#idle.splice(0)) this.#ports.close(session);
  }

  #discard(session: Session): void {
    this.#count--;
    this.#ports.close(session);
  }

  #client(session: Session): ActorClient {
    let isReleased = false;
    const client: ActorClient = {
      query: (text, values = []) => this.#ports.query(session, text, values),
      release: (destroy = false) => {
        // As `pg` has it: whoever releases twice would give away a connection that somebody else uses.
        if (isReleased) throw new Error("expected a client to be released once, and it was released before");
        isReleased = true;
        if (destroy || session.backend.isBroken) this.#discard(session);
        else this.#idle.push(session);
        this.#queue.shift()?.();
      },
      on(event, listener) {
        session.on(event, listener);
        return client;
      },
      removeListener(event, listener) {
        session.off(event, listener);
        return client;
      },
    };
    return client;
  }
}
