import type { SessionData } from "../session-data.ts";
import type { TokenAnswer, TokenFault } from "../token-answer.ts";

/** What a sign-in asks of the issuer. */
export interface AuthorizationRequest {
  readonly state: string;
  /** Ties the id token to this sign-in; ignored where there is none. */
  readonly nonce: string;
  /** S256 (RFC 7636). */
  readonly codeChallenge: string;
  /** An email address that the issuer may fill in. */
  readonly loginHint: string | null;
  readonly organizationId: string | null;
}

/** What was kept of a sign-in while the browser was away. */
export interface AuthorizationSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** How to talk to one issuer. A fault is an answer too, and so is silence: nothing here rejects or hangs because of what the issuer does. */
export interface Protocol {
  /** Where to send the browser. */
  authorizationUrl(request: AuthorizationRequest): Promise<string | TokenFault>;
  /** Exchanges the code of a finished sign-in. `parameters` are the callback's. */
  exchangeCode(parameters: URLSearchParams, secrets: AuthorizationSecrets): Promise<TokenAnswer>;
  /**
   * Presents a refresh token, which an issuer that rotates takes once.
   *
   * @param limit Milliseconds after which an answer that has not come is taken for lost.
   */
  redeem(refreshToken: string, organizationId: string | null, limit: number): Promise<TokenAnswer>;
  /** Ends the session at the issuer; false when it could not be told now. */
  revoke(session: Pick<SessionData, "sessionId" | "refreshToken">): Promise<boolean>;
  /** Where the browser goes to end its session at the issuer; null when there is no such page. */
  logoutUrl(sessionId: string, returnTo: string): Promise<string | null>;
}
