import { html } from "hono/html";

/** Markup whose values have been escaped. */
export type Markup = ReturnType<typeof html>;

/** Values of the signed-in person's for the top of a page; null where nobody is signed in, or nobody can tell. */
export type SignedInAs = string | null;

/**
 * A whole page. Whatever is put into it is escaped, in texts and in attributes, unless it is markup itself.
 *
 * @example
 * ```ts
 * layout({ title: "Ada <3", signedInAs: null, main: html`<p>Hello</p>` }).toString().includes("Ada &lt;3"); // true
 * ```
 */
export function layout({
  title,
  signedInAs,
  main,
}: {
  readonly title: string;
  readonly signedInAs: SignedInAs;
  readonly main: Markup;
}): Markup {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title} · Holdfast reference app</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/style.css" />
  </head>
  <body>
    <header>
      <a class="home" href="/">Holdfast reference app</a>
      ${signedInAs === null ? "" : signOut(signedInAs)}
    </header>
    <main>
      <h1>${title}</h1>
      ${main}
    </main>
  </body>
</html>
`;
}

function signOut(signedInAs: string): Markup {
  return html`<form method="post" action="/logout">
        <span class="who">${signedInAs}</span>
        <button class="quiet">Sign out</button>
      </form>`;
}
