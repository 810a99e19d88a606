import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Credential } from "../model/credential.ts";
import { HoldfastError } from "../model/error.ts";
import type { EventBody } from "../model/event.ts";
import { Browser, type BrowserOptions } from "./browser.ts";
import type { BrowserAnswer, BrowserRequest, BrowserResponse } from "./wire.ts";

const APP = "https://app.test";
const ISSUER = "https://api.workos.test";
/** 2026-01-01T00:00:00Z, far from the machine's own clock. */
const START = Date.UTC(2026, 0, 1);

const ROUTES = { logOut: "/logout", switchOrganization: "/session" };

/** A request on the wire that the test answers when it likes. */
interface Sent {
  readonly load: string;
  readonly request: BrowserRequest;
  readonly cookies: string;
  /** Answers, and waits until the browser has taken it in. */
  answer(response?: Partial<BrowserResponse> & { readonly set?: readonly string[]; readonly from?: string }): Promise<void>;
  lose(): Promise<void>;
}

/** A browser whose wire is in the hands of the test. The session cookie is `rt=<generation>`. */
function bench(options: Partial<BrowserOptions> = {}) {
  const sent: Sent[] = [];
  const events: EventBody[] = [];
  const clock = { now: START };
  const world = { hasFailed: false, awake: [] as boolean[] };
  const browser = new Browser(
    { name: "ada", user: "user_ada", email: "ada@example.test", app: APP, page: "request", routes: ROUTES, ...options },
    {
      send(load, request, signal) {
        const { promise, resolve, reject } = Promise.withResolvers<BrowserAnswer | null>();
        const to = request.url.startsWith(APP) ? `isolate-${sent.length + 1}` : "issuer";
        const settle = async (response: BrowserResponse | null, from = to) => {
          resolve(response && { from, response });
          await new Promise(setImmediate);
        };
        signal.addEventListener("abort", () => reject(signal.reason));
        sent.push({
          load,
          request,
          cookies: request.headers.find(([name]) => name === "cookie")?.[1] ?? "",
          answer: ({ status = 200, headers = [], body = "", set = [], from } = {}) =>
            settle({ status, headers: [...headers, ...set.map((cookie) => ["set-cookie", cookie] as const)], body }, from),
          lose: () => settle(null),
        });
        return { to, answer: promise };
      },
      now: () => clock.now,
      emit: (event) => events.push(event),
      canonical: (text) => text,
      held,
      heldIn: held,
      hasFailed: () => world.hasFailed,
      awake: (isAwake) => world.awake.push(isAwake),
      mentions: (text) => ["user_ada", "user_ben"].filter((user) => text.includes(user)),
      classify: ({ status, headers }) =>
        status === 200 ? "signed-in" : headers.get("location") === "/login" ? "signed-out" : status === 503 ? "unavailable" : "other",
    },
  );
  return { browser, sent, events, clock, world, at: (index: number) => sent.at(index) as Sent };
}

function rt(generation: number): Credential {
  return { type: "refresh-token", user: "user_ada", session: "session_ada", family: "F1", generation, sibling: 0 };
}

/** The test's own token: `rt=<generation>`. */
function held(cookies: string): Credential | null {
  const generation = /(?:^|; )rt=(\d+)/.exec(cookies)?.[1];
  return generation === undefined ? null : rt(Number(generation));
}

/** A browser that holds `rt=<generation>` as the result of an answered load. Nothing of that stays in the record. */
async function holding(generation: number, options: Partial<BrowserOptions> = {}) {
  const it = bench({ ...options, page: "request" });
  const loaded = it.browser.load();
  await it.at(0).answer({ set: [`rt=${generation}; Path=/`] });
  await loaded;
  it.sent.length = 0;
  it.events.length = 0;
  return it;
}

/** The `Cookie` header of a request to `url` after an answer from `from` has set these cookies. */
async function cookiesAt(path: string, set: readonly string[], after = 0, app = APP): Promise<string> {
  const { browser, at, clock, sent } = bench({ app });
  const first = browser.load("/account/login");
  await at(0).answer({ set });
  await first;
  clock.now += after;
  void browser.load(path);
  return sent[1]?.cookies ?? "not sent";
}

