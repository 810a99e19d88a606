import type { Stored } from "../harness/model/event.ts";
import type { BrowserActions, Scenario, Stage } from "../harness/model/scenario.ts";

const FIVE_MINUTES = 300_000;

type Mark = "every call was answered" | "a call was made again";
type WithoutIds = "a token without ids came";

/** What a small API keeps of a user, in a record of its own; what was never stored is missing. */
interface Kept {
  readonly workspace?: string;
  readonly member?: string;
  readonly apiKey?: string;
  readonly events?: readonly { readonly type: string; readonly subject: string }[];
  /** Answers by the key of their call. */
  readonly answers?: Readonly<Record<string, unknown>>;
}

const terms = {
  defaults: { loads: 2, isolates: 1, page: "request" },
  invariants: ["callback-idempotent", "provision-once", "all-or-nothing", "no-cross-talk", "bounded-progress"],
  needs: ["callback"],
  stored,
} as const satisfies Partial<Scenario>;

/** Two new users sign in, one of them in several places at once; then the web app repeats a call, and somebody signs in once more. */
export const signInCallbacks: Scenario<Mark> = {
  ...terms,
  name: "sign-in-callbacks",
  describe: "new users sign in, one of them in several places at once, and the web app calls its API for each; then a call comes again",
  mustReach: ["every call was answered", "a call was made again"],

  async play(stage) {
    const { browsers, parameters, callBack, now, until, withFaults, reach } = stage;
    const [ada, ben] = browsers;
    const first = await withFaults(() =>
      Promise.all([...Array.from({ length: parameters.loads }, (_, n) => callBack(ada, idsOf(ada, n + 1))), callBack(ben, idsOf(ben, 1))]),
    );
    if (first.every((answer) => answer !== null)) reach("every call was answered");
    await until(now() + FIVE_MINUTES);
    if ((await callBack(ada, idsOf(ada, 1))) === first[0]) reach("a call was made again");
    await callBack(ada, idsOf(ada, parameters.loads + 1));
  },
};

/** Tokens that say nothing of the sign-in that they come from: whoever takes that for a name takes them all for one. */
export const callbacksWithoutIds: Scenario<WithoutIds> = {
  ...terms,
  name: "callbacks-without-ids",
  describe: "tokens of two users say nothing, or only blanks, of the sign-in that they come from",
  mustReach: ["a token without ids came"],

  async play({ browsers, callBack, withFaults, reach }: Stage<WithoutIds>) {
    await withFaults(async () => {
      for (const browser of browsers) await callBack(browser, { jti: null, sid: null });
      for (const browser of browsers) await callBack(browser, { jti: " ", sid: "" });
    });
    reach("a token without ids came");
  },
};

function idsOf({ user }: BrowserActions, n: number) {
  return { jti: `${user}:${n}`, sid: `session-of-${user}` };
}

/** Records of members, by user, and of answers that are kept by themselves. */
function stored(records: ReadonlyMap<string, string>): Stored {
  const read = (kind: string) =>
    [...records].flatMap(([key, value]) => (key.startsWith(`${kind}:`) ? [[key.split(":")[1] ?? "", JSON.parse(value)] as const] : []));
  const members = read("member") as readonly (readonly [string, Kept])[];
  const answers = read("answer") as readonly (readonly [string, { readonly key: string; readonly user: string }])[];
  return {
    workspaces: members.flatMap(([user, { workspace: id }]) => (id === undefined ? [] : { id, user })),
    members: members.flatMap(([user, { workspace = "", member: id }]) => (id === undefined ? [] : { id, workspace, user })),
    apiKeys: members.flatMap(([, { workspace = "", apiKey: id }]) =>
      id === undefined ? [] : { id, workspace, isDefault: true, isRevoked: false },
    ),
    events: members.flatMap(([, { workspace = "", events = [] }]) => events.map((event) => ({ ...event, workspace }))),
    records: [
      ...members.flatMap(([subject, { answers: own = {} }]) => Object.keys(own).map((key) => ({ key, subject, isAnswered: true }))),
      ...answers.map(([, { key, user }]) => ({ key, subject: user, isAnswered: true })),
    ],
  };
}
