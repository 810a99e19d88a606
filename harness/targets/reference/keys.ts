import type { JSONWebKeySet } from "jose";
import { chainKeySets } from "../../../src/keys/chain.ts";
import type { FetchPorts } from "../../../src/keys/fetch-json.ts";
import type { KeySet } from "../../../src/keys/key-set.ts";
import { createRemoteKeySet } from "../../../src/keys/remote.ts";
import { createStaticKeySet } from "../../../src/keys/static.ts";
import type { IssuerSettings } from "../../model/target.ts";

/** The keys of one isolate as a deployment has them: the baked ones, and then the issuer's for a key that came after. */
export interface ReferenceKeys {
  readonly find: KeySet;
  /** What requests share here, see `Instance.memory`: nothing before the first key that the deployment does not have. */
  memory(): unknown;
}

export function referenceKeys({ origin, clientId, jwks }: IssuerSettings, ports: FetchPorts): ReferenceKeys {
  // What the key set goes by: when it was last asked for and what came of it when, and which set it has and since when.
  let asked: unknown = null;
  let kept: unknown = null;

  const noted: typeof fetch = async (...request) => {
    const since = ports.now();
    asked = [since];
    try {
      const response = await ports.fetch(...request);
      const body = await response.clone().text();
      asked = [since, ports.now(), response.status, response.headers.get("retry-after")];
      if (response.ok) kept = [since, body];
      return response;
    } catch (error) {
      asked = [since, ports.now(), "lost"];
      throw error;
    }
  };
  const remote = createRemoteKeySet({ url: `${origin}/sso/jwks/${clientId}`, ports: { ...ports, fetch: noted } });
  return { find: chainKeySets(createStaticKeySet(jwks as unknown as JSONWebKeySet), remote), memory: () => [asked, kept] };
}