describe("a request", () => {
  it("carries the cookies that the jar has at the moment it is sent, not those of a moment later", async () => {
    const { browser, at } = await holding(0);

    const early = browser.load();
    const renewing = browser.load();
    await at(1).answer({ set: ["rt=1; Path=/"] });
    const late = browser.load();

    expect([at(0).cookies, at(1).cookies, at(2).cookies]).toEqual(["rt=0", "rt=0", "rt=1"]);
    await Promise.all([at(0).answer(), at(2).answer(), early, renewing, late]);
  });

  it("goes without a cookie header when the jar is empty", () => {
    const { browser, at } = bench();
    void browser.load("/somewhere?q=1");
    expect(at(0).request).toEqual({ method: "GET", url: `${APP}/somewhere?q=1`, headers: [["accept", "text/html"]], body: null });
  });

  it("is in flight, with who will answer, from when it is sent until it is answered or lost", async () => {
    const { browser, at } = bench();

    void browser.load();
    void browser.load();
    expect([...browser.inFlight].map(([load, { to }]) => [load, to])).toEqual([
      ["ada/load-1", "isolate-1"],
      ["ada/load-2", "isolate-2"],
    ]);

    await at(1).lose();
    expect([...browser.inFlight.keys()]).toEqual(["ada/load-1"]);
    await at(0).answer();
    expect(browser.inFlight.size).toBe(0);
  });
});

