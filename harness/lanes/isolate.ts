import { describeError } from "../model/describe-error.ts";
import type { Environment, Instance, IssuerSettings, Target } from "../model/target.ts";
import type { Actor } from "../sim/actor.ts";
import { fetchServer, type Server } from "../sim/server.ts";
import type { World } from "../sim/world.ts";
import type { RunStore } from "./run-store.ts";

/** The target's own origin. */
export const APP = "https://app.test";
const COOKIE_PASSWORDS = ["holdfast-simulation-cookie-password-1"];

/** A server that can be started anew. */
export interface Isolate extends Server {
  /** Does what was left undone, where the target has such a thing. */
  maintain(): Promise<void>;
  /** Its heap is gone; the next request starts it cold. */
  drop(): void;
  isCold(): boolean;
}

/** What an isolate is made of. */
export interface IsolateParts {
  readonly world: World;
  readonly target: Target;
  readonly strategy: string;
  readonly issuer: IssuerSettings;
  readonly store: RunStore;
}

/**
 * Starts one isolate of the target.
 *
 * @param number 1, 2, …
 */
export function openIsolate(parts: IsolateParts, number: number): Isolate {
  const { world, target, store } = parts;
  const actor = world.actor(`isolate-${number}`, "isolate");
  const environment = environmentOf(parts, actor, number);
  let instance: Instance | null = null;
  let created: Promise<Instance>;

  function start(): Server {
    created = world.as(actor, null, async () => target.create(environment));
    const handler = created.then((made) => {
      if (typeof made?.fetch !== "function")
        throw new Error(`it gave ${typeof made === "object" ? "an object without fetch" : `a value of type ${typeof made}`}`);
      instance = made;
      if (made.memory !== undefined && store.declaresMemory !== false) world.declareMemory(actor, () => instance?.memory?.() ?? null);
      return (request: Request) => made.fetch(request);
    });
    handler.catch((error: unknown) => {
      world.fail(
        "BAD_TARGET",
        `the target "${target.name}" threw while ${actor.name} was created: ${describeError(error)}`,
        "create(environment) returns { fetch }, or a promise of it",
        error,
      );
    });
    return fetchServer(actor, handler);
  }
  let server: Server | null = start();
  return {
    actor,
    handle(request, hungUp) {
      server ??= start();
      return server.handle(request, hungUp);
    },
    async maintain() {
      server ??= start();
      await created;
      await instance?.maintain?.();
    },
    isCold: () => server === null,
    drop() {
      server = null;
      instance = null;
    },
  };
}

function environmentOf({ world, strategy, issuer, store }: IsolateParts, actor: Actor, isolate: number): Environment {
  return {
    isolate,
    origin: APP,
    issuer,
    strategy,
    cookiePasswords: COOKIE_PASSWORDS,
    // The façades know who calls; as ports they are the same things by another door.
    fetch: (input, init) => fetch(input, init),
    store: store.for(actor),
    now: () => world.now(),
    randomBytes: (length) => world.randomness.bytes(actor.name, length),
  };
}
