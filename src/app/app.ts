import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Log } from "../callback/refusal.ts";
import type { Repository } from "../repository/repository.ts";
import { redirect, refusal } from "../session/answers.ts";
import type { Authentication } from "../session/authenticate.ts";
import { isOwnPage } from "../session/origin.ts";
import type { Ports } from "../session/ports.ts";
import type { Session } from "../session/session.ts";
import type { SignInFailure } from "../session/sign-in-outcome.ts";
import { logFault } from "./errors.ts";
import type { EventLog } from "./live/event-log.ts";
import { createLive } from "./live/live.ts";
import type { AcceptUpgrade } from "./live/socket.ts";
import { createMemberPages, frameOf } from "./member-pages.ts";
import { failed, foreign, later, nothing, notSignedIn, page, RETRY_AFTER, undecided } from "./pages/answers.ts";
import { ICON, STYLE } from "./pages/assets.ts";
import { signedOutPage } from "./pages/home.ts";
import { apiKeyPage, messagePage, signOutPage } from "./pages/message.ts";
import { type ApiService, type Provisioning, provision } from "./provisioning.ts";
import { securityHeaders } from "./security-headers.ts";

/** Seconds for which a browser keeps style, icon and scripts. */
const ASSET_MAX_AGE = 300;
/** Bytes of a form. */
const MAX_FORM = 16_384;

type SignedIn = Extract<Authentication, { readonly kind: "signed-in" }>;
type Undecided = Extract<Authentication, { readonly kind: "stale" | "unavailable" }>;

/** What {@link createApp} joins. */
export interface AppOptions {
  /** Where browsers reach the app. Its redirect URI is `/callback` there. */
  readonly origin: string;
  readonly session: Session;
  readonly api: ApiService;
  readonly repository: Pick<Repository, "getWebMemberByWorkOsUserId" | "listArtifacts">;
  readonly events: EventLog;
  /** The modules of `src/app/client`, by name. Without them the pages do what forms and links can do. */
  readonly client: ReadonlyMap<string, string>;
  /** The origins of the issuer and of its pages: to there lead the redirects of the forms that sign in and out. `*.` may stand for a host. */
  readonly issuerOrigins: readonly string[];
  readonly ports: Pick<Ports, "now" | "wait">;
  readonly log: Log;
}

/** The whole web app, for any runtime that has `fetch`. */
export interface App {
  /**
   * Answers everything and never rejects.
   *
   * @param accept takes a request over as a WebSocket; not given where the runtime has none
   */
  fetch(request: Request, accept?: AcceptUpgrade): Promise<Response>;
}

type Bindings = { readonly accept?: AcceptUpgrade };

/**
 * The web app: the routes of the session, the API under `/v1`, pages that the server renders, and a stream of the workspace's events.
 *
 * A sign-in that the API could not be told of is a sign-in all the same: the home page says so and offers to make up for it.
 *
 * @example
 * ```ts
 * const app = createApp({ origin: "https://app.example", session, api, repository, events, client, issuerOrigins: ["https://api.workos.com"], ports, log });
 * (await app.fetch(new Request("https://app.example/"))).status; // 200
 * ```
 */