describe("Set-Cookie", () => {
  it("is applied in the order in which answers arrive: the last one to arrive wins, whoever was asked first", async () => {
    const { browser, at, events } = await holding(0);
    const loads = [browser.load(), browser.load(), browser.load()];

    await at(1).answer({ set: ["rt=2; Path=/"] });
    await at(0).answer({ set: ["rt=1; Path=/"] });
    await at(2).lose();
    await Promise.all(loads);
    void browser.load();

    expect(at(3).cookies).toBe("rt=1");
    expect(events.flatMap((event) => (event.type === "jar-changed" ? [[event.before?.generation, event.after?.generation]] : []))).toEqual([
      [0, 2],
      [2, 1],
    ]);
  });

  it("leaves in the jar what the last answer said, in whatever order any number of them arrive", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 1 }).chain((order) =>
          fc.record({
            order: fc.constant(order),
            lost: fc.array(fc.boolean(), { minLength: order.length, maxLength: order.length }),
          }),
        ),
        async ({ order, lost }) => {
          const { browser, at } = await holding(9);
          for (let i = 0; i < 5; i++) void browser.load();
          let expected = "rt=9";
          for (const [turn, index] of order.entries()) {
            if (lost[turn]) await at(index).lose();
            else {
              await at(index).answer({ set: [`rt=${index}; Path=/`] });
              expected = `rt=${index}`;
            }
          }
          void browser.load();
          expect(at(5).cookies).toBe(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("takes effect one after the other within one answer", async () => {
    expect(await cookiesAt("/", ["rt=1; Path=/", "rt=; Path=/; Max-Age=0", "rt=2; Path=/", "theme=dark; Path=/"])).toBe("rt=2; theme=dark");
  });

  it("with an answer that was lost, changes nothing and is no event", async () => {
    const { browser, at, events } = await holding(3);
    const loaded = browser.load();
    await at(0).lose();
    expect(await loaded).toBeNull();
    expect(events.map(({ type }) => type)).toEqual(["load-sent", "load-lost"]);
  });
});

describe("the jar", () => {
  it.each([
    ["goes to its own path and below", "/account/settings", ["a=1; Path=/account"], "a=1"],
    ["does not go to a path that only begins like its own", "/accounts", ["a=1; Path=/account"], ""],
    ["does not go above its path", "/", ["a=1; Path=/account"], ""],
    ["without a Path stays in the folder of the page that set it", "/account/other", ["a=1"], "a=1"],
    ["without a Path does not go elsewhere", "/", ["a=1"], ""],
    ["that is HttpOnly is sent, because page loads are HTTP", "/", ["a=1; Path=/; HttpOnly"], "a=1"],
    ["that is Secure is sent over https", "/", ["a=1; Path=/; Secure"], "a=1"],
    ["with the domain of its own host is taken", "/", ["a=1; Path=/; Domain=app.test"], "a=1"],
    ["of a foreign domain is refused in silence", "/", ["a=1; Path=/; Domain=evil.test", "b=2; Path=/"], "b=2"],
    ["of a subdomain that did not set it is refused", "/", ["a=1; Path=/; Domain=www.app.test"], ""],
    ["of a whole top-level domain is refused", "/", ["a=1; Path=/; Domain=test"], ""],
    ["named __Host- with a domain is refused", "/", ["__Host-a=1; Path=/; Secure; Domain=app.test"], ""],
    ["named __Host- as it must be is taken", "/", ["__Host-a=1; Path=/; Secure"], "__Host-a=1"],
    ["that is no cookie at all is passed over", "/", ["", ";", "a=1; Path=/"], "a=1"],
    ["that comes again replaces itself", "/", ["a=1; Path=/", "a=2; Path=/"], "a=2"],
    ["of a longer path comes first", "/account", ["a=1; Path=/", "a=2; Path=/account"], "a=2; a=1"],
  ])("keeps the rules of browsers: a cookie %s", async (_, path, set, expected) => {
    expect(await cookiesAt(path, set)).toBe(expected);
  });

  it("takes no Secure cookie from plain http", async () => {
    expect(await cookiesAt("/", ["a=1; Path=/; Secure", "b=2; Path=/"], 0, "http://app.test")).toBe("b=2");
  });

  it("does not send a host-only cookie to a subdomain, and sends one with a domain there", async () => {
    const { browser, sent, at } = bench();
    const signingIn = browser.signIn().catch(() => {});
    await at(0).answer({
      status: 302,
      headers: [["location", "https://www.app.test/there"]],
      set: ["a=1; Path=/", "b=2; Path=/; Domain=app.test"],
    });
    expect(sent[1]?.cookies).toBe("b=2");
    await at(1).lose();
    await signingIn;
  });

  it.each([
    ["Max-Age=0 ends at once", "a=1; Path=/; Max-Age=0", 0, ""],
    ["a negative Max-Age ends at once", "a=1; Path=/; Max-Age=-5", 0, ""],
    ["Max-Age lives until the second before", "a=1; Path=/; Max-Age=60", 59_999, "a=1"],
    ["Max-Age is over with its last millisecond", "a=1; Path=/; Max-Age=60", 60_000, ""],
    ["Max-Age outweighs Expires", `a=1; Path=/; Max-Age=60; Expires=${new Date(0).toUTCString()}`, 59_999, "a=1"],
    ["Expires lives until that moment of virtual time", `a=1; Path=/; Expires=${new Date(START + 60_000).toUTCString()}`, 59_999, "a=1"],
    ["Expires is over at that moment of virtual time", `a=1; Path=/; Expires=${new Date(START + 60_000).toUTCString()}`, 60_000, ""],
    ["Expires in the past of virtual time ends at once", `a=1; Path=/; Expires=${new Date(START - 1_000).toUTCString()}`, 0, ""],
    ["neither of them lives as long as the browser", "a=1; Path=/", 365 * 24 * 3_600_000, "a=1"],
  ])("ends a cookie when it says so: %s", async (_, cookie, after, expected) => {
    expect(await cookiesAt("/", [cookie], after)).toBe(expected);
  });

  it("counts Max-Age from when the cookie arrived, however often it has been used since", async () => {
    const { browser, at, clock, sent } = bench();
    void browser.load();
    await at(0).answer({ set: ["a=1; Path=/; Max-Age=60"] });
    for (let tens = 1; tens <= 6; tens++) {
      clock.now = START + tens * 10_000;
      void browser.load();
    }
    expect(sent.slice(1).map(({ cookies }) => cookies)).toEqual(["a=1", "a=1", "a=1", "a=1", "a=1", ""]);
  });

  it("is cleared by Max-Age=0, and says which credential is gone", async () => {
    const { browser, at, events } = await holding(3);
    void browser.load();
    await at(0).answer({ status: 302, headers: [["location", "/login"]], set: ["rt=; Path=/; Max-Age=0"] });
    const base = { jar: "ada", user: "user_ada", load: "ada/load-2" };
    expect(events.slice(1, 3)).toEqual([
      { type: "jar-changed", ...base, isolate: "isolate-1", before: rt(3), after: null, until: null },
      { type: "cookies-changed", ...base, cookies: [] },
    ]);
  });
});

it("tells of a cookie for another path, which it is not sent itself", async () => {
  const { browser, at, events } = await holding(3);
  void browser.load();
  await at(0).answer({ set: ["rt=4; Path=/account"] });
  expect(events.filter(({ type }) => type === "jar-changed" || type === "cookies-changed")).toEqual([
    {
      type: "cookies-changed",
      ...{ jar: "ada", user: "user_ada", load: "ada/load-2" },
      cookies: [
        { name: "rt", holds: rt(4) },
        { name: "rt", holds: rt(3) },
      ],
    },
  ]);
});

describe("the state of a jar, for the key of a search state", () => {
  async function stateAfter(...sets: readonly (readonly string[])[]) {
    const { browser, at } = bench();
    for (const [index, set] of sets.entries()) {
      void browser.load();
      await at(index).answer({ set });
    }
    return browser.state();
  }

  it("is the same for the same cookies, and another for another value, path, or end", async () => {
    const states = await Promise.all([
      stateAfter(["a=1; Path=/"]),
      stateAfter(["a=2; Path=/"]),
      stateAfter(["a=1; Path=/x"]),
      stateAfter(["a=1; Path=/; Max-Age=60"]),
      stateAfter(["a=1; Path=/; Max-Age=61"]),
      stateAfter([]),
    ]);
    expect(new Set(states).size).toBe(states.length);
    expect(await stateAfter(["a=9; Path=/"], ["a=1; Path=/"])).toBe(states[0]);
  });

  it("follows the jar, however often it is asked for in between", async () => {
    const { browser, at } = bench();
    const states = [browser.state()];
    for (const [index, set] of [["a=1; Path=/"], ["a=2; Path=/"], [], ["a=1; Path=/"]].entries()) {
      void browser.load();
      await at(index).answer({ set });
      states.push(browser.state());
    }
    expect(states.map((state) => states.indexOf(state))).toEqual([0, 1, 2, 2, 1]);
  });

  it("does not have a cookie that has ended, also where it was asked for before", async () => {
    const { browser, at, clock } = bench();
    void browser.load();
    await at(0).answer({ set: ["a=1; Path=/; Max-Age=60"] });
    const before = browser.state();
    clock.now += 59_999;
    expect(browser.state()).toBe(before);
    clock.now += 1;
    expect(browser.state()).toBe(await stateAfter([]));
  });

  it("does not remember a cookie that was cleared", async () => {
    expect(await stateAfter(["a=1; Path=/"], ["a=; Path=/; Max-Age=0"])).toBe(await stateAfter([], []));
  });

  it("is never the cookies themselves", async () => {
    expect(await stateAfter(["a=verysecretvalue; Path=/"])).not.toContain("verysecretvalue");
  });
});

describe("the events of a load", () => {
  it("are load-sent, then the change of the jar, then load-answered, with all that they saw", async () => {
    const { browser, at, events, clock } = await holding(0);
    const jar = { jar: "ada", user: "user_ada", load: "ada/load-2" };
    const base = { ...jar, tab: "ada/tab-2", isolate: "isolate-1", purpose: "page" };

    const loaded = browser.load();
    clock.now += 250;
    await at(0).answer({ set: ["rt=1; Path=/; Max-Age=60"], body: "hello user_ada, and user_ben" });

    expect(await loaded).toBe("signed-in");
    expect(events).toEqual([
      { type: "load-sent", ...base, forged: null, held: rt(0) },
      { type: "jar-changed", ...jar, isolate: "isolate-1", before: rt(0), after: rt(1), until: START + 60_250 },
      { type: "cookies-changed", ...jar, cookies: [{ name: "rt", holds: rt(1) }] },
      {
        type: "load-answered",
        ...base,
        answer: "signed-in",
        status: 200,
        setsCookie: true,
        redirects: 0,
        held: rt(0),
        sentAt: START,
        mentions: ["user_ada", "user_ben"],
      },
    ]);
  });

  it("say nothing of a jar whose credential stays the same, whatever else is set", async () => {
    const { browser, at, events } = await holding(0);
    void browser.load();
    await at(0).answer({ set: ["rt=0; Path=/", "theme=dark; Path=/"] });
    expect(events.map(({ type }) => type)).toEqual(["load-sent", "load-answered"]);
  });

  it("hand classify the status, every header and the body", async () => {
    const seen: unknown[] = [];
    const { promise, resolve } = Promise.withResolvers<BrowserAnswer>();
    const browser = new Browser(
      { name: "ada", user: "user_ada", email: "ada@example.test", app: APP, page: "request", routes: {} },
      {
        send: () => ({ to: "isolate-1", answer: promise }),
        now: () => START,
        emit: () => {},
        canonical: (text) => text,
        held: () => null,
        heldIn: () => null,
        mentions: () => [],
        classify: ({ status, headers, body }) => {
          seen.push([status, headers.get("x-one"), headers.getSetCookie(), body]);
          return "stale";
        },
        hasFailed: () => false,
        awake: () => {},
      },
    );
    const loaded = browser.load();
    const headers = [
      ["x-one", "1"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ] as const;
    resolve({ from: "isolate-1", response: { status: 401, headers, body: "no" } });
    expect(await loaded).toBe("stale");
    expect(seen).toEqual([[401, "1", ["a=1", "b=2"], "no"]]);
  });
});

describe("a copy of another browser's cookies", () => {
  it("is sent like the other's own, ends when they end, and then goes its own way", async () => {
    const { browser: victim, at: answered } = bench();
    void victim.load();
    await answered(0).answer({ set: ["rt=3; Path=/; Max-Age=60", "theme=dark; Path=/"] });
    const { browser: thief, at, clock } = bench();
    thief.copyCookies(victim);
    expect(thief.held()).toEqual(rt(3));

    void thief.load();
    expect(at(0).cookies).toBe("rt=3; theme=dark");
    await at(0).answer({ set: ["rt=4; Path=/"] });
    expect([thief.held(), victim.held()]).toEqual([rt(4), rt(3)]);

    thief.copyCookies(victim);
    clock.now += 60_000;
    expect(thief.held()).toBeNull();
  });
});

describe("a load that is no page", () => {
  it("says so to the app as browsers do, and fetches nothing more", async () => {
    const { browser, at, sent, events } = await holding(0, { page: "document" });
    const loaded = browser.load("/", "prefetch");
    void browser.load("/live", "upgrade");
    await at(0).answer();

    expect(await loaded).toBe("signed-in");
    expect(sent.map(({ request }) => request.headers.slice(1, -1))).toEqual([
      [["sec-purpose", "prefetch"]],
      [
        ["connection", "Upgrade"],
        ["upgrade", "websocket"],
        ["sec-websocket-version", "13"],
      ],
    ]);
    expect(events.map((event) => "purpose" in event && event.purpose)).toEqual(["prefetch", "upgrade", "prefetch"]);
  });
});

describe("a page that sends the browser elsewhere in the app", () => {
  const onward = { status: 303, headers: [["location", "/refresh"]] } as const;

  it("is followed with the cookies of that moment, and counts once, with what came last", async () => {
    const { browser, at, sent, events } = await holding(0);
    const loaded = browser.load();
    await at(0).answer({ ...onward, set: ["rt=1; Path=/"] });
    await at(1).answer();

    expect(await loaded).toBe("signed-in");
    expect(sent.map(({ request, cookies }) => [request.url, cookies])).toEqual([
      [`${APP}/`, "rt=0"],
      [`${APP}/refresh`, "rt=1"],
    ]);
    const answered = events.filter(({ type }) => type === "load-answered");
    expect(answered).toMatchObject([{ redirects: 1, held: rt(0), status: 200 }]);
  });

  it("for ever is given up after twenty times, and keeps its last answer", async () => {
    const { browser, at, events } = await holding(0);
    const loaded = browser.load();
    for (let hop = 0; hop <= 20; hop++) await at(hop).answer(onward);

    expect(await loaded).toBe("other");
    expect(events.at(-1)).toMatchObject({ type: "load-answered", answer: "other", redirects: 20 });
  });

  it.each([
    ["to another origin", { status: 302, headers: [["location", `${ISSUER}/authorize`]] }],
    ["to what is no URL", { status: 302, headers: [["location", "https://"]] }],
    ["nowhere", { status: 304, headers: [] }],
  ] as const)("is not followed %s", async (_, answer) => {
    const { browser, at, sent } = await holding(0);
    void browser.load();
    await at(0).answer(answer);
    expect(sent).toHaveLength(1);
  });
});

describe("a person who navigates away", () => {
  it("waits no more: nothing of the answer is applied, and the load ends without one", async () => {
    const { browser, at, events } = bench();
    const loaded = browser.load();
    expect([...browser.waitingTabs()]).toEqual([["ada/tab-1", "ada/load-1"]]);

    browser.leave("ada/tab-1");

    expect(await loaded).toBeNull();
    expect(events.slice(1)).toEqual([
      {
        ...{ type: "load-lost", why: "aborted", load: "ada/load-1", tab: "ada/tab-1" },
        ...{ jar: "ada", user: "user_ada", isolate: "isolate-1" },
      },
    ]);
    await at(0).answer({ set: ["rt=7; Path=/"] });
    expect([events.length, browser.inFlight.size, browser.waitingTabs().size]).toEqual([2, 0, 0]);
  });

  it("waits for none of the fetches of that page, and for those of every other", async () => {
    const { browser, at } = bench({ page: "document" });
    const [left, stayed] = [browser.load(), browser.load()];
    for (const document of [0, 1]) await at(document).answer();
    expect(browser.inFlight.size).toBe(6);

    browser.leave("ada/tab-1");

    expect(await left).toBeNull();
    expect([...browser.inFlight.keys()]).toEqual(["ada/load-2.1", "ada/load-2.2", "ada/load-2.3"]);
    for (const fetched of [5, 6, 7]) await at(fetched).answer();
    expect(await stayed).toBe("signed-in");
  });

  it("from a tab that waits for nothing changes nothing", async () => {
    const { browser, at, events } = bench();
    void browser.load();
    await at(0).answer();
    browser.leave("ada/tab-1");
    browser.leave("ada/tab-9");
    expect(events.map(({ type }) => type)).toEqual(["load-sent", "load-answered"]);
  });
});

describe("a tab", () => {
  it("has one page: the next one takes the place of what it still waits for", async () => {
    const { browser, at, events } = bench();
    const tab = browser.openTab();
    const first = tab.load("/one");
    const second = tab.load("/two");

    expect(await first).toBeNull();
    await at(1).answer();
    expect(await second).toBe("signed-in");
    expect(events.map((event) => [event.type, "load" in event && event.load, "tab" in event && event.tab])).toEqual([
      ["load-sent", "ada/load-1", "ada/tab-1"],
      ["load-sent", "ada/load-2", "ada/tab-1"],
      ["load-lost", "ada/load-1", "ada/tab-1"],
      ["load-answered", "ada/load-2", "ada/tab-1"],
    ]);
    expect(at(1).request.url).toBe(`${APP}/two`);
  });

  it("shares its browser's jar, and nothing of what it waits for", async () => {
    const { browser, at, sent } = bench();
    const [one, other] = [browser.openTab(), browser.openTab()];
    const loaded = one.load();
    await at(0).answer({ set: ["rt=4; Path=/"] });
    expect(await loaded).toBe("signed-in");

    const left = one.load();
    const stayed = other.load();
    expect(sent.slice(1).map(({ cookies }) => cookies)).toEqual(["rt=4", "rt=4"]);
    one.leave();
    expect(await left).toBeNull();
    await at(2).answer();
    expect(await stayed).toBe("signed-in");
  });
});

describe("a browser that sleeps", () => {
  it("has its world hold back what comes, until it wakes", () => {
    const { browser, world } = bench();
    browser.sleep();
    browser.wake();
    expect(world.awake).toEqual([false, true]);
  });

  it("sends nothing, and nobody is there to leave a page", async () => {
    const { browser, sent } = bench();
    void browser.load();
    browser.sleep();
    expect(browser.waitingTabs().size).toBe(0);
    await expect(browser.load()).rejects.toMatchObject({ code: "BAD_USAGE", message: "expected ada to be awake before she does anything" });
    expect(sent).toHaveLength(1);

    browser.wake();
    expect([...browser.waitingTabs().keys()]).toEqual(["ada/tab-1"]);
    void browser.load();
    expect(sent).toHaveLength(2);
  });
});

describe("signing out", () => {
  const away = { status: 303, headers: [["location", `${ISSUER}/logout?session=1`]], set: ["rt=; Path=/; Max-Age=0"] } as const;
  const back = { status: 302, headers: [["location", `${APP}/`]] } as const;
  const base = { load: "ada/logout-2", jar: "ada", user: "user_ada", isolate: "isolate-1", held: rt(3) };

  it("is a POST of the app's own page, and goes by way of the issuer until it is back", async () => {
    const { browser, at, sent, events } = await holding(3);
    const loggedOut = browser.logOut();
    expect(browser.inFlight.has("ada/logout-2")).toBe(true);
    await at(0).answer(away);
    await at(1).answer(back);

    expect(await loggedOut).toBe(true);
    expect(sent.map(({ request: { method, url, headers } }) => [method, url, headers.find(([name]) => name === "origin")?.[1]])).toEqual([
      ["POST", `${APP}/logout`, APP],
      ["GET", `${ISSUER}/logout?session=1`, undefined],
    ]);
    expect(events.filter(({ type }) => type !== "cookies-changed")).toEqual([
      { type: "logout-sent", ...base },
      { type: "jar-changed", ...{ ...base, held: undefined }, before: rt(3), after: null, until: null },
      { type: "logout-answered", ...base, confirmed: true, status: 303 },
    ]);
  });

  it("is not confirmed by an error, by a lost answer, or to somebody who has left", async () => {
    for (const [what, status] of [
      ["refused", 503],
      ["lost", null],
      ["left", null],
    ] as const) {
      const { browser, at, sent, events } = await holding(3);
      const loggedOut = browser.logOut();
      if (what === "refused") await at(0).answer({ status: 503 });
      else if (what === "lost") await at(0).lose();
      else browser.leave("ada/tab-2");
      expect([await loggedOut, sent.length]).toEqual([false, 1]);
      expect(events.at(-1)).toEqual({ type: "logout-answered", ...base, confirmed: false, status });
    }
  });

  it("is over where the way back is lost, or leads nowhere", async () => {
    for (const issuer of [null, { status: 200 }, { status: 302, headers: [["location", "https://"]] }] as const) {
      const { browser, at } = await holding(3);
      const loggedOut = browser.logOut();
      await at(0).answer(away);
      if (issuer === null) await at(1).lose();
      else await at(1).answer(issuer);
      expect(await loggedOut).toBe(true);
    }
  });

  it("is refused by a target that does not say where", async () => {
    const { browser } = bench({ routes: {} });
    await expect(browser.logOut()).rejects.toMatchObject({ code: "BAD_USAGE", message: expect.stringContaining("logOut") });
  });
});

describe("switching organization", () => {
  it("is a POST of the app's own page, and is answered as a page is", async () => {
    const { browser, at, events } = await holding(0);
    const switched = browser.switchOrganization("org/1");
    expect(at(0).request).toMatchObject({ method: "POST", url: `${APP}/session?organization_id=org%2F1` });
    expect(at(0).request.headers).toContainEqual(["origin", APP]);
    await at(0).answer({ set: ["rt=1; Path=/"] });

    expect(await switched).toBe("signed-in");
    expect(events.filter(({ type }) => type.startsWith("load"))).toMatchObject([
      { type: "load-sent", load: "ada/switch-2", purpose: "renewal", held: rt(0) },
      { type: "load-answered", load: "ada/switch-2", purpose: "renewal", answer: "signed-in" },
    ]);
  });

  it("has no fetches of its own", async () => {
    const { browser, at, sent } = await holding(0, { page: "document" });
    const switched = browser.switchOrganization("org_1");
    await at(0).answer();
    expect([await switched, sent.length]).toEqual(["signed-in", 1]);
  });
});

describe("an answer of somebody else than was asked", () => {
  it("is said to be theirs, and so is what it does to the jar", async () => {
    const { browser, at, events } = bench();
    void browser.load();
    await at(0).answer({ set: ["rt=1; Path=/"], from: "isolate-2" });
    expect(events.flatMap((event) => ("isolate" in event ? [event.isolate] : []))).toEqual(["isolate-1", "isolate-2", "isolate-2"]);
  });
});

describe("a page that is a document and its fetches", () => {
  it("sends its fetches together, once the document has been answered, with the cookies that the document brought", async () => {
    const { browser, at, sent } = bench({ page: "document" });
    const loaded = browser.load();
    expect(sent.map(({ load }) => load)).toEqual(["ada/load-1"]);

    await at(0).answer({ set: ["rt=1; Path=/"] });

    expect(sent.slice(1).map(({ load, request, cookies }) => [load, request.url, cookies])).toEqual([
      ["ada/load-1.1", `${APP}/api/me`, "rt=1"],
      ["ada/load-1.2", `${APP}/api/projects`, "rt=1"],
      ["ada/load-1.3", `${APP}/api/events`, "rt=1"],
    ]);
    for (const index of [3, 1, 2]) await at(index).answer();
    expect(await loaded).toBe("signed-in");
  });

  it("shares one tab among them", async () => {
    const { browser, at, events } = bench({ page: "document" });
    void browser.load();
    await at(0).answer();
    expect(events.flatMap((event) => (event.type === "load-sent" ? [event.tab] : []))).toEqual([
      "ada/tab-1",
      "ada/tab-1",
      "ada/tab-1",
      "ada/tab-1",
    ]);
  });

  it.each(["signed-out", "unavailable"] as const)("sends none when the document is answered %s", async (answer) => {
    const { browser, at, sent } = bench({ page: "document" });
    const loaded = browser.load();
    await at(0).answer(answer === "signed-out" ? { status: 302, headers: [["location", "/login"]] } : { status: 503 });
    expect(await loaded).toBe(answer);
    expect(sent).toHaveLength(1);
  });

  it("sends none when the document is lost", async () => {
    const { browser, at, sent } = bench({ page: "document" });
    const loaded = browser.load();
    await at(0).lose();
    expect(await loaded).toBeNull();
    expect(sent).toHaveLength(1);
  });

  it("is what became of its fetches: the first, in page order, that is not signed-in", async () => {
    const { browser, at } = bench({ page: "document" });
    const loaded = browser.load();
    await at(0).answer();
    await at(3).answer({ status: 404 });
    await at(2).answer({ status: 503 });
    await at(1).answer();
    expect(await loaded).toBe("unavailable");
  });

  it("is lost, and not signed-in, when one of its fetches is lost", async () => {
    const { browser, at } = bench({ page: "document" });
    const loaded = browser.load();
    await at(0).answer();
    await at(1).answer();
    await at(2).lose();
    await at(3).answer();
    expect(await loaded).toBeNull();
  });
});

describe("signing in while something is let fail", () => {
  it("may come to nothing, and says so", async () => {
    const { browser, at, world } = bench();
    world.hasFailed = true;
    for (const answer of [null, { status: 500 }, { status: 302, headers: [["location", "https://"]] }] as const) {
      const signedIn = browser.signIn();
      const asked = at(-1);
      if (answer === null) await asked.lose();
      else await asked.answer(answer);
      expect(await signedIn).toBe(false);
    }
  });
});

describe("signing in", () => {
  const redirect = (location: string, set: readonly string[] = []) => ({ status: 302, headers: [["location", location] as const], set });

  it("follows redirects from the app to the issuer and back, and each origin sees its own cookies only", async () => {
    const { browser, at, sent, events } = bench();
    const signedIn = browser.signIn();

    await at(0).answer(redirect(`${ISSUER}/authorize?state=s`, ["txn=s; Path=/"]));
    await at(1).answer(redirect(`${APP}/callback?code=c`, ["sso=here; Path=/"]));
    await at(2).answer(redirect("/home", ["rt=0; Path=/", "txn=; Path=/; Max-Age=0"]));
    await at(3).answer();
    await signedIn;

    expect(sent.map(({ load, request, cookies }) => [load, request.url, cookies])).toEqual([
      ["ada/sign-in", `${APP}/login?login_hint=ada%40example.test`, ""],
      ["ada/sign-in", `${ISSUER}/authorize?state=s`, ""],
      ["ada/sign-in", `${APP}/callback?code=c`, "txn=s"],
      ["ada/sign-in", `${APP}/home`, "rt=0"],
    ]);
    // No page load yet: all that monitors see is the credential that came into the jar.
    const base = { jar: "ada", user: "user_ada", load: "ada/sign-in" };
    expect(events).toEqual([
      { type: "jar-changed", ...base, isolate: "isolate-3", before: null, after: rt(0), until: null },
      { type: "cookies-changed", ...base, cookies: [{ name: "rt", holds: rt(0) }] },
    ]);
    expect(browser.inFlight.size).toBe(0);
  });

  /** Answers every request of a sign-in until it ends, and gives its error. */
  async function failure(answer: (sent: Sent, index: number) => Promise<void>): Promise<{ error: unknown; requests: number }> {
    const { browser, sent } = bench();
    let ended = false;
    const error = browser.signIn().then(
      () => "it succeeded",
      (caught: unknown) => caught,
    );
    void error.finally(() => {
      ended = true;
    });
    for (let index = 0; !ended && index < 50; index++) await answer(sent[index] as Sent, index);
    return { error: await error, requests: sent.length };
  }

  it.each<[string, (sent: Sent, index: number) => Promise<void>, string]>([
    ["the first answer is lost", (sent) => sent.lose(), "the answer was lost"],
    ["an answer on the way is lost", (sent, index) => (index < 2 ? sent.answer(redirect("/next")) : sent.lose()), "the answer was lost"],
    ["redirects go round in circles", (sent) => sent.answer(redirect("/login")), "more than 20 redirects"],
    [
      "it ends at a page that does not exist",
      (sent) => sent.answer({ status: 404 }),
      "it ended with status 404 at /login, without a cookie",
    ],
    ["it ends well but without a cookie", (sent) => sent.answer(), "it ended with status 200 at /login, without a cookie"],
    [
      "it ends badly although a cookie was set",
      (sent) => sent.answer({ status: 500, set: ["rt=0; Path=/"] }),
      "it ended with status 500 at /login, with a session cookie",
    ],
    ["a redirect says not where to", (sent) => sent.answer({ status: 302 }), "it ended with status 302 at /login, without a cookie"],
    ["a redirect goes to what is no URL", (sent) => sent.answer(redirect("https://")), 'it was redirected to "https://", which is no URL'],
  ])("fails with one BAD_TARGET error when %s", async (_, answer, message) => {
    const { error } = await failure(answer);
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).toMatchObject({ code: "BAD_TARGET", message: expect.stringContaining(message) });
    expect((error as HoldfastError).message).toMatch(/^expected user_ada to be signed in/);
  });

  it("follows as many redirects as a browser does: 20, and not one more", async () => {
    const { browser, sent } = bench();
    const signedIn = browser.signIn();
    for (let hop = 0; hop < 20; hop++) await (sent[hop] as Sent).answer(redirect(`/hop-${hop}`, ["rt=0; Path=/"]));
    await (sent[20] as Sent).answer();
    await signedIn;

    expect((await failure((request) => request.answer(redirect("/again")))).requests).toBe(21);
  });
});
