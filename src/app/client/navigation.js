// @ts-check
import { SignedOut } from "./session.js";

/**
 * Goes from page to page without a new document: the session is known already, and only what the page says is asked for.
 *
 * @param {object} parts
 * @param {import("./session.js").SessionOfPage} parts.session
 * @param {() => void} parts.shown there is another page in `main`
 * @param {(trouble: string | null) => void} parts.told
 * @param {() => void} parts.signedOut
 */
export function navigateWithin({ session, shown, told, signedOut }) {
  let current = new AbortController();

  /**
   * @param {string} href
   * @param {boolean} isNew whether it becomes an entry of the history
   */
  async function go(href, isNew) {
    current.abort();
    current = new AbortController();
    const { signal } = current;
    try {
      const response = await ask(href, signal);
      if (response === null) return told("This page cannot be loaded right now. You are still signed in.");
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (signal.aborted) return;
      told(null);
      if (isNew) history.pushState(null, "", href);
      put(page, new URL(response.url).pathname);
      shown();
    } catch (error) {
      if (error instanceof SignedOut) signedOut();
      else if (!signal.aborted) told("The app cannot be reached. You are still signed in.");
    }
  }

  /**
   * A refusal is no verdict about the session; only the session endpoint has one.
   *
   * @param {string} href
   * @param {AbortSignal} signal
   */
  async function ask(href, signal) {
    for (let attempt = 1; ; attempt++) {
      await session.current();
      const response = await fetch(href, { headers: { "x-fragment": "main" }, cache: "no-store", signal });
      if (response.ok && response.headers.has("x-fragment")) return response;
      if (response.status !== 401 || attempt === 2) return null;
      session.forget();
    }
  }

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.origin !== location.origin || !isPage(link.pathname)) return;
    event.preventDefault();
    go(link.href, link.href !== location.href);
  });
  window.addEventListener("popstate", () => go(location.href, false));
}

/** @param {string} path */
function isPage(path) {
  return [...document.querySelectorAll("nav a")].some((link) => link.getAttribute("href") === path);
}

/**
 * @param {Document} page
 * @param {string} path
 */
function put(page, path) {
  const main = page.querySelector("main");
  if (main === null) throw new Error("expected a page with a main part");
  document.title = page.title;
  document.querySelector("main")?.replaceWith(document.adoptNode(main));
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  // Whoever listens is told where they are.
  const title = document.querySelector("h1");
  title?.setAttribute("tabindex", "-1");
  title?.focus();
}
