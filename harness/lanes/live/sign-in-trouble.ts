import { HoldfastError } from "../../model/error.ts";
import type { Scene } from "./scene.ts";

/**
 * Why a sign-in came to nothing, for somebody who has configured an app.
 *
 * @returns what is to be thrown: an error that is not about the sign-in is left alone
 */
export function troubleAtSignIn(error: unknown, { wire, parts }: Pick<Scene, "wire" | "parts">): unknown {
  if (!(error instanceof HoldfastError) || error.code !== "BAD_TARGET") return error;
  const { app, issuer, config } = parts;
  const { origin, clientId } = issuer.facts;
  const hops = wire.visited;
  const atIssuer = hops.map(({ url }) => new URL(url)).find((url) => url.origin === origin);
  const used = atIssuer?.searchParams.get("client_id");
  if (used !== undefined && used !== null && used !== clientId) {
    return bad(
      `expected the app to sign people in with the client id ${clientId}, got ${JSON.stringify(used.slice(0, 80))}`,
      "let the app read WORKOS_CLIENT_ID (or OIDC_CLIENT_ID), which it is told",
      error,
    );
  }
  const begun = `${app.origin}${config.signIn ?? "/login"}`;
  const [last] = hops;
  const end = last === undefined ? "nothing was answered" : `it ended ${statusOf(last.status)} at ${placeOf(last.url)}`;
  if (atIssuer === undefined) {
    const elsewhere = hops.find(({ url }) => new URL(url).origin !== app.origin);
    const where = elsewhere === undefined ? end : `it went to ${new URL(elsewhere.url).origin}`;
    return bad(
      `expected a sign-in from ${begun} to lead to the issuer at ${origin}, but ${where}`,
      "mend signIn in the configuration, and let the app read where the issuer is from its environment",
      error,
    );
  }
  return bad(
    `expected a sign-in from ${begun} to come back from the issuer and end at a page with a session cookie, but ${end}`,
    "see what the app says of its callback; `signIn` names where it begins",
    error,
  );
}

function bad(message: string, hint: string, cause: unknown): HoldfastError {
  return new HoldfastError("BAD_TARGET", message, hint, { cause });
}

function statusOf(status: number | null): string {
  return status === null ? "without an answer" : `with status ${status}`;
}

/** Without its query, which may hold a code. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
