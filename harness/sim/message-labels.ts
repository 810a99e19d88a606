import { type Delivery, type Exchange, originalTask } from "./exchange.ts";
import type { Names } from "./names.ts";
import type { WireResponse } from "./wire.ts";

/** What messages are called in traces: without secrets, which appear by their names. */
export class MessageLabels {
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  request({ task, request, url, isCopy }: Delivery): string {
    const parts = [url.search, ...request.headers.map(([, value]) => value), request.body ?? ""];
    const what = isCopy ? `copy of ${request.method}` : request.method;
    return `${what} ${this.path(url)}${forTask(originalTask(task))}${this.#namesIn(parts)}`;
  }

  response({ task, request, url }: Exchange, response: WireResponse | null): string {
    if (response === null) return `no answer to ${request.method} ${this.path(url)}${forTask(task)}`;
    const parts = [...response.headers.map(([, value]) => value), response.body];
    return `${response.status} to ${request.method} ${this.path(url)}${forTask(task)}${this.#namesIn(parts)}`;
  }

  hangUp({ task, request, url }: Exchange): string {
    return `nobody waits for ${request.method} ${this.path(url)}${forTask(task)}`;
  }

  /** The path with every secret in it by its name: session ids and one-time links are paths too. */
  path(url: URL): string {
    const name = (segment: string) => {
      const names = this.#names.in(segment);
      return names.length === 0 ? segment : `{${names.map(({ label }) => label).join(", ")}}`;
    };
    return url.pathname.split("/").map(name).join("/");
  }

  #namesIn(parts: readonly string[]): string {
    const labels = new Set(parts.flatMap((part) => this.#names.in(part)).map((name) => name.label));
    return labels.size === 0 ? "" : ` [${[...labels].join(", ")}]`;
  }
}

function forTask(task: string | null): string {
  return task === null ? "" : ` for ${task}`;
}
