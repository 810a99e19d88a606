import type { Core } from "../core.ts";
import type { Reply } from "../message.ts";
import type { User } from "../state/directory.ts";
import type { Interaction } from "../state/interactions.ts";
import { type Html, html } from "./html.ts";
import { needOf } from "./needs.ts";
import { showPage } from "./page.ts";

/** What somebody has just typed, to be shown again when it was not taken. */
export interface Attempt {
  readonly said: string;
  readonly email: string;
  /** Whether it was an attempt to create an account. */
  readonly isSignUp: boolean;
}

/** More would be a list to scroll through; whoever is not on it can type their email. */
const LISTED = 20;

const SCOPES: Readonly<Record<string, string>> = {
  openid: "Know who you are",
  profile: "See your name",
  email: "See your email address",
  offline_access: "Stay signed in for you while you are away",
};

/** The page for what is still to be asked. */
export function showInteraction(core: Core, interaction: Interaction, attempt: Attempt | null = null): Reply {
  const need = needOf(core, interaction);
  if (need === "organization") return organizations(core, interaction);
  if (need === "consent") return consent(interaction);
  return signIn(core, interaction, attempt);
}

function signIn({ directory }: Core, interaction: Interaction, attempt: Attempt | null): Reply {
  const { request } = interaction;
  const email = attempt?.email ?? request.loginHint ?? "";
  const opensSignUp = attempt === null ? request.signUp : attempt.isSignUp;
  const people = directory.users.slice(0, LISTED);
  const body = html`
    <h1>Sign in</h1>
    <p class="soft">to continue to ${request.client.id}</p>
    ${attempt === null ? null : html`<p class="alert" role="alert">${attempt.said}</p>`}
    ${people.length === 0 ? null : html`<h2 id="people">As one of these people</h2>${form(interaction, html`<ul aria-labelledby="people">${people.map(choice)}</ul>`)}`}
    <h2>With an email address</h2>
    ${form(
      interaction,
      html`<label for="email">Email</label><input id="email" name="email" type="email" autocomplete="username" required value="${email}">
      <label for="secret">Password or one-time code</label><input id="secret" name="secret" type="password" autocomplete="current-password" required aria-describedby="code">
      <p class="soft" id="code">The one-time code of everybody is 424242.</p><button class="main" name="action" value="sign-in">Sign in</button>`,
    )}
    <details${opensSignUp ? html` open` : null}><summary>Create an account</summary>
    ${form(
      interaction,
      html`<label for="new-email">Email</label><input id="new-email" name="email" type="email" autocomplete="email" required value="${opensSignUp ? email : ""}">
      <label for="first">First name</label><input id="first" name="first_name" autocomplete="given-name" required>
      <label for="last">Last name</label><input id="last" name="last_name" autocomplete="family-name" required>
      <label for="new-password">Password (optional)</label><input id="new-password" name="password" type="password" autocomplete="new-password">
      <button class="main" name="action" value="sign-up">Create account</button>`,
    )}</details>
    ${cancel(interaction)}`;
  return showPage({ title: "Sign in", body, status: attempt === null ? 200 : 400 });
}

function choice({ id, email, firstName, lastName }: User): Html {
  return html`<li><button class="choice" name="user" value="${id}">${firstName} ${lastName}<small>${email}</small></button></li>`;
}

function organizations({ directory }: Core, interaction: Interaction): Reply {
  const { user } = interaction.session as NonNullable<Interaction["session"]>;
  const choices = directory.membershipsOf(user.id).map(({ organizationId, role }) => {
    const name = directory.organization(organizationId)?.name ?? organizationId;
    return html`<li><button class="choice" name="organization" value="${organizationId}">${name}<small>${role}</small></button></li>`;
  });
  const body = html`
    <h1 id="question">Which organization?</h1>
    ${signedInAs(user)}
    ${form(interaction, html`<ul aria-labelledby="question">${choices}</ul>`)}
    ${cancel(interaction, true)}`;
  return showPage({ title: "Choose an organization", body });
}

function consent(interaction: Interaction): Reply {
  const { client, scopes } = interaction.request;
  const { user } = interaction.session as NonNullable<Interaction["session"]>;
  const body = html`
    <h1 id="question">Allow ${client.id} to</h1>
    ${signedInAs(user)}
    <ul aria-labelledby="question">${(scopes ?? []).map((scope) => html`<li>${SCOPES[scope] ?? scope} <small>${scope}</small></li>`)}</ul>
    ${form(interaction, html`<button class="main" name="action" value="allow">Allow</button>`)}
    ${cancel(interaction, true)}`;
  return showPage({ title: "Allow access", body });
}

function signedInAs({ firstName, lastName, email }: User): Html {
  return html`<p class="soft">Signed in as ${firstName} ${lastName}, ${email}</p>`;
}

function cancel(interaction: Interaction, canSwitch = false): Html {
  const other = html`<button class="plain" name="action" value="switch">Use another account</button>`;
  return form(
    interaction,
    html`<div class="row"><button class="plain" name="action" value="cancel">Cancel</button>${canSwitch ? other : null}</div>`,
  );
}

function form({ id }: Interaction, fields: Html): Html {
  return html`<form method="post" action="/interaction/${id}">${fields}</form>`;
}
