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

/** What an issuer's process has used so far. */
export interface Usage {
  /** Resident memory in bytes. */
  readonly rss: number;
  /** Microseconds of processor time, of all threads. */
  readonly cpu: number;
}

/** Tells the bench when this process listens, how to refresh, and afterwards what it has used as often as it asks. */
export function answerBench(startUp: (listens: () => void) => Promise<Ready>): void {
  const send = (message: unknown) => process.send?.(message);
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    send({ rss: process.memoryUsage.rss(), cpu: user + system } satisfies Usage);
  });
  process.on("disconnect", () => process.exit());
  void startUp(() => send("listens")).then(send);
}
