import type { Purpose } from "../model/event.ts";

/** What a request is, beyond where it goes. */
export interface Ask {
  readonly method: "GET" | "POST";
  readonly purpose: Purpose;
  /** An access token that is sent as bearer, and what is wrong with it. */
  readonly bearer: { readonly accessToken: string; readonly forged: string | null } | null;
}

/** Somebody wants to see a page. */
export const PAGE: Ask = { method: "GET", purpose: "page", bearer: null };
/** What the app's own pages send, for whatever is no page. */
export const FORM: Ask = { method: "POST", purpose: "renewal", bearer: null };

/** What tells the app that a request is no page that somebody looks at. */
const PURPOSE_HEADERS: Readonly<Record<Purpose, readonly (readonly [string, string])[]>> = {
  page: [],
  prefetch: [["sec-purpose", "prefetch"]],
  upgrade: [
    ["connection", "Upgrade"],
    ["upgrade", "websocket"],
    ["sec-websocket-version", "13"],
  ],
  renewal: [],
};

/**
 * The headers of a request, as browsers send them.
 *
 * @param cookies the `Cookie` header; empty for none
 */
export function headersOf({ method, purpose, bearer }: Ask, app: string, cookies: string): readonly (readonly [string, string])[] {
  return [
    ["accept", "text/html"],
    ...PURPOSE_HEADERS[purpose],
    ...(method === "POST" ? [["origin", app] as const] : []),
    ...(bearer === null ? [] : [["authorization", `Bearer ${bearer.accessToken}`] as const]),
    ...(cookies === "" ? [] : [["cookie", cookies] as const]),
  ];
}
