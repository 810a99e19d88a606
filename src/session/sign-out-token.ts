import type { Ports } from "./ports.ts";
import type { Seal } from "./seal.ts";
import type { SessionReference } from "./session-data.ts";

/** Milliseconds. A page that offers the link is not looked at for longer without being loaded anew. */
const LIFETIME = 600_000;

/** Tokens that let a plain link sign out, because nobody else could have made the link. */
export interface SignOutTokens {
  issue(session: SessionReference): Promise<string>;
  /** Whether a token was issued for this session and is still good. It works once, because the session ends with it. */
  accepts(token: string, session: SessionReference): Promise<boolean>;
}

/** Sign-out tokens, bound to their session by the seal. */
export function createSignOutTokens(seal: Seal, ports: Pick<Ports, "now">): SignOutTokens {
  return {
    issue: ({ key }) => seal.seal(JSON.stringify({ sign_out: key, expires_at: ports.now() + LIFETIME })),
    async accepts(token, session) {
      const opened = await seal.open(token);
      if (opened.kind !== "opened") return false;
      const { sign_out: key, expires_at: expiresAt } = JSON.parse(opened.text);
      return key === session.key && ports.now() < expiresAt;
    },
  };
}
