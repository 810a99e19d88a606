import type { Client, IssuerOptions, Surface } from "../options.ts";
import type { User } from "./directory.ts";
import type { Session } from "./records.ts";
import { sameSecret, secretSource } from "./secrets.ts";

/** Ten minutes in milliseconds: time to find a password. */
const INTERACTION_LIFETIME = 600_000;

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
  const open = new Map<string, { readonly interaction: Interaction; readonly browser: string }>();
  const newSecret = secretSource(options.randomBytes);

  function live() {
    const now = options.now();
    for (const [id, { interaction }] of open) if (interaction.expiresAt <= now) open.delete(id);
    return [...open.values()];
  }

  return {
    begin(request, session, presented) {
      // A browser keeps its secret while one of its tabs is on the way; nobody else can choose it for the browser.
      const isOurs = presented !== null && live().some(({ browser }) => sameSecret(presented, browser));
      const browser = isOurs ? presented : newSecret();
      const expiresAt = options.now() + INTERACTION_LIFETIME;
      const { organizationId } = request;
      const interaction: Interaction = { id: newSecret(), request, expiresAt, session, organizationId, consented: false };
      open.set(interaction.id, { interaction, browser });
      return { interaction, browser };
    },
    find(id, browser) {
      live();
      const found = open.get(id);
      return found !== undefined && browser !== null && sameSecret(browser, found.browser) ? found.interaction : null;
    },
    finish({ id }) {
      open.delete(id);
    },
    deadlines: () => live().map(({ interaction }) => interaction.expiresAt),
    state: () => live().map(({ interaction: { request, session, expiresAt } }) => [request.client.id, session?.user.id ?? null, expiresAt]),
  };
}
