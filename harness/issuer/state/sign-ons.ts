import type { IssuerOptions } from "../options.ts";
import type { Session } from "./records.ts";
import { secretSource } from "./secrets.ts";

/** Which browsers are signed in at the issuer itself, known by the secret in their cookie. */
export interface SignOns {
  /** The secret for the cookie. */
  begin(session: Session): string;
  /** The session of a browser, while it lasts. */
  of(secret: string | null): Session | null;
  state(): readonly unknown[];
}

/** The browsers of one issuer. */
export function createSignOns(options: Pick<IssuerOptions, "randomBytes" | "name">): SignOns {
  const sessions = new Map<string, Session>();
  const newSecret = secretSource(options.randomBytes);
  let begun = 0;

  return {
    begin(session) {
      for (const [secret, { ended }] of sessions) if (ended !== null) sessions.delete(secret);
      const secret = newSecret();
      sessions.set(secret, session);
      options.name(secret, `sign-on S${++begun}`);
      return secret;
    },
    of(secret) {
      const session = secret === null ? undefined : sessions.get(secret);
      return session === undefined || session.ended !== null ? null : session;
    },
    state: () => [...sessions.values()].filter(({ ended }) => ended === null).map(({ id, user }) => [id, user.id]),
  };
}
