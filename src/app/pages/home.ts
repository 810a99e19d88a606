import { html } from "hono/html";
import type { Artifact, Workspace } from "../../repository/repository.ts";
import type { ListedProject } from "../api-client.ts";
import type { Markup, View } from "./layout.ts";
import { projectRows } from "./projects.ts";
import { time } from "./time.ts";

/** What the home page can say of the signed-in person's workspace. */
export type Dashboard =
  | {
      readonly kind: "ready";
      readonly email: string;
      readonly workspace: Workspace;
      /** The newest ones. */
      readonly artifacts: readonly Artifact[];
      readonly hasMore: boolean;
      /** Null where nobody can tell now. */
      readonly projects: readonly ListedProject[] | null;
      /** Nobody has come back since the first sign-in, so the secret of the first API key may still be shown. */
      readonly isNew: boolean;
    }
  /** The callback of the API has never succeeded for this person. */
  | { readonly kind: "missing" }
  /** Nobody can tell now. */
  | { readonly kind: "unavailable" };

/** The session, as far as a person may want to see it. */
export interface SessionFacts {
  readonly userId: string;
  readonly sessionId: string;
  /** When the access token was signed and when it ends, in seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** A refresh was due and did not come about. */
  readonly stale: boolean;
}

/**
 * What somebody sees who is not signed in.
 *
 * @param returnTo where the sign-in leads
 */
export function signedOutPage(returnTo = "/"): View {
  return {
    title: "You are signed out",
    signedInAs: null,
    main: html`<p>Sign in to see your workspace.</p>
      <form class="stack" method="get" action="/login">
        ${returnTo === "/" ? "" : html`<input type="hidden" name="return_to" value="${returnTo}" />`}
        <label for="email">Email address</label>
        <input id="email" name="login_hint" type="email" autocomplete="username" required />
        <button>Sign in</button>
      </form>`,
  };
}

/** The home page for somebody who is. */
export function homePage(facts: SessionFacts, dashboard: Dashboard): View {
  return {
    title: dashboard.kind === "ready" ? dashboard.workspace.name : "You are signed in",
    signedInAs: dashboard.kind === "ready" ? dashboard.email : facts.userId,
    main: html`${workspace(dashboard)} ${session(facts)}`,
  };
}

function workspace(dashboard: Dashboard): Markup {
  switch (dashboard.kind) {
    case "missing":
      return html`<p role="status">You have no workspace yet: setting it up did not succeed when you signed in.</p>
      <form method="post" action="/workspace"><button>Set up my workspace</button></form>`;
    case "unavailable":
      return html`<p role="status">Your workspace cannot be shown right now. You are still signed in. <a href="/">Try again</a></p>`;
    case "ready":
      return html`${dashboard.isNew ? firstKey() : ""}
      <section aria-labelledby="artifacts">
        <h2 id="artifacts">Artifacts</h2>
        ${artifacts(dashboard)}
      </section>
      <section aria-labelledby="projects">
        <h2 id="projects">Projects</h2>
        ${projectRows(dashboard.projects)}
      </section>`;
  }
}

function firstKey(): Markup {
  return html`<form class="note" method="post" action="/workspace">
        <p>Your workspace is new and has an API key. Its secret can be shown for a few minutes after your first sign-in.</p>
        <button>Show the API key</button>
      </form>`;
}

function artifacts({ artifacts, hasMore }: Extract<Dashboard, { readonly kind: "ready" }>): Markup {
  if (artifacts.length === 0) return html`<p>There are none yet.</p>`;
  return html`<ul class="rows">
          ${artifacts.map(({ name, createdAt }) => html`<li><span>${name}</span> ${time(createdAt)}</li>`)}
        </ul>
        ${hasMore ? html`<p>These are the newest ${artifacts.length}. The API has the others.</p>` : ""}`;
}

function session({ userId, sessionId, issuedAt, expiresAt, stale }: SessionFacts): Markup {
  return html`<section aria-labelledby="session">
        <h2 id="session">Session</h2>
        <dl>
          <dt>User</dt>
          <dd><code>${userId}</code></dd>
          <dt>Session</dt>
          <dd><code>${sessionId}</code></dd>
          <dt>Access token from</dt>
          <dd>${time(issuedAt * 1000)}</dd>
          <dt>Access token until</dt>
          <dd>${time(expiresAt * 1000)}</dd>
        </dl>
        <p>${stale ? "It is due for renewal, and the issuer could not be asked. You stay signed in while it holds." : "It is renewed by the next page load once it is due."}</p>
      </section>`;
}
