import type { Authentication } from "../../session/authenticate.ts";
import type { SignInFailure } from "../../session/sign-in-outcome.ts";
import { type Frame, fragment, layout, type View } from "./layout.ts";
import { messagePage } from "./message.ts";

/** Seconds that a browser is asked to wait when nobody named a time. */
export const RETRY_AFTER = 5;

const HOME = { href: "/", label: "Go to the home page" };

/** A page on which nobody is signed in. */
const NOBODY: Frame = { path: null, session: null };
/** A page that cannot tell who is. */
const UNKNOWN: Frame = { path: null, session: undefined };

/** A page as an answer. Nobody stores it: it is about one person, and out of date when that person signs out. */
export function page(status: number, view: View, { frame = NOBODY, headers = new Headers() }: Surroundings = {}): Response {
  return text(status, String(layout(view, frame)), headers);
}

/** What stands around a page, and the headers that go with it. */
export interface Surroundings {
  readonly frame?: Frame;
  readonly headers?: Headers;
}

/** A page that asks to come again. */
export function later(retryAfter: number | string, view: View, { frame = UNKNOWN, headers = new Headers() }: Surroundings = {}): Response {
  headers.set("retry-after", String(retryAfter));
  return page(503, view, { frame, headers });
}

/** The part of a page that its script puts in the place of another. */
export function part(view: View, headers = new Headers()): Response {
  headers.set(FRAGMENT, "main");
  return text(200, String(fragment(view)), headers);
}

/** The header by which the pages' script asks for a part of a page, and by which it knows one. */
export const FRAGMENT = "x-fragment";

function text(status: number, body: string, headers: Headers): Response {
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set("cache-control", "private, no-store");
  return new Response(body, { status, headers });
}

/** The answer to a request of which nobody can say now whose it is. It never sends a live session to the sign-in. */
export function undecided(who: Extract<Authentication, { readonly kind: "stale" | "unavailable" }>): Response {
  const next = { href: "/", label: "Try again" };
  if (who.kind === "unavailable") {
    const said = "Something that this needs does not answer, so nobody can tell who you are. You have not been signed out.";
    return later(who.retryAfter, messagePage({ title: "Please try again in a moment", text: said, next }), { headers: who.headers });
  }
  const view = messagePage({
    title: "Please load this page again",
    text: "Your session lives, and this answer could not renew it.",
    next,
  });
  // Whoever prefetches shows no page to anybody, and must not keep the answer.
  return who.because === "prefetch" ? later(RETRY_AFTER, view) : page(401, view, { frame: UNKNOWN });
}

/** The answer to a sign-in that failed, in the words of whoever failed it. */
export function notSignedIn(failure: SignInFailure): Response {
  const view = messagePage({ title: "You could not be signed in", text: sentence(failure.said), next: HOME });
  switch (failure.kind) {
    case "refused":
      return page(400, view);
    case "rejected":
      return page(502, view);
    case "misconfigured":
      return page(500, view);
    case "unavailable":
      return later(failure.retryAfter, view, { frame: NOBODY });
  }
}

/** The answer when another site's page has sent a form of ours. */
export function foreign(): Response {
  return page(
    403,
    messagePage({ title: "This did not come from here", text: "Another site's page has sent this request. Nothing was done.", next: HOME }),
  );
}

/** The answer where there is no page. */
export function nothing(): Response {
  return page(
    404,
    messagePage({ title: "There is no such page", text: "The address may be mistyped, or the page may be gone.", next: HOME }),
  );
}

/** The answer to a fault of ours. */
export function failed(): Response {
  return page(
    500,
    messagePage({ title: "Something went wrong here", text: "It has been logged. You have not been signed out.", next: HOME }),
  );
}

function sentence(said: string): string {
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? "" : "."}`;
}
