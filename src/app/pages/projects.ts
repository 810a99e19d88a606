import { html } from "hono/html";
import type { Organization } from "../../access/claims.ts";
import type { ListedProject } from "../api-client.ts";
import type { Markup, View } from "./layout.ts";

/** What somebody has filled in, and why it was not taken. */
export interface ProjectDraft {
  readonly name: string;
  readonly slug: string;
  readonly organizationSlug: string;
  /** For the person, null before anything was sent. */
  readonly refused: string | null;
}

export const EMPTY_DRAFT: ProjectDraft = { name: "", slug: "", organizationSlug: "", refused: null };

/** The projects that somebody may see, and a form for a new one. */
export function projectsPage(page: {
  readonly signedInAs: string;
  /** Null where nobody can tell now. */
  readonly projects: readonly ListedProject[] | null;
  readonly organizations: readonly Organization[];
  readonly draft: ProjectDraft;
}): View {
  const { signedInAs, projects, organizations, draft } = page;
  return {
    title: "Projects",
    signedInAs,
    main: html`${projectRows(projects)}
      <section aria-labelledby="new">
        <h2 id="new">New project</h2>
        ${organizations.length === 0 ? html`<p>Projects belong to organizations, and you are not a member of any.</p>` : form(organizations, draft)}
      </section>`,
  };
}

/** Projects as a list. */
export function projectRows(projects: readonly ListedProject[] | null): Markup {
  if (projects === null) return html`<p role="status">Your projects cannot be shown right now.</p>`;
  if (projects.length === 0) return html`<p>There are none yet.</p>`;
  return html`<ul class="rows">
          ${projects.map(({ name, slug, organization }) => html`<li><span>${name} <code>${slug}</code></span> <span class="quiet">${organization.name}</span></li>`)}
        </ul>`;
}

function form(organizations: readonly Organization[], { name, slug, organizationSlug, refused }: ProjectDraft): Markup {
  return html`<form class="stack" method="post" action="/projects">
          ${refused === null ? "" : html`<p class="refused" role="alert">${refused}</p>`}
          ${picker(organizations, organizationSlug)}
          <label for="name">Name</label>
          <input id="name" name="name" value="${name}" maxlength="200" required />
          <label for="slug">Short name</label>
          <input id="slug" name="slug" value="${slug}" maxlength="63" pattern="[a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?" aria-describedby="slug-hint" autocapitalize="none" required />
          <p id="slug-hint" class="quiet">Lower-case letters, digits and inner hyphens. No other project has it.</p>
          <button>Create project</button>
        </form>`;
}

/** Whoever is a member of one organization has nothing to choose. */
function picker(organizations: readonly Organization[], chosen: string): Markup {
  const [only] = organizations;
  if (organizations.length === 1) return html`<p>In <strong>${only?.name}</strong>.</p>`;
  return html`<label for="organization">Organization</label>
          <select id="organization" name="organizationSlug" required>
            <option value="">Choose one</option>
            ${organizations.map(({ slug, name }) => html`<option value="${slug}"${slug === chosen ? html` selected` : ""}>${name}</option>`)}
          </select>`;
}
