import type { JSONWebKeySet, JWK } from "jose";
import { isLoopback } from "../loopback.ts";
import { type FetchPorts, fetchJson } from "./fetch-json.ts";

/** What became of the bake. Only `baked` has keys; the others leave the key set to be fetched at run time. */
export type Bake =
  | { readonly kind: "baked"; readonly jwks: JSONWebKeySet }
  /** A deployment cannot reach an issuer on somebody's own machine, and its keys change with every start. */
  | { readonly kind: "skipped"; readonly because: "loopback_issuer" }
  | { readonly kind: "failed"; readonly said: string };

/** The public members of signature keys (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2). Nothing else belongs in a deployment. */
const PUBLIC_MEMBERS = ["kty", "kid", "alg", "use", "key_ops", "n", "e", "crv", "x", "y"] as const;

export interface BakeRequest {
  /** Of the key set, for instance `https://api.workos.com/sso/jwks/client_1`. */
  readonly url: string;
  readonly ports: FetchPorts;
  /** Milliseconds; a deployment must not hang on an issuer. */
  readonly timeout: number;
}

/**
 * Fetches the issuer's public keys at deploy time, so that a cold isolate verifies without a call. It never rejects: a
 * deployment goes on without baked keys, and says so.
 *
 * @throws TypeError when `url` is not an absolute URL.
 *
 * @example
 * ```ts
 * const bake = await bakeJwks({ url: "https://api.workos.com/sso/jwks/client_1", ports, timeout: 5_000 });
 * const jwks = bake.kind === "baked" ? bake.jwks : { keys: [] };
 * ```
 */
export async function bakeJwks(request: BakeRequest): Promise<Bake> {
  // A host name may end with the dot of the root.
  if (isLoopback(new URL(request.url).hostname.replace(/\.$/, ""))) return { kind: "skipped", because: "loopback_issuer" };
  const answer = await fetchJson(request.ports, request);
  if (answer.kind === "unavailable") return { kind: "failed", said: answer.said };
  const keys = answer.status === 200 ? publicKeys(answer.body) : [];
  if (keys.length === 0) return { kind: "failed", said: `the answer was ${answer.status} without a public key` };
  return { kind: "baked", jwks: { keys } };
}

function publicKeys(body: unknown): JWK[] {
  const keys = (body as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return [];
  return keys.flatMap((key: Record<string, unknown> | null) => {
    // A symmetric key is a secret; its name alone must not look like a key.
    if (typeof key?.kty !== "string" || key.kty === "oct") return [];
    return [Object.fromEntries(PUBLIC_MEMBERS.filter((name) => name in key).map((name) => [name, key[name]])) as unknown as JWK];
  });
}
