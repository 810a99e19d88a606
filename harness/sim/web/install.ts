import { contexts } from "../context.ts";
import { headersFrom, LightHeaders, teachHeaders } from "./headers.ts";
import { lightRequest, realRequest, teachRequest } from "./request.ts";
import { lightJson, lightResponse, teachResponse } from "./response.ts";

/**
 * `Headers`, `Request` and `Response` cost more than all the rest of a message. Inside of a world, those that are made of text are light
 * objects, whose prototypes are Node's own; whatever is unusual about them is done by Node's own object, into which a light one turns
 * when it is first asked for it. Outside of a world they are Node's own from the beginning.
 */
export function installWeb(): void {
  const { Headers, Request, Response } = globalThis;
  teachHeaders();
  teachRequest();
  teachResponse();
  install(Headers, (init) => {
    const state = headersFrom(init);
    return state === null ? null : new LightHeaders(state);
  });
  install(Request, lightRequest, realRequest);
  const VirtualResponse = install(Response, lightResponse);
  const realJson = Response.json;
  Object.defineProperty(VirtualResponse, "json", {
    ...Object.getOwnPropertyDescriptor(Response, "json"),
    value: function json(this: unknown, ...values: unknown[]): unknown {
      const light = values.length > 0 && contexts.getStore() !== undefined ? lightJson(values[0], values[1]) : null;
      return light ?? Reflect.apply(realJson, Response, values);
    },
  });
}

type Class = (new (...values: never[]) => object) & { readonly name: string };

/** Puts a façade in the place of a class. It has the same prototype, so that `instanceof` knows both. */
function install(Real: Class, light: (first: unknown, second: unknown) => object | null, toReal = (first: unknown) => first): object {
  function Virtual(...values: unknown[]): object {
    if (new.target === undefined) return Reflect.apply(Real as unknown as () => object, undefined, values);
    const isOwn = new.target === Virtual;
    // With more than the usual arguments, or none where there must be one, it is not the usual case either.
    const made = isOwn && contexts.getStore() !== undefined ? light(values[0], values[1]) : null;
    if (made !== null) return made;
    if (values.length > 0) values[0] = toReal(values[0]);
    return Reflect.construct(Real, values, isOwn ? Real : new.target) as object;
  }
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(Real))) Object.defineProperty(Virtual, name, descriptor);
  Object.defineProperty(Real.prototype, "constructor", { value: Virtual, writable: true, configurable: true });
  Object.defineProperty(globalThis, Real.name, { value: Virtual, writable: true, configurable: true });
  return Virtual;
}
