import { createApiKey, revokeApiKey, verifyApiKey } from "./api-keys.ts";
import { checkMoment, checkText } from "./check.ts";
import { listArtifacts } from "./page.ts";
import type { RepositoryPorts } from "./ports.ts";
import type { Repository } from "./repository.ts";
import { resolveWebMember } from "./resolve-web-member.ts";
import type { Store } from "./store.ts";

/**
 * The repository over a store: what an operation means is here and written once, how it is stored is the store's.
 *
 * Its methods have no receiver to lose: `const { resolveWebMember } = repository` works.
 *
 * @example
 * ```ts
 * const repository = createRepository(createMemoryStore(createMemoryDatabase({ lockTimeout: 2_000, setTimer })), ports);
 * ```
 */
export function createRepository(store: Store, ports: RepositoryPorts): Repository {
  return {
    resolveWebMember: (request) => resolveWebMember(store, ports, request),
    async getWebMemberByWorkOsUserId(workosUserId) {
      checkText("workosUserId", workosUserId);
      return store.findMember(workosUserId);
    },
    createApiKey: (request) => createApiKey(store, ports, request),
    revokeApiKey: (request) => revokeApiKey(store, request),
    verifyApiKey: (secret) => verifyApiKey(store, ports, secret),
    listArtifacts: (request) => listArtifacts(store, request),
    async sweep(now) {
      checkMoment("now", now);
      return store.sweep(now);
    },
  };
}
