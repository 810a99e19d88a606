import { type LightState, UNUSUAL, type Usual } from "./light.ts";

/** A light body is text, or there is none. */
export interface BodyState extends LightState {
  readonly body: string | null;
  /** It has been read. */
  isUsed: boolean;
}

const encoder = new TextEncoder();

/** A body as it stands in an init, and the type that goes with it. Undefined for what is none of the usual ones. */
export function bodyFrom(body: unknown): { readonly body: string | null; readonly type: string | null } | undefined {
  if (body === undefined || body === null) return { body: null, type: null };
  if (typeof body === "string") return { body, type: "text/plain;charset=UTF-8" };
  if (body instanceof URLSearchParams && Object.getPrototypeOf(body) === URLSearchParams.prototype)
    return { body: body.toString(), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  return undefined;
}

/** Text that was encoded and decoded again as UTF-8: no half of a surrogate pair, and no byte order mark. */
function decoded(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.charCodeAt(0) === 0xfeff ? wellFormed.slice(1) : wellFormed;
}

/** Reads a body that has not been read; one that is not there can be read again and again. */
function read<T>(state: BodyState, told: (text: string) => T): Promise<T> | typeof UNUSUAL {
  if (state.isUsed) return UNUSUAL;
  state.isUsed = state.body !== null;
  return new Promise((resolve) => resolve(told(state.body ?? "")));
}

/** What `Request` and `Response` have in common. */
export const bodyOperations: Record<PropertyKey, Usual<BodyState>> = {
  bodyUsed: (state) => state.isUsed,
  text: (state) => read(state, decoded),
  json: (state) => read(state, (text) => JSON.parse(decoded(text))),
  arrayBuffer: (state) => read(state, (text) => encoder.encode(text).buffer),
  bytes: (state) => read(state, (text) => encoder.encode(text)),
};

const readers = [Request.prototype.text, Response.prototype.text] as const;

/** A real object that was just made reads its body, as the light one had. */
export function useUp(real: Request | Response): void {
  void Reflect.apply(real instanceof Request ? readers[0] : readers[1], real, []);
}
