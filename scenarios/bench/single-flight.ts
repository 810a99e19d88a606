/** One refresh at a time for each refresh token, inside of one isolate: whoever comes while it runs shares its answer. */
export function singleFlight<T>(refresh: (refreshToken: string) => Promise<T>): (refreshToken: string) => Promise<T> {
  const flights = new Map<string, Promise<T>>();
  return (refreshToken) => {
    let flight = flights.get(refreshToken);
    if (flight === undefined) {
      flight = refresh(refreshToken).finally(() => flights.delete(refreshToken));
      flights.set(refreshToken, flight);
    }
    return flight;
  };
}

/** A strict issuer's memory: the first redemption is the only one. Reuse is refused and has no other effect. */
export class StrictRotation {
  readonly redemptions = { accepted: 0, refused: 0 };
  #live: string;
  readonly #successor: string;

  constructor(first: string, successor: string) {
    this.#live = first;
    this.#successor = successor;
  }

  /** The successor, or null when the token is not the live one. */
  redeem(refreshToken: string): string | null {
    if (refreshToken !== this.#live) {
      this.redemptions.refused++;
      return null;
    }
    this.redemptions.accepted++;
    this.#live = this.#successor;
    return this.#successor;
  }
}
