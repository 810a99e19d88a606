// For tests alone: how tokens are presented, one after the other or at once, whoever answers.

/** Where a redemption waits for the issuer's storage, until the test lets it go on. */
export interface Gate {
  storage(): Promise<void>;
  /** Resolves once one more redemption has come to wait since the last call, or `request` is answered without. */
  arrival(request: Promise<unknown>): Promise<void>;
  /** Lets the one go that has waited longest, or the one at this place; -1 is who came last. */
  release(place?: number): void;
  /** Lets everybody go, now and from now on. */
  open(): void;
}

export function gate(): Gate {
  const waiting: (() => void)[] = [];
  let arrivals = 0;
  let told = () => {};
  let isOpen = false;
  return {
    storage() {
      if (isOpen) return Promise.resolve();
      arrivals++;
      told();
      return new Promise((go) => waiting.push(go));
    },
    async arrival(request) {
      while (arrivals === 0) {
        const arrived = new Promise<"arrived">((resolve) => {
          told = () => resolve("arrived");
        });
        if ((await Promise.race([arrived, request.then(() => "answered" as const)])) === "answered") return;
      }
      arrivals--;
    },
    release(place = 0) {
      for (const go of waiting.splice(place, 1)) go();
    },
    open() {
      isOpen = true;
      for (const go of waiting.splice(0)) go();
    },
  };
}

/** What to do in turn: present a token, one that depends on the answers so far, or let so many milliseconds pass. */
export type Script<T> = readonly (string | number | ((answers: readonly T[]) => string))[];

/** Redeems tokens one after the other. */
export async function redeemInTurn<T>(
  issuer: { refresh(token: string): Promise<T>; advance(ms: number): void },
  script: Script<T>,
): Promise<T[]> {
  const answers: T[] = [];
  for (const entry of script) {
    if (typeof entry === "number") issuer.advance(entry);
    else answers.push(await issuer.refresh(typeof entry === "string" ? entry : entry(answers)));
  }
  return answers;
}

/** Redeems a token twice; the second request comes when the first one has been let go this often. */
export async function redeemAtOnce<T>(redeem: () => Promise<T>, storage: Gate, steps: number): Promise<T[]> {
  const first = redeem();
  await storage.arrival(first);
  for (let step = 0; step < steps; step++) {
    storage.release();
    await storage.arrival(first);
  }
  const second = redeem();
  await storage.arrival(second);
  // Who came last is done before the first one goes on.
  if (steps > 0) {
    storage.release(-1);
    await second;
  }
  storage.open();
  return Promise.all([first, second]);
}
