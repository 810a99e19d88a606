import { users } from "../../fixtures/users.ts";
import { Browser, type BrowserOptions } from "../browser/browser.ts";
import type { Credential } from "../model/credential.ts";
import { HoldfastError } from "../model/error.ts";
import type { EventBody } from "../model/event.ts";
import type { BrowserActions } from "../model/scenario.ts";
import type { Mishap } from "../sim/choices.ts";
import type { Names } from "../sim/names.ts";
import type { Network } from "../sim/network.ts";
import type { World } from "../sim/world.ts";
import type { AnswerCheck } from "./answer-check.ts";
import { BROWSER_ABORTED } from "./faults.ts";
import { APP } from "./isolate.ts";
import type { RunStore } from "./run-store.ts";
import { refreshTokenBehind, refreshTokenIn } from "./wiretap.ts";

/** A person who is seeded. */
type User = (typeof users)[number];

/** The browsers of a world. */
export interface Browsers {
  /** One for each seeded user. */
  readonly people: readonly [Browser, Browser];
  /** These, and those of thieves and strangers, as they come. */
  readonly all: readonly Browser[];
  /** Puts a browser with a copy of another one's cookies into the world. */
  openThief(from: BrowserActions): Browser;
  /** A second browser of the same person. */
  openPhone(of: BrowserActions): Browser;
  /** A browser without a cookie, in which somebody claims to be this user. */
  openStranger(as: BrowserActions): Browser;
}

/** Puts a browser for each seeded user into a world. */
export function openBrowsers(
  world: World,
  network: Network,
  check: AnswerCheck,
  { page, routes }: Pick<BrowserOptions, "page" | "routes">,
  store: RunStore,
  emit: (event: EventBody) => void,
): Browsers {
  function open(name: string, { id, email }: Pick<User, "id" | "email">): Browser {
    const actor = world.actor(name, "browser");
    const browser = new Browser(
      { name, user: id, email, app: APP, page, routes },
      {
        send(load, request, signal) {
          const { to, answer } = network.send(actor, load, request, signal);
          return { to: to.name, answer: answer.then((answered) => answered && { ...answered, from: answered.from.name }) };
        },
        now: () => world.now(),
        emit,
        held: (cookies) => refreshTokenIn(world.names, cookies) ?? refreshTokenBehind(world.names, cookies, store.peek()),
        heldIn: (cookie) => {
          const whole = refreshTokenIn(world.names, cookie) ?? refreshTokenBehind(world.names, cookie, store.peek());
          return whole ?? refreshTokenIn(world.names, world.names.boxOf(cookie.slice(cookie.indexOf("=") + 1)) ?? "");
        },
        canonical: (text) => world.canonical(text),
        mentions: (text) => mentionedUsers(world.names, text),
        classify: (answer) => check.classify(answer),
        hasFailed: () => check.hasFailed,
        awake: (isAwake) => world.attend(actor, isAwake),
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
  }

  const [ada, ben] = users;
  const people = [open(ada.firstName.toLowerCase(), ada), open(ben.firstName.toLowerCase(), ben)] as const;
  const all: Browser[] = [...people];

  /** Another browser of the same person, or of somebody who claims to be. */
  function openBeside(known: BrowserActions, role: string): { readonly own: Browser; readonly other: Browser } {
    const own = all.find((browser) => browser === known);
    const user = users.find(({ id }) => id === known.user);
    if (own === undefined || user === undefined)
      throw new HoldfastError("BAD_USAGE", "expected a browser of this stage", "pass one of `browsers`");
    const name = `${own.name}-${role}`;
    const before = all.find((browser) => browser.name === name);
    const other = before ?? open(name, user);
    if (before === undefined) all.push(other);
    return { own, other };
  }

  return {
    people,
    all,
    openThief(from) {
      const { own, other } = openBeside(from, "thief");
      other.copyCookies(own);
      emit({ type: "cookie-stolen", jar: other.name, from: own.name, user: own.user, token: other.held() });
      return other;
    },
    openPhone: (of) => openBeside(of, "phone").other,
    openStranger: (as) => openBeside(as, "stranger").other,
  };
}

/** Who waits for whom: a sentence for each load in flight. */
export function waitingFor(browsers: readonly Browser[]): readonly string[] {
  return browsers.flatMap(({ inFlight }) => [...inFlight].map(([load, { to }]) => `${load} for an answer of ${to}`));
}

/** The users whose id, email or token a text shows, also inside of sealed boxes. */
export function mentionedUsers(names: Names, text: string): readonly string[] {
  const owners = new Set(names.in(text).map(({ subject }) => (subject as Credential | null)?.user));
  return users.filter(({ id, email }) => text.includes(id) || text.includes(email) || owners.has(id)).map(({ id }) => id);
}
