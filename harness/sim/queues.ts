import type { Actor } from "./actor.ts";
import type { Operation } from "./operation.ts";

/** Operations that happen to each actor in the order in which it asked for them: only its oldest is pending. */
export class Queues {
  readonly #submit: (operation: Operation) => void;
  /** By actor, while something is pending: what comes after that. */
  readonly #behind = new Map<Actor, Operation[]>();

  /** @param submit makes an operation pending */
  constructor(submit: (operation: Operation) => void) {
    this.#submit = submit;
  }

  add(operation: Operation): void {
    const { to, complete } = operation;
    const queued: Operation = {
      ...operation,
      complete: () => {
        complete();
        this.#next(to);
      },
    };
    const behind = this.#behind.get(to);
    if (behind !== undefined) {
      behind.push(queued);
      return;
    }
    this.#behind.set(to, []);
    this.#submit(queued);
  }

  /** The actor's heap is gone: nothing of it will ever happen. */
  forget(actor: Actor): void {
    this.#behind.delete(actor);
  }

  /** What is not pending yet, each with how much of its actor's comes before it. */
  waiting(): readonly { readonly operation: Operation; readonly place: number }[] {
    return [...this.#behind.values()].flatMap((behind) => behind.map((operation, index) => ({ operation, place: index + 1 })));
  }

  #next(actor: Actor): void {
    const next = this.#behind.get(actor)?.shift();
    if (next === undefined) this.#behind.delete(actor);
    else this.#submit(next);
  }
}
