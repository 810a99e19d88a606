import { html, raw } from "hono/html";

/** Markup whose values have been escaped. */
export type Markup = ReturnType<typeof html>;

/** Values of the signed-in person's for the top of a page; null where nobody is signed in, or nobody can tell. */
export type SignedInAs = string | null;

/** The session as the page tells its script of it: what `GET /session` answers, without the token that signs out. */
export interface Snapshot {
  readonly user_id: string;
  readonly session_id: string;
  readonly organization_id: string | null;
  /** Seconds since the epoch. */
  readonly expires_at: number;
  readonly stale: boolean;
}

/** What a page says, without what surrounds it. */
export interface View {
  readonly title: string;
  readonly signedInAs: SignedInAs;
  readonly main: Markup;
}

/** What surrounds a page. */
export interface Frame {
  /** The path of the page, for the navigation; null for one that is not part of it. */
  readonly path: string | null;
  /** Null where nobody is signed in; undefined where nobody can tell, so that the script asks. */
  readonly session: Snapshot | null | undefined;
}

/** The pages of the navigation. */
const PAGES = [
  ["/", "Workspace"],
  ["/projects", "Projects"],
  ["/events", "Events"],
] as const;

/**
 * A whole page. Whatever is put into it is escaped, in texts and in attributes, unless it is markup itself.
 *
 * @example
 * ```ts
 * const view = { title: "Ada <3", signedInAs: null, main: html`<p>Hello</p>` };
 * layout(view, { path: null, session: null }).toString().includes("Ada &lt;3"); // true
 * ```
 */
export function layout(view: View, { path, session }: Frame): Markup {
  const { title, signedInAs } = view;
  const known = session === undefined ? "unknown" : session === null ? "none" : "known";
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${titleOf(title)}</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/style.css" />
    ${session ? html`<script type="application/json" id="session-snapshot">${raw(json(session))}</script>` : ""}
    <script type="module" src="/client/main.js"></script>
  </head>
  <body data-session="${known}">
    <header>
      <a class="home" href="/">Holdfast reference app</a>
      ${signedInAs === null ? "" : signOut(signedInAs)}
      ${session ? navigation(path) : ""}
    </header>
    <p id="notice" role="status" class="notice" hidden></p>
    ${mainOf(view)}
  </body>
</html>
`;
}

/** The part of a page that changes when its script goes from one to the next. */
export function fragment(view: View): Markup {
  return html`<title>${titleOf(view.title)}</title>
${mainOf(view)}`;
}

function mainOf({ title, main }: View): Markup {
  return html`<main>
      <h1>${title}</h1>
      ${main}
    </main>`;
}

function titleOf(title: string): string {
  return `${title} · Holdfast reference app`;
}

function navigation(path: string | null): Markup {
  return html`<nav aria-label="Pages">
        ${PAGES.map(([href, label]) => html`<a href="${href}"${href === path ? html` aria-current="page"` : ""}>${label}</a> `)}
      </nav>`;
}

function signOut(signedInAs: string): Markup {
  return html`<form method="post" action="/logout">
        <span class="who">${signedInAs}</span>
        <button class="quiet">Sign out</button>
      </form>`;
}

/** JSON that no markup can be read out of. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
