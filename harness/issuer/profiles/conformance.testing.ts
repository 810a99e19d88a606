import { users } from "../../../fixtures/users.ts";
import { API_KEY, type Bench, type Pair, type Reply } from "../issuer.testing.ts";
import { type Gate, redeemAtOnce, redeemInTurn, type Script } from "./redemptions.testing.ts";

// The situations of the conformance tables. Ada has signed in twice (F1, F2) and Ben once (F3); F1 is played with.

const SECOND = 1000;

type Situation = (world: Bench, ada: Pair, storage: Gate) => Promise<Reply[]>;

const inTurn = (world: Bench, script: Script<Reply>) => redeemInTurn(world, script);
const overlap = (world: Bench, token: string, storage: Gate, steps: number) => redeemAtOnce(() => world.refresh(token), storage, steps);

/** What a client holds after an answer: an issuer that leaves the token out means the one that it was asked with. */
const heldAfter = (reply: Reply | undefined, before: string): string => reply?.body.refresh_token ?? before;

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
