import type { Client, IssuerOptions, Surface } from "../options.ts";
import type { User } from "./directory.ts";
import { Expiring } from "./expiring.ts";
import type { Session } from "./records.ts";
import { sameSecret, secretSource } from "./secrets.ts";

/** Ten minutes in milliseconds: time to find a password. */
const INTERACTION_LIFETIME = 600_000;

/** Beyond so many the oldest goes: whoever can reach the page can begin one. */
const MOST_OPEN = 1_000;

/** What an app asks of the person, whichever surface it asked at. */
export interface AuthorizationRequest {
  readonly surface: Surface;
  readonly client: Client;
  /** As it was given, for the exchange compares it as text. */
  readonly redirectUri: string;
  readonly responseMode: "query" | "form_post";
  readonly state: string | null;
  /** The S256 challenge. */
  readonly challenge: string | null;
  readonly scopes: readonly string[] | null;
  readonly nonce: string | null;
  readonly organizationId: string | null;
  readonly loginHint: string | null;
  /** The person whom an `id_token_hint` names. */
  readonly expected: User | null;
  /** Seconds since the sign-in, beyond which a new one is wanted. */
  readonly maxAge: number | null;
  readonly prompts: ReadonlySet<string>;
  /** Whether the page should offer to create an account first. */
  readonly signUp: boolean;
  /** How a sign-in without a password counts, for instance `GoogleOAuth`. */
  readonly method: string;
}

/** A person on their way through the pages. */
export interface Interaction {
  readonly id: string;
  readonly request: AuthorizationRequest;
  readonly expiresAt: number;
  /** Who has signed in; null while nobody has. */
  session: Session | null;
  /** The one asked for, or chosen on the way. */
  organizationId: string | null;
  /** Whether consent was given on the way. */
  consented: boolean;
}

/** The ways through the pages that are not finished. Each belongs to the browser that began it. */
export interface Interactions {
  /** @param browser the secret in the browser's cookie; one that is not known is replaced */
  begin(request: AuthorizationRequest, session: Session | null, browser: string | null): { interaction: Interaction; browser: string };
  /** Null when it is unknown, over, or another browser's. */
  find(id: string, browser: string | null): Interaction | null;
  finish(interaction: Interaction): void;
  deadlines(): number[];
  state(): readonly unknown[];
}

/** The interactions of one issuer. */
export function createInteractions(options: Pick<IssuerOptions, "now" | "randomBytes">): Interactions {
  const open = new Expiring<{ readonly interaction: Interaction; readonly browser: string; readonly expiresAt: number }>(options.now);
  const newSecret = secretSource(options.randomBytes);

  return {
    begin(request, session, presented) {
      // A browser keeps its secret while one of its tabs is on the way; nobody else can choose it for the browser.
      const isOurs = presented !== null && open.live().some(({ browser }) => sameSecret(presented, browser));
      const browser = isOurs ? presented : newSecret();
      const expiresAt = options.now() + INTERACTION_LIFETIME;
      const { organizationId } = request;
      if (open.size >= MOST_OPEN) open.deleteOldest();
      const interaction: Interaction = { id: newSecret(), request, expiresAt, session, organizationId, consented: false };
      open.set(interaction.id, { interaction, browser, expiresAt });
      return { interaction, browser };
    },
    find(id, browser) {
      const found = open.get(id);
      if (found === undefined || found.expiresAt <= options.now()) return null;
      return browser !== null && sameSecret(browser, found.browser) ? found.interaction : null;
    },
    finish({ id }) {
      open.delete(id);
    },
    deadlines: () => open.live().map(({ expiresAt }) => expiresAt),
    state: () =>
      open.live().map(({ interaction: { request, session }, expiresAt }) => [request.client.id, session?.user.id ?? null, expiresAt]),
  };
}
