/** A page below docs/ that is made of something else. */
export interface Page {
  /** From the repository's root. */
  readonly file: string;
  readonly text: string;
}

/** The properties of the field notes, by letter: what the ways in which people are signed out for no reason break. */
export const PROPERTIES = {
  A: "no logout without a definitive verdict on the *current* credential",
  B: "the stored generation is monotonic",
  C: "the successor is durable or replayable before its parent dies",
  D: "one redemption for each refresh token across contexts, or losers adopt the winner",
  E: "an explicit logout is final",
  F: "one coherent cookie",
  G: "an infrastructure fault is not an auth fault",
  H: "bounded progress",
  I: "lifetimes nest, and the server's time rules",
  J: "revocation is no wider than the family",
} as const;

/** Where all of GitHub's issues and pull requests are. */
export function linkTo(reference: string): string {
  const [repository, number] = reference.split("#");
  return `[${reference}](https://github.com/${repository}/issues/${number})`;
}
