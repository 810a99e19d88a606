import { oauthRefusal, Refusal } from "../http.ts";
import type { IssuerRequest } from "../message.ts";
import { html } from "./html.ts";
import { showPage } from "./page.ts";

/**
 * What is wrong, for whoever can read it: a page for a browser, OAuth's JSON for anything else. For requests that must not be sent
 * back to the app, since it is not known to be one.
 */
export function problem(request: IssuerRequest, status: number, error: string, description: string): Refusal {
  if (!(request.headers.get("accept") ?? "").includes("text/html")) return oauthRefusal(status, error, description);
  const body = html`<h1>This cannot go on</h1><p>${description}</p><p class="soft">${error}</p>`;
  return new Refusal(showPage({ title: "Error", body, status }));
}
