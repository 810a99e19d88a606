import { readPrincipal } from "../access/claims.ts";
import type { Log } from "../callback/refusal.ts";
import type { Repository, Workspace, WorkspaceMember } from "../repository/repository.ts";
import { json, redirect, refusal } from "../session/answers.ts";
import type { Authentication } from "../session/authenticate.ts";
import type { Ports } from "../session/ports.ts";
import type { Session } from "../session/session.ts";
import { type ApiCall, createProject, listProjects } from "./api-client.ts";
import { logFault } from "./errors.ts";
import type { EventLog } from "./live/event-log.ts";
import { FRAGMENT, foreign, later, page, part, RETRY_AFTER } from "./pages/answers.ts";
import { eventsPage, MAX_NOTE } from "./pages/events.ts";
import { type Dashboard, homePage, signedOutPage } from "./pages/home.ts";
import type { Frame, View } from "./pages/layout.ts";
import { messagePage } from "./pages/message.ts";
import { EMPTY_DRAFT, type ProjectDraft, projectsPage } from "./pages/projects.ts";
import type { ApiService } from "./provisioning.ts";

/** Artifacts on the home page, and events that come with theirs. */
const NEWEST = 20;
const NEWEST_EVENTS = 50;

type SignedIn = Extract<Authentication, { readonly kind: "signed-in" }>;
type Undecided = Extract<Authentication, { readonly kind: "stale" | "unavailable" }>;

/** What {@link createMemberPages} needs. */
export interface MemberPagesParts {
  readonly origin: string;
  readonly session: Pick<Session, "authenticate">;
  readonly api: ApiService;
  readonly repository: Pick<Repository, "getWebMemberByWorkOsUserId" | "listArtifacts">;
  readonly events: EventLog;
  readonly ports: Pick<Ports, "now">;
  readonly log: Log;
  /** Answers a request of which nobody can say now whose it is. */
  undecided(who: Undecided): Response;
  /** Whether a request that changes something comes from the app's own pages. */
  isOwn(request: Request): boolean;
}

/** The pages of people who are signed in. */
export interface MemberPages {
  home(request: Request): Promise<Response>;
  projects(request: Request): Promise<Response>;
  newProject(request: Request): Promise<Response>;
  events(request: Request): Promise<Response>;
  newNote(request: Request): Promise<Response>;
}

interface Viewer {
  readonly who: SignedIn;
  readonly member: WorkspaceMember;
  readonly workspace: Workspace;
}

/**
 * The dashboard, the projects and the events. Each is a whole page, or the part of one that the pages' script asks for.
 *
 * @example
 * ```ts
 * const pages = createMemberPages({ origin, session, api, repository, events, ports, log, undecided, isOwn });
 * const answer = await pages.home(request);
 * ```
 */