export function createApp(options: AppOptions): App {
  const { origin, session, events, ports, log } = options;
  const api = { service: options.api, origin };
  const live = createLive(options);
  const isOwn = (request: Request) => isOwnPage(request, origin);
  const pages = createMemberPages({ ...options, isOwn, undecided: (who) => undecided(noted(who)) });

  /** A service that cannot be reached must not undo what has succeeded: its code is spent, and its session begun. */
  async function tellApi(accessToken: string): Promise<Provisioning> {
    try {
      return await provision(api, accessToken);
    } catch (error) {
      logFault(error, log);
      return { kind: "failed", retryAfter: String(RETRY_AFTER) };
    }
  }

  async function finishSignIn(request: Request): Promise<Response> {
    const result = await session.signIn(request);
    if (result.kind !== "signed-in") return notSignedIn(noted(result));
    const told = await tellApi(result.accessToken);
    if (told.kind === "provisioned") {
      const { workspace, workspace_member: member } = told.resolved;
      events.append(workspace.id, { kind: "signed-in", text: `${member.email} signed in`, at: ports.now() });
    }
    return redirect(302, result.returnTo, result.headers);
  }

  /** Makes up for a sign-in that the API has missed. Right after the first one, the API's answer still has the secret of the first key. */
  async function setUp(request: Request): Promise<Response> {
    if (!isOwn(request)) return foreign();
    const who = await session.authenticate(request);
    if (who.kind === "signed-out") return page(401, signedOutPage(), { headers: who.headers });
    if (who.kind !== "signed-in") return undecided(noted(who));
    return afterSetUp(who, await tellApi(who.accessToken));
  }

  /** Signs out as the session does, and ends the session's streams. */
  async function signOut(request: Request): Promise<Response | null> {
    // Asked as an upgrade is, since a sign-out must not renew what it ends.
    const headers = { cookie: request.headers.get("cookie") ?? "", upgrade: "websocket" };
    const who = await session.authenticate(new Request(origin, { headers }));
    const answer = await session.routes(request);
    if (answer?.status === 303 && who.kind === "signed-in") live.end(who.principal.sessionId);
    return answer;
  }

  /** Tells the log of what an operator can mend: of a secret that has drifted, nobody else would hear. */
  function noted<T extends Undecided | SignInFailure>(what: T): T {
    if (what.kind === "unavailable" || what.kind === "misconfigured") {
      // An issuer's code goes before its sentence, which may name a person.
      const [said = ""] = what.said.split(": ");
      log({ event: "session", outcome: what.kind, said });
    }
    return what;
  }

  function fault(error: unknown): Response {
    logFault(error, log);
    return failed();
  }

  const app = new Hono<{ Bindings: Bindings }>();
  app.onError(fault);
  app.use(securityHeaders(options));
  app.use(async (c, next) => {
    try {
      await next();
    } catch (error) {
      // The framework lets through what is thrown and no Error.
      c.res = fault(error);
    }
  });
  app.all("/v1/*", (c) => options.api.fetch(c.req.raw));
  app.get("/style.css", () => asset(STYLE, "text/css; charset=utf-8"));
  app.get("/icon.svg", () => asset(ICON, "image/svg+xml"));
  app.get("/client/:name", (c) => {
    const script = options.client.get(c.req.param("name"));
    return script === undefined ? nothing() : asset(script, "text/javascript; charset=utf-8");
  });
  const form = bodyLimit({ maxSize: MAX_FORM, onError: () => refusal(413, "payload_too_large", `send at most ${MAX_FORM} bytes`) });
  const asked = (answer: (request: Request) => Promise<Response>) => (c: Context<{ Bindings: Bindings }>) => answer(c.req.raw);
  app.get("/", asked(pages.home));
  app.get("/projects", asked(pages.projects));
  app.post("/projects", form, asked(pages.newProject));
  app.get("/events", asked(pages.events));
  app.post("/events", form, asked(pages.newNote));
  app.get("/events/live", (c) => live.open(c.req.raw, c.env?.accept));
  app.get("/callback", asked(finishSignIn));
  app.post("/workspace", asked(setUp));
  app.post("/logout", async (c) => (await signOut(c.req.raw)) ?? nothing());
  app.get("/logout", async (c) => {
    const answer = await signOut(c.req.raw);
    // The session's own question, in the looks of the app.
    return answer === null || answer.status === 200 ? page(200, signOutPage()) : answer;
  });
  app.all("*", async (c) => (await session.routes(c.req.raw)) ?? nothing());
  return { fetch: async (request, accept) => app.fetch(request, accept === undefined ? {} : { accept }) };
}

function afterSetUp(who: SignedIn, provisioning: Provisioning): Response {
  const surroundings = { frame: frameOf(who, null), headers: who.headers };
  const next = { href: "/", label: "Go to your workspace" };
  if (provisioning.kind === "failed") {
    const [title, text] = ["Your workspace could not be set up", "You are still signed in. Please try again later."];
    const view = messagePage({ title, text, next: { href: "/", label: "Go back" }, signedInAs: who.principal.userId });
    return provisioning.retryAfter === null ? page(500, view, surroundings) : later(provisioning.retryAfter, view, surroundings);
  }
  const { default_api_key: key, workspace_member: member } = provisioning.resolved;
  if (key !== null) {
    return page(200, apiKeyPage({ name: key.api_key.name, secret: key.secret, signedInAs: member.email }), surroundings);
  }
  const [title, text] = ["Your workspace is ready", "The secret of its first API key can no longer be shown."];
  return page(200, messagePage({ title, text, next, signedInAs: member.email }), surroundings);
}

function asset(text: string, type: string): Response {
  return new Response(text, { headers: { "content-type": type, "cache-control": `public, max-age=${ASSET_MAX_AGE}` } });
}
