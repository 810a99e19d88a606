import { Hono } from "hono";
import type { Log } from "../callback/refusal.ts";
import type { Repository } from "../repository/repository.ts";
import { redirect } from "../session/answers.ts";
import type { Authentication } from "../session/authenticate.ts";
import { isOwnPage } from "../session/origin.ts";
import type { Session } from "../session/session.ts";
import { logFault } from "./errors.ts";
import { failed, foreign, later, nothing, notSignedIn, page, RETRY_AFTER, undecided } from "./pages/answers.ts";
import { ICON, STYLE } from "./pages/assets.ts";
import { type Dashboard, homePage, signedOutPage } from "./pages/home.ts";
import { apiKeyPage, messagePage, signOutPage } from "./pages/message.ts";
import { type ApiService, type Provisioning, provision } from "./provisioning.ts";
import { securityHeaders } from "./security-headers.ts";

/** Artifacts on the home page. */
const NEWEST = 20;
/** Seconds for which a browser keeps style and icon. */
const ASSET_MAX_AGE = 300;

type SignedIn = Extract<Authentication, { readonly kind: "signed-in" }>;

/** What {@link createApp} joins. */
export interface AppOptions {
  /** Where browsers reach the app. Its redirect URI is `/callback` there. */
  readonly origin: string;
  readonly session: Session;
  readonly api: ApiService;
  readonly repository: Pick<Repository, "getWebMemberByWorkOsUserId" | "listArtifacts">;
  /** The issuer's origin: to there lead the redirects of the forms that sign in and out. */
  readonly issuerOrigin: string;
  readonly log: Log;
}

/** The whole web app, for any runtime that has `fetch`. */
export interface App {
  /** Answers everything and never rejects. */
  fetch(request: Request): Promise<Response>;
}

/**
 * The web app: the routes of the session, the API under `/v1`, and pages that the server renders.
 *
 * A sign-in that the API could not be told of is a sign-in all the same: the home page says so and offers to make up for it.
 *
 * @example
 * ```ts
 * const app = createApp({ origin: "https://app.example", session, api, repository, issuerOrigin: "https://api.workos.com", log });
 * (await app.fetch(new Request("https://app.example/"))).status; // 200
 * ```
 */
export function createApp(options: AppOptions): App {
  const { origin, session, repository, log } = options;
  const api = { service: options.api, origin };

  async function home(request: Request): Promise<Response> {
    const who = await session.authenticate(request);
    if (who.kind === "signed-out") return page(200, signedOutPage(), who.headers);
    if (who.kind !== "signed-in") return undecided(who);
    const { status, dashboard } = await look(who.principal.userId);
    const { principal, claims, stale, headers } = who;
    const markup = homePage({ ...principal, issuedAt: claims.iat, expiresAt: claims.exp, stale }, dashboard);
    // Whatever became of the dashboard, the browser gets the cookies of a session that was just renewed.
    return status === 503 ? later(RETRY_AFTER, markup, headers) : page(status, markup, headers);
  }

  async function look(userId: string): Promise<{ readonly status: number; readonly dashboard: Dashboard }> {
    try {
      const found = await repository.getWebMemberByWorkOsUserId(userId);
      if (found === null) return { status: 200, dashboard: { kind: "missing" } };
      const { member, workspace } = found;
      const { items, nextCursor } = await repository.listArtifacts({ workspaceId: workspace.id, cursor: null, limit: NEWEST });
      const isNew = member.lastSeenAt === member.createdAt;
      const dashboard = { kind: "ready", email: member.email, workspace, artifacts: items, hasMore: nextCursor !== null, isNew } as const;
      return { status: 200, dashboard };
    } catch (error) {
      return { status: logFault(error, log) === null ? 500 : 503, dashboard: { kind: "unavailable" } };
    }
  }

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
    if (result.kind !== "signed-in") return notSignedIn(result);
    await tellApi(result.accessToken);
    return redirect(302, result.returnTo, result.headers);
  }

  /** Makes up for a sign-in that the API has missed. Right after the first one, the API's answer still has the secret of the first key. */
  async function setUp(request: Request): Promise<Response> {
    if (!isOwnPage(request, origin)) return foreign();
    const who = await session.authenticate(request);
    if (who.kind === "signed-out") return page(401, signedOutPage(), who.headers);
    if (who.kind !== "signed-in") return undecided(who);
    return afterSetUp(who, await tellApi(who.accessToken));
  }

  function fault(error: unknown): Response {
    logFault(error, log);
    return failed();
  }

  const app = new Hono();
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
  app.get("/", (c) => home(c.req.raw));
  app.get("/callback", (c) => finishSignIn(c.req.raw));
  app.post("/workspace", (c) => setUp(c.req.raw));
  app.get("/logout", async (c) => {
    const answer = await session.routes(c.req.raw);
    // The session's own question, in the looks of the app.
    return answer === null || answer.status === 200 ? page(200, signOutPage()) : answer;
  });
  app.all("*", async (c) => (await session.routes(c.req.raw)) ?? nothing());
  return { fetch: async (request) => app.fetch(request) };
}

function afterSetUp({ principal, headers }: SignedIn, provisioning: Provisioning): Response {
  const next = { href: "/", label: "Go to your workspace" };
  if (provisioning.kind === "failed") {
    const [title, text] = ["Your workspace could not be set up", "You are still signed in. Please try again later."];
    const markup = messagePage({ title, text, next: { href: "/", label: "Go back" }, signedInAs: principal.userId });
    return provisioning.retryAfter === null ? page(500, markup, headers) : later(provisioning.retryAfter, markup, headers);
  }
  const { default_api_key: key, workspace_member: member } = provisioning.resolved;
  if (key !== null) return page(200, apiKeyPage({ name: key.api_key.name, secret: key.secret, signedInAs: member.email }), headers);
  const [title, text] = ["Your workspace is ready", "The secret of its first API key can no longer be shown."];
  return page(200, messagePage({ title, text, next, signedInAs: member.email }), headers);
}

function asset(text: string, type: string): Response {
  return new Response(text, { headers: { "content-type": type, "cache-control": `public, max-age=${ASSET_MAX_AGE}` } });
}
