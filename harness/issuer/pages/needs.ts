import type { Core } from "../core.ts";
import type { Interaction } from "../state/interactions.ts";

/** What a person still has to do. */
export type Need = "sign-in" | "organization" | "consent";

type Passing = Pick<Interaction, "request" | "session" | "organizationId" | "consented">;

/** What is still to be asked before the app gets its code; null when nothing is. */
export function needOf(core: Core, passing: Passing): Need | null {
  const { request, session, consented } = passing;
  if (session === null) return "sign-in";
  const { surface, client, scopes, prompts } = request;
  if (surface === "workos") {
    return organizationOf(core, passing) === null && core.directory.membershipsOf(session.user.id).length > 1 ? "organization" : null;
  }
  if (consented) return null;
  if (prompts.has("consent")) return "consent";
  return client.asksConsent === true && !core.consents.covers(session.user, client, scopes ?? []) ? "consent" : null;
}

/** The organization of the sign-in: the one asked for or chosen, or with WorkOS the only one there is. */
export function organizationOf({ directory }: Core, { request, session, organizationId }: Passing): string | null {
  if (organizationId !== null || request.surface !== "workos" || session === null) return organizationId;
  const [only, ...more] = directory.membershipsOf(session.user.id);
  return only === undefined || more.length > 0 ? null : only.organizationId;
}
