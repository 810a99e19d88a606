import { users } from "../../../fixtures/users.ts";
import { API_KEY, type Bench, type Pair, type Reply } from "../issuer.testing.ts";

// The situations of the conformance tables. Ada has signed in twice (F1, F2) and Ben once (F3); F1 is played with.

const SECOND = 1000;

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

type Situation = (world: Bench, ada: Pair, storage: Gate) => Promise<Reply[]>;

/** Redeems tokens one after the other; a number is a pause in milliseconds. */
async function inTurn(world: Bench, script: readonly (string | number)[]): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (const entry of script) {
    if (typeof entry === "number") world.advance(entry);
    else replies.push(await world.refresh(entry));
  }
  return replies;
}

/** What a client holds after an answer: an issuer that leaves the token out means the one that it was asked with. */
const heldAfter = (reply: Reply | undefined, before: string): string => reply?.body.refresh_token ?? before;

/** Two requests; the second one comes when the first one has been let go this often. */
async function overlap(world: Bench, token: string, storage: Gate, steps: number): Promise<Reply[]> {
  const first = world.refresh(token);
  await storage.arrival(first);
  for (let step = 0; step < steps; step++) {
    storage.release();
    await storage.arrival(first);
  }
  const second = world.refresh(token);
  await storage.arrival(second);
  // Who came last is done before the first one goes on.
  if (steps > 0) {
    storage.release(-1);
    await second;
  }
  storage.open();
  return Promise.all([first, second]);
}

export const situations = {
  "a fresh token": (world, ada) => inTurn(world, [ada.refresh]),
  "two requests at once": (world, ada) => Promise.all([world.refresh(ada.refresh), world.refresh(ada.refresh)]),
  "a replay 1 ms before a 3 s grace ends": (world, ada) => inTurn(world, [ada.refresh, 3 * SECOND - 1, ada.refresh]),
  "a replay when a 3 s grace ends": (world, ada) => inTurn(world, [ada.refresh, 3 * SECOND, ada.refresh]),
  "a replay 1 ms before a 30 s grace ends": (world, ada) => inTurn(world, [ada.refresh, 30 * SECOND - 1, ada.refresh]),
  "a replay when a 30 s grace ends": (world, ada) => inTurn(world, [ada.refresh, 30 * SECOND, ada.refresh]),
  "a replay when the first replay was in the grace": (world, ada) =>
    inTurn(world, [ada.refresh, 2 * SECOND, ada.refresh, 28 * SECOND, ada.refresh]),
  "a replay 2 s after a replay 2 s after the first use": (world, ada) =>
    inTurn(world, [ada.refresh, 2 * SECOND, ada.refresh, 2 * SECOND, ada.refresh]),
  "a replay after the successor was used": async (world, ada) => {
    const [first] = await inTurn(world, [ada.refresh]);
    return inTurn(world, [heldAfter(first, ada.refresh), 1 * SECOND, ada.refresh]);
  },
  "a grandparent, an hour later": async (world, ada) => {
    const [first] = await inTurn(world, [ada.refresh]);
    return inTurn(world, [heldAfter(first, ada.refresh), 3600 * SECOND, ada.refresh]);
  },
  "a live token after its session was revoked": async (world, ada) => {
    await world.post("/user_management/sessions/revoke", { session_id: sessionOf(ada) }, { authorization: `Bearer ${API_KEY}` });
    return inTurn(world, [ada.refresh]);
  },
  "a replay in the grace after every session was ended": async (world, ada) => {
    await world.refresh(ada.refresh);
    world.issuer.control.revoke({ user: users[0].id }, "theft");
    return inTurn(world, [ada.refresh]);
  },
  "a live sibling": async (world, ada) => {
    const [, again] = await inTurn(world, [ada.refresh, ada.refresh]);
    return again?.status === 200 ? inTurn(world, [heldAfter(again, ada.refresh)]) : [];
  },
  "two requests that read before either writes": (world, ada, storage) => overlap(world, ada.refresh, storage, 0),
  "a request when another has spent the token and written no successor": (world, ada, storage) => overlap(world, ada.refresh, storage, 1),
  "a request when another has written the successor and nothing to replay": (world, ada, storage) =>
    overlap(world, ada.refresh, storage, 2),
} satisfies Record<string, Situation>;

export type SituationName = keyof typeof situations;

export function sessionOf(pair: Pair): string {
  return JSON.parse(Buffer.from(pair.access.split(".")[1] ?? "", "base64url").toString()).sid;
}
