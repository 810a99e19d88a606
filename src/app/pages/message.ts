import { html } from "hono/html";
import type { SignedInAs, View } from "./layout.ts";

/** A page that says one thing, and where to go from there. */
export function messagePage(message: {
  readonly title: string;
  readonly text: string;
  readonly next: { readonly href: string; readonly label: string };
  readonly signedInAs?: SignedInAs;
}): View {
  const { title, text, next, signedInAs = null } = message;
  return { title, signedInAs, main: html`<p>${text}</p><p><a href="${next.href}">${next.label}</a></p>` };
}

/** Shows a secret, which nobody may store on the way. */
export function apiKeyPage({
  name,
  secret,
  signedInAs,
}: {
  readonly name: string;
  readonly secret: string;
  readonly signedInAs: string;
}): View {
  return {
    title: "Your API key",
    signedInAs,
    main: html`<p>This is the secret of the key “${name}”. Copy it now: soon nobody can show it any more.</p>
      <p><code class="secret">${secret}</code></p>
      <p><a href="/">Go to your workspace</a></p>`,
  };
}

/** Asks, since following a link must not sign anybody out who did not want it. */
export function signOutPage(): View {
  return {
    title: "Do you want to sign out?",
    signedInAs: null,
    main: html`<form method="post" action="/logout"><button>Sign out</button></form>`,
  };
}
