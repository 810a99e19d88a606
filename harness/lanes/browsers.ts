import { users } from "../../fixtures/users.ts";
import { Browser } from "../browser/browser.ts";
import type { CellSpec } from "../model/cell.ts";
import type { Credential } from "../model/credential.ts";
import type { EventBody } from "../model/event.ts";
import type { Mishap } from "../sim/choices.ts";
import type { Names } from "../sim/names.ts";
import type { Network } from "../sim/network.ts";
import type { SharedStore } from "../sim/shared-store.ts";
import type { World } from "../sim/world.ts";
import type { AnswerCheck } from "./answer-check.ts";
import { BROWSER_ABORTED } from "./faults.ts";
import { APP } from "./isolate.ts";
import { refreshTokenBehind, refreshTokenIn } from "./wiretap.ts";

/** Puts a browser for each seeded user into a world. */
export function openBrowsers(
  world: World,
  network: Network,
  check: AnswerCheck,
  page: CellSpec["page"],
  store: SharedStore,
  emit: (event: EventBody) => void,
): readonly Browser[] {
  return users.map(({ id, email, firstName }) => {
    const name = firstName.toLowerCase();
    const actor = world.actor(name, "browser");
    const browser = new Browser(
      { name, user: id, email, app: APP, page },
      {
        send(load, request, signal) {
          const { to, answer } = network.send(actor, load, request, signal);
          return { to: to.name, answer: answer.then((answered) => answered && { ...answered, from: answered.from.name }) };
        },
        now: () => world.now(),
        emit,
        held: (cookies) => refreshTokenIn(world.names, cookies) ?? refreshTokenBehind(world.names, cookies, store.peek()),
        canonical: (text) => world.canonical(text),
        mentions: (text) => mentionedUsers(world.names, text),
        classify: (answer) => check.classify(answer),
      },
    );
    world.watchMishaps(() =>
      [...browser.waitingTabs()].map(([tab, load]): Mishap => {
        const describe = () => `navigates away for ${load}`;
        const complete = () => {
          emit({ type: "fault", fault: BROWSER_ABORTED.name, detail: load });
          browser.leave(tab);
        };
        return {
          operation: { kind: "task", from: null, to: actor, task: load, describe, complete: () => {} },
          outcome: { name: BROWSER_ABORTED.name, complete },
        };
      }),
    );
    return browser;
  });
}

/** The users whose id, email or token a text shows, also inside of sealed boxes. */
function mentionedUsers(names: Names, text: string): readonly string[] {
  const owners = new Set(names.in(text).map(({ subject }) => (subject as Credential | null)?.user));
  return users.filter(({ id, email }) => text.includes(id) || text.includes(email) || owners.has(id)).map(({ id }) => id);
}
