import { CORPUS, token } from "../../fixtures/tokens/forge.ts";
import { createMemoryProjectStore } from "../../src/access/project-store.ts";
import { createApi } from "../../src/app/api.ts";
import { KeySetUnavailable } from "../../src/keys/key-set.ts";
import { createStaticKeySet } from "../../src/keys/static.ts";
import { createRepository } from "../../src/repository/create-repository.ts";
import { createKeyRing } from "../../src/repository/key-ring.ts";
import { createMemoryDatabase } from "../../src/repository/memory/database.ts";
import { createMemoryStore } from "../../src/repository/memory/store.ts";
import { type Around, interceptStore } from "../../src/repository/store.testing.ts";

export type User = "user_ada" | "user_ben";

/** One token that a web app may present any number of times. Its sign-in is known by `jti`, or by `sid` alone. */
export interface Ticket {
  readonly user: User;
  readonly by: "jti" | "sid";
  readonly id: string;
  /** Seconds after the start at which it ends. */
  readonly end: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly secret: string | null;
}

/** The whole API over the memory repository, with faults that a test puts in and a database that it can look into. */
export function createSignedInWorld(around: () => Around) {
  let drawn = 0;
  const randomBytes = (length: number) => Uint8Array.from({ length }, (_, i) => (++drawn * 31 + i) & 255);
  const ring = (purpose: string) => createKeyRing(purpose, [{ version: "1", key: new Uint8Array(32).fill(7) }]);
  // Nobody waits for ever: whoever holds a lock goes on by itself.
  const database = createMemoryDatabase({ lockTimeout: 1_000, setTimer: () => () => {} });
  const intercepted: Around = (name, run) => around()(name, run);
  const store = interceptStore(createMemoryStore(database), intercepted);
  const repository = createRepository(store, { peppers: ring("pepper"), sealKeys: ring("seal key"), randomBytes });
  const keys = createStaticKeySet({ keys: [...CORPUS.jwks.keys] });

  const world = {
    now: CORPUS.now as number,
    database,
    repository,
    faults: { keys: false, users: false },
    emails: { user_ada: "ada@example.test", user_ben: "ben@example.test" } as Record<string, string>,
    present,
    snapshot: () =>
      JSON.stringify([database.workspaces, database.members, database.apiKeys].map((map) => [...map]).concat([database.events as never])),
  };

  const api = createApi({
    ports: {
      fetch: async (url) => {
        const id = String(url).split("/").at(-1) ?? "";
        return world.faults.users ? new Response("<html>", { status: 502 }) : Response.json({ id, email: world.emails[id] });
      },
      now: () => world.now,
      randomBytes,
      wait: (_, signal) => (signal === undefined ? Promise.resolve() : new Promise(() => {})),
    },
    keys: (...asked) => (world.faults.keys ? Promise.reject(new KeySetUnavailable("down", 1)) : keys(...asked)),
    accept: { issuers: [CORPUS.issuer], clientId: CORPUS.clientId, clockTolerance: 0 },
    workos: { origin: CORPUS.issuer, apiKey: "sk_test" },
    repository,
    projectStore: createMemoryProjectStore(),
    log: () => {},
  });

  async function present({ user, by, id, end }: Ticket): Promise<Answer> {
    const ids = by === "jti" ? { jti: id, sid: `session_of_${user}` } : { jti: undefined, sid: id };
    const bearer = token({ sub: user, exp: CORPUS.now / 1000 + end, ...ids });
    const request = new Request("https://api.example/v1/auth/web/callback", {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}` },
    });
    const response = await api.fetch(request);
    const body = await response.text();
    return { status: response.status, body, secret: JSON.parse(body).default_api_key?.secret ?? null };
  }

  return world;
}

export type SignedInWorld = ReturnType<typeof createSignedInWorld>;
