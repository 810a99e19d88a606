import { oauthRefusal, Refusal } from "./http.ts";
import type { IssuerRequest } from "./message.ts";

/** One MiB, in bytes: a hundred times what any request to an issuer needs. */
export const BODY_LIMIT = 1 << 20;

/**
 * Takes what somebody fetches: reads its body to the end.
 *
 * Throws a {@link Refusal}: 413 beyond {@link BODY_LIMIT}, which is not read any further, 400 for what is no UTF-8.
 */
export async function readFetched(request: Request): Promise<IssuerRequest> {
  const { method, url, headers } = request;
  return { method, url: new URL(url), headers, body: await readText(request), signal: request.signal };
}

async function readText({ headers, body }: Request): Promise<string> {
  if (body === null) return "";
  const tooLarge = () => oauthRefusal(413, "invalid_request", `Expected a body of at most ${BODY_LIMIT} bytes.`);
  if (Number(headers.get("content-length") ?? 0) > BODY_LIMIT) throw tooLarge();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  try {
    // Leaving the loop early cancels the rest of the body.
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > BODY_LIMIT) throw tooLarge();
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw oauthRefusal(400, "invalid_request", "Expected a whole body in UTF-8.");
  }
}
