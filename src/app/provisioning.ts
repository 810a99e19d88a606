import type { z } from "zod";
import type { CallbackBody } from "./schemas.ts";

/** What the API made of a sign-in. */
export type Provisioning =
  | { readonly kind: "provisioned"; readonly resolved: z.infer<typeof CallbackBody> }
  /** The API has logged why. `retryAfter` in seconds; null where a retry does not help. */
  | { readonly kind: "failed"; readonly retryAfter: string | null };

/** Whoever answers the requests of the API: an app in this process, or a service elsewhere. */
export interface ApiService {
  fetch(request: Request): Response | Promise<Response>;
}

/**
 * Tells the API of a sign-in, as the web app does after every one: the API owns the provisioning. The same token gets the same answer,
 * so a second call does no harm.
 *
 * @param api.origin Where the API is reached.
 * @throws whatever the service rejects with.
 *
 * @example
 * ```ts
 * const provisioning = await provision({ service: api, origin: "https://app.example" }, accessToken);
 * provisioning.kind; // "provisioned"
 * ```
 */
export async function provision(
  api: { readonly service: ApiService; readonly origin: string },
  accessToken: string,
): Promise<Provisioning> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const response = await api.service.fetch(new Request(`${api.origin}/v1/auth/web/callback`, { method: "POST", headers }));
  if (response.status === 200) return { kind: "provisioned", resolved: await response.json() };
  return { kind: "failed", retryAfter: response.headers.get("retry-after") };
}
