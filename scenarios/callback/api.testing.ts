import { CORPUS } from "../../fixtures/tokens/forge.ts";
import { createMemoryProjectStore } from "../../src/access/project-store.ts";
import { createApi } from "../../src/app/api.ts";
import { ROUTES } from "../../src/app/routes.ts";
import type { LogEntry } from "../../src/callback/refusal.ts";
import { createStaticKeySet } from "../../src/keys/static.ts";
import type { Repository } from "../../src/repository/repository.ts";

/** Every route of the API as a request. */
export const REQUESTS = ROUTES.map(({ method, path }) => ({ method: method.toUpperCase(), path }));

/** A repository that nobody may reach: any call to it is an error. */
const untouchable = new Proxy({} as Repository, {
  get: (_, name) => () => Promise.reject(new Error(`expected no call to the repository, got ${String(name)}`)),
});

/** The API that the corpus is for. Without a good token it reaches neither WorkOS nor the repository. */
export function createGuardedApi(repository: Repository = untouchable) {
  const log: LogEntry[] = [];
  const api = createApi({
    ports: {
      fetch: (url) => Promise.reject(new Error(`expected no request, got one to ${url}`)),
      now: () => CORPUS.now,
      randomBytes: (length) => new Uint8Array(length),
      wait: () => new Promise(() => {}),
    },
    keys: createStaticKeySet({ keys: [...CORPUS.jwks.keys] }),
    accept: { issuers: [CORPUS.issuer], clientId: CORPUS.clientId },
    workos: { origin: CORPUS.issuer, apiKey: "sk_test" },
    repository,
    projectStore: createMemoryProjectStore(),
    log: (entry) => log.push(entry),
    trustedEmailClaim: "email",
  });

  /** Sends one request and says what was answered and logged. */
  async function send(request: { readonly method: string; readonly path: string }, authorization: string | null) {
    log.length = 0;
    const headers = authorization === null ? new Headers() : new Headers({ authorization });
    const response = await api.fetch(new Request(`https://api.example${request.path}`, { method: request.method, headers }));
    return { status: response.status, code: (await response.json()).error?.code, logged: [...log] };
  }
  return { send };
}
