import { createMemoryProjectStore } from "../access/project-store.ts";
import {
  API_KEY,
  CLIENT,
  createSigner,
  createWorld,
  FakeRepository,
  ISSUER,
  json,
  START,
  type World,
} from "../callback/callback.testing.ts";
import { createStaticKeySet } from "../keys/static.ts";
import { applied, PASSWORD } from "../session/session.testing.ts";
import { createSession } from "../session/session.ts";
import { createMemoryStore } from "../session/store/memory.ts";
import { createApi } from "./api.ts";
import { createApp } from "./app.ts";
import { createMemoryEventLog, type EventLog } from "./live/event-log.ts";
import type { AcceptUpgrade, SocketEvents } from "./live/socket.ts";

export const ORIGIN = "https://app.test";
/** Moments at which the first access token has expired, in milliseconds since the epoch. */
export const EXPIRED = START + 300_000;

const signer = await createSigner();

/** What a browser gets. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly jar: string;
}

/** A WebSocket of a test: what the app sent, and how it ended. */
export interface TestSocket {
  readonly answer: Answered;
  /** Null where the app has refused it. */
  readonly events: SocketEvents | null;
  readonly received: { readonly first: number; readonly total: number; readonly events: readonly { readonly text: string }[] }[];
  /** Code and reason, once the app has closed it. */
  closed: readonly [number, string] | null;
  buffered: number;
}

/** The whole app over a repository in memory, with an issuer and a time that the test owns. */
export interface Bench {
  readonly world: World;
  readonly repository: FakeRepository;
  readonly events: EventLog;
  /** Claims of the tokens that the issuer gives out from now on. */
  claims: Record<string, unknown>;
  /** @param form sent as a page of the app's own sends it */
  ask(
    route: string,
    options?: { readonly jar?: string; readonly headers?: Record<string, string>; readonly form?: Record<string, string> },
  ): Promise<Answered>;
  /** Signs ada in, and returns her cookies. */
  signIn(): Promise<string>;
  /** Asks for the live stream, and opens it if the app lets it. */
  connect(jar: string, headers?: Record<string, string>): Promise<TestSocket>;
}

export function createBench(): Bench {
  const world = createWorld();
  const repository = new FakeRepository();
  const events = createMemoryEventLog();
  const keys = createStaticKeySet(signer.jwks);
  const { ports } = world;
  const log = (entry: World["log"][number]) => void world.log.push(entry);
  const session = createSession({
    ...{ ports, store: createMemoryStore(ports), cookiePasswords: [PASSWORD] },
    issuer: { origin: ISSUER, issuers: [ISSUER], clientId: CLIENT, clientSecret: API_KEY, keys },
    ...{ redirectUri: `${ORIGIN}/callback`, afterSignOut: `${ORIGIN}/` },
  });
  const accept = { issuers: [ISSUER], clientId: CLIENT };
  const workos = { origin: ISSUER, apiKey: API_KEY };
  const api = createApi({ ports, keys, accept, workos, repository, projectStore: createMemoryProjectStore(), log });
  const app = createApp({ origin: ORIGIN, session, api, repository, events, client: new Map(), issuerOrigins: [ISSUER], ports, log });

  async function send(request: Request, jar: string, upgrade?: AcceptUpgrade): Promise<Answered> {
    if (jar !== "") request.headers.set("cookie", jar);
    const response = await app.fetch(request, upgrade);
    const { status, headers } = response;
    return { status, headers, text: await response.text(), jar: applied(headers.getSetCookie(), jar) };
  }

  const bench: Bench = {
    ...{ world, repository, events, claims: {} },
    ask(route, { jar = "", headers = {}, form } = {}) {
      const [method = "", path = ""] = route.split(" ");
      const sent = form === undefined ? headers : { origin: ORIGIN, ...headers };
      const body = form === undefined ? null : new URLSearchParams(form);
      return send(new Request(`${ORIGIN}${path}`, { method, headers: sent, body }), jar);
    },
    async signIn() {
      const start = await bench.ask("GET /login");
      const state = new URL(start.headers.get("location") ?? "").searchParams.get("state");
      return (await bench.ask(`GET /callback?code=code_1&state=${state}`, { jar: start.jar })).jar;
    },
    async connect(jar, headers = {}) {
      const socket: { -readonly [K in keyof TestSocket]: TestSocket[K] } = {
        ...{ answer: { status: 0, headers: new Headers(), text: "", jar }, events: null, received: [], closed: null, buffered: 0 },
      };
      const request = new Request(`${ORIGIN}/events/live`, { headers: { upgrade: "websocket", origin: ORIGIN, ...headers } });
      socket.answer = await send(request, jar, (given) => {
        socket.events = given;
      });
      socket.events?.opened({
        send: (text) => void socket.received.push(JSON.parse(text)),
        close(code, reason) {
          socket.closed ??= [code, reason];
        },
        get buffered() {
          return socket.buffered;
        },
      });
      return socket;
    },
  };
  world.reply = async (url) =>
    url.endsWith("/authenticate")
      ? json(200, { access_token: await signer.sign(bench.claims), refresh_token: `rt_${world.requests.length}` })
      : json(200, { id: "user_ada", email: "ada@example.test" });
  return bench;
}

/** Lets everything run that waits for nothing from outside. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