export function createMemberPages(parts: MemberPagesParts): MemberPages {
  const { origin, session, repository, events, ports, log, undecided, isOwn } = parts;
  const calling = (accessToken: string): ApiCall => ({ service: parts.api, origin, accessToken });

  /** Whatever becomes of the page, the browser gets the cookies of a session that was just renewed. */
  async function asMember(request: Request, answer: (viewer: Viewer) => Promise<Response>): Promise<Response> {
    const who = await session.authenticate(request);
    const { pathname } = new URL(request.url);
    if (who.kind === "signed-out") return page(401, signedOutPage(pathname), { headers: who.headers });
    if (who.kind !== "signed-in") return undecided(who);
    try {
      const found = await repository.getWebMemberByWorkOsUserId(who.principal.userId);
      // The home page offers to make up for it.
      return found === null ? redirect(303, "/", who.headers) : await answer({ who, ...found });
    } catch (error) {
      const outage = logFault(error, log);
      const text = "You are still signed in. Please try again in a moment.";
      const next = { href: pathname, label: "Try again" };
      const view = messagePage({ title: "This cannot be shown right now", text, next, signedInAs: who.principal.userId });
      const surroundings = { frame: frameOf(who, pathname), headers: who.headers };
      return outage === null ? page(500, view, surroundings) : later(RETRY_AFTER, view, surroundings);
    }
  }

  async function look({ principal, accessToken }: SignedIn): Promise<{ readonly status: number; readonly dashboard: Dashboard }> {
    try {
      const found = await repository.getWebMemberByWorkOsUserId(principal.userId);
      if (found === null) return { status: 200, dashboard: { kind: "missing" } };
      const { member, workspace } = found;
      const { items, nextCursor } = await repository.listArtifacts({ workspaceId: workspace.id, cursor: null, limit: NEWEST });
      const isNew = member.lastSeenAt === member.createdAt;
      const projects = await visible(accessToken);
      const { email } = member;
      const dashboard = { kind: "ready", email, workspace, artifacts: items, hasMore: nextCursor !== null, projects, isNew } as const;
      return { status: 200, dashboard };
    } catch (error) {
      return { status: logFault(error, log) === null ? 500 : 503, dashboard: { kind: "unavailable" } };
    }
  }

  /** The rest of a page stands without them. */
  async function visible(accessToken: string) {
    try {
      return await listProjects(calling(accessToken));
    } catch (error) {
      logFault(error, log);
      return null;
    }
  }

  async function projectsView({ who, member }: Viewer, draft: ProjectDraft): Promise<View> {
    const organizations = readPrincipal(who.claims)?.organizations ?? [];
    return projectsPage({ signedInAs: member.email, projects: await visible(who.accessToken), organizations, draft });
  }

  return {
    async home(request) {
      const who = await session.authenticate(request);
      // For a script this is a refusal, and it asks the session endpoint.
      if (who.kind === "signed-out") return page(wantsPart(request) ? 401 : 200, signedOutPage(), { headers: who.headers });
      if (who.kind !== "signed-in") return undecided(who);
      const { status, dashboard } = await look(who);
      const { principal, claims, stale, headers } = who;
      const view = homePage({ ...principal, issuedAt: claims.iat, expiresAt: claims.exp, stale }, dashboard);
      if (status === 200 && wantsPart(request)) return part(view, headers);
      const surroundings = { frame: frameOf(who, "/"), headers };
      return status === 503 ? later(RETRY_AFTER, view, surroundings) : page(status, view, surroundings);
    },

    projects: (request) =>
      asMember(request, async (viewer) => {
        const view = await projectsView(viewer, EMPTY_DRAFT);
        const { headers } = viewer.who;
        return wantsPart(request) ? part(view, headers) : page(200, view, { frame: frameOf(viewer.who, "/projects"), headers });
      }),

    async newProject(request) {
      if (!isOwn(request)) return foreign();
      return asMember(request, async (viewer) => {
        const draft = draftOf(await fieldsOf(request));
        const { name, slug, organizationSlug } = draft;
        const { who, workspace } = viewer;
        const wanted = { name, slug, ...(organizationSlug === "" ? {} : { organizationSlug }) };
        const created = await createProject(calling(who.accessToken), wanted);
        if (created.kind === "created") {
          const { name, organization } = created.project;
          events.append(workspace.id, {
            kind: "project.created",
            text: `Project “${name}” was created in ${organization.name}`,
            at: ports.now(),
          });
          return redirect(303, "/projects", who.headers);
        }
        const view = await projectsView(viewer, { ...draft, refused: created.said });
        return page(created.status, view, { frame: frameOf(who, "/projects"), headers: who.headers });
      });
    },

    events: (request) =>
      asMember(request, async ({ who, member, workspace }) => {
        const view = eventsPage({ signedInAs: member.email, newest: events.newest(workspace.id, NEWEST_EVENTS) });
        const { headers } = who;
        return wantsPart(request) ? part(view, headers) : page(200, view, { frame: frameOf(who, "/events"), headers });
      }),

    async newNote(request) {
      if (!isOwn(request)) return foreign();
      return asMember(request, async ({ who, workspace }) => {
        const { headers } = who;
        const text = (await fieldsOf(request))("text");
        const isScript = request.headers.get("accept")?.includes("application/json");
        if (text === "" || text.length > MAX_NOTE) {
          return refusal(400, "invalid_request", `text: expected 1 to ${MAX_NOTE} characters`, headers);
        }
        events.append(workspace.id, { kind: "note", text, at: ports.now() });
        return isScript ? json(201, {}, headers) : redirect(303, "/events", headers);
      });
    },
  };
}

/** What goes around a page of somebody who is signed in. */
export function frameOf({ principal, claims, stale }: SignedIn, path: string | null): Frame {
  const { userId, sessionId, organizationId } = principal;
  const session = { user_id: userId, session_id: sessionId, organization_id: organizationId, expires_at: claims.exp, stale };
  return { path, session };
}

function wantsPart(request: Request): boolean {
  return request.headers.has(FRAGMENT);
}

function draftOf(field: (name: string) => string): ProjectDraft {
  return { name: field("name"), slug: field("slug"), organizationSlug: field("organizationSlug"), refused: null };
}

/** The fields of a form, each as text without white space around it; a body that is no form has none. */
async function fieldsOf(request: Request): Promise<(name: string) => string> {
  const fields = new URLSearchParams(isForm(request) ? await request.text() : "");
  return (name) => fields.get(name)?.trim() ?? "";
}

function isForm(request: Request): boolean {
  return request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded") === true;
}
