// What the issuer is asked and answers, before and after any wire. A fetch `Request` and `Response` cost a server more to make than
// most answers cost to find, so a face makes them where it must, and nobody else does.

/** A request whose body has been read. */
export interface IssuerRequest {
  readonly method: string;
  readonly url: URL;
  /** Their names in lower case. */
  readonly headers: Pick<Headers, "get" | "has">;
  /** Empty where it has none. */
  readonly body: string;
  /** Aborted when its client goes away. */
  readonly signal?: AbortSignal | undefined;
}

/** The headers of an answer, in the order in which they were given; their names in lower case. */
export class ReplyHeaders implements Iterable<readonly [name: string, value: string]> {
  #pairs: (readonly [name: string, value: string])[];

  constructor(given: Readonly<Record<string, string>>) {
    this.#pairs = Object.entries(given);
  }

  /** The first of that name, or null. */
  get(name: string): string | null {
    return this.#pairs.find(([one]) => one === name)?.[1] ?? null;
  }

  /** In place of whatever has that name. */
  set(name: string, value: string): void {
    this.#pairs = this.#pairs.filter(([one]) => one !== name);
    this.append(name, value);
  }

  /** Beside whatever has that name. */
  append(name: string, value: string): void {
    this.#pairs.push([name, value]);
  }

  [Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    return this.#pairs.values();
  }
}

/** An answer. Its body is text, or nothing; only the control's stream of events is written as it comes. */
export class Reply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: string | ReadableStream<Uint8Array> | null;

  constructor(body: Reply["body"], { status = 200, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {}) {
    this.status = status;
    this.headers = new ReplyHeaders(headers);
    this.body = body;
  }

  /** As fetch gives it. */
  toResponse(body: BodyInit | null = this.body): Response {
    return new Response(body, { status: this.status, headers: [...this.headers].map(([name, value]): [string, string] => [name, value]) });
  }
}
