import type { Reply } from "./message.ts";

/**
 * What becomes of a request. Everything but `reply` is a fault, which each face shows in its own way: a server destroys the
 * socket, MSW has a network error, and a plain fetch rejects with a `TypeError`.
 */
export type Answer =
  | { readonly kind: "reply"; readonly reply: Reply }
  /** The connection breaks before anything of an answer arrives. */
  | { readonly kind: "reset" }
  /** The head arrives and promises `length` bytes, of which `part` arrive before the connection breaks. */
  | { readonly kind: "truncated"; readonly reply: Reply; readonly part: Uint8Array<ArrayBuffer>; readonly length: number };

/**
 * The answer as a fetch of it would give it.
 *
 * @throws {TypeError} for a connection that breaks; for a truncated answer only its body rejects
 */
export function asFetched(answer: Answer): Response {
  switch (answer.kind) {
    case "reply":
      return answer.reply.toResponse();
    case "reset":
      throw new TypeError("fetch failed", { cause: new Error("the issuer's fault plan broke the connection") });
    case "truncated":
      return answer.reply.toResponse(brokenBody(answer.part));
  }
}

function brokenBody(part: Uint8Array): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      // One at a time: an error discards whatever is still queued.
      if (sent) controller.error(new TypeError("terminated", { cause: new Error("the issuer's fault plan cut the answer") }));
      else controller.enqueue(part);
      sent = true;
    },
  });
}
