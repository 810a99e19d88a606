/** What an issuer's process tells when it answers: how to refresh, and the first refresh token of each chain. */
export interface Ready {
  readonly url: string;
  readonly contentType: "application/json" | "application/x-www-form-urlencoded";
  /** Sent with each refresh. */
  readonly fields: Readonly<Record<string, string>>;
  readonly tokens: readonly string[];
}

/** Chains of refresh tokens: as many as there are connections at most. */
export const CHAINS = 64;

/** Tells the bench when this process listens, how to refresh, and afterwards how much memory it holds as often as it asks. */
export function answerBench(startUp: (listens: () => void) => Promise<Ready>): void {
  const send = (message: unknown) => process.send?.(message);
  process.on("message", () => send({ rss: process.memoryUsage().rss }));
  process.on("disconnect", () => process.exit());
  void startUp(() => send("listens")).then(send);
}
