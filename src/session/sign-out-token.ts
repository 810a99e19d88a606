import { base64url } from "jose";
import type { Ports } from "./ports.ts";
import { guarded } from "./refresh/book.ts";
import type { Seal } from "./seal.ts";
import type { SessionReference } from "./session-data.ts";
import type { Store } from "./store/store.ts";

/** Milliseconds. A page that offers the link is not looked at for longer without being loaded anew. */
const LIFETIME = 600_000;
/** Bytes of a token's own name: no two are alike. */
const ID_BYTES = 16;

/** Tokens that let a plain link sign out, because nobody else could have made the link. */
export interface SignOutTokens {
  issue(session: SessionReference): Promise<string>;
  /**
   * Whether a token was issued for this session and is still good; it is not any more afterwards.
   *
   * @throws StoreFault when nobody knows; the token may be used up.
   */
  accepts(token: string, session: SessionReference): Promise<boolean>;
}

/** What {@link createSignOutTokens} needs. */
export interface SignOutTokenParts {
  readonly seal: Seal;
  /** Remembers which tokens were used. */
  readonly store: Store;
  readonly ports: Pick<Ports, "now" | "randomBytes">;
}

/** Sign-out tokens, bound to their session by the seal and to one use by the store. */
export function createSignOutTokens({ seal, store, ports }: SignOutTokenParts): SignOutTokens {
  return {
    issue: ({ key }) => {
      const id = base64url.encode(ports.randomBytes(ID_BYTES));
      return seal.seal(JSON.stringify({ sign_out: key, id, expires_at: ports.now() + LIFETIME }));
    },

    async accepts(token, session) {
      const opened = await seal.open(token);
      if (opened.kind !== "opened") return false;
      const { sign_out: key, id, expires_at: expiresAt } = JSON.parse(opened.text);
      if (key !== session.key || ports.now() >= expiresAt) return false;
      const used = await guarded(() => store.compareAndSet(`sign-out:${id}`, 0, "used", expiresAt));
      return used.kind === "written";
    },
  };
}
