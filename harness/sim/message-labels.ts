import { type Delivery, type Exchange, originalTask } from "./exchange.ts";
import type { Names } from "./names.ts";
import type { WireResponse } from "./wire.ts";
import { SHORTEST_SECRET } from "./words.ts";

/** What messages are called in traces: without secrets, which appear by their names. */
export class MessageLabels {
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  request({ task, request, url, isCopy }: Delivery): string {
    const found = this.#found([["", url.search], ...request.headers], request.body);
    const what = isCopy ? `copy of ${request.method}` : request.method;
    return `${what} ${this.path(url)}${forTask(originalTask(task))}${found}`;
  }

  response({ task, request, url }: Exchange, response: WireResponse | null): string {
    if (response === null) return `no answer to ${request.method} ${this.path(url)}${forTask(task)}`;
    return `${response.status} to ${request.method} ${this.path(url)}${forTask(task)}${this.#found(response.headers, response.body)}`;
  }

  hangUp({ task, request, url }: Exchange): string {
    return `nobody waits for ${request.method} ${this.path(url)}${forTask(task)}`;
  }

  /** The path with every secret in it by its name: session ids and one-time links are paths too. */
  path(url: URL): string {
    if (url.pathname.length < SHORTEST_SECRET) return url.pathname;
    const name = (segment: string) => {
      const names = this.#names.in(segment);
      return names.length === 0 ? segment : `{${names.map(({ label }) => label).join(", ")}}`;
    };
    return url.pathname.split("/").map(name).join("/");
  }

  /** The names of the secrets in a message. A loop, because this is done for every message of every run. */
  #found(fields: readonly (readonly [string, string])[], body: string | null): string {
    const labels = new Set<string>();
    for (const [, value] of fields) for (const { label } of this.#names.in(value)) labels.add(label);
    for (const { label } of this.#names.in(body ?? "")) labels.add(label);
    return labels.size === 0 ? "" : ` [${[...labels].join(", ")}]`;
  }
}

function forTask(task: string | null): string {
  return task === null ? "" : ` for ${task}`;
}
