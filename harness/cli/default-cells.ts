import type { CellSpec, Verdict } from "../model/cell.ts";
import { SCHEDULES as MATRIX_SCHEDULES, matrixCells } from "./matrix-cells.ts";

/** Enough for the rarest of the expected violations many times over; the whole set stays under a minute on two cores. */
const SCHEDULES = {
  reference: 200,
  "workos-node": 60,
  "authkit-session": 60,
  "authkit-react-router": 30,
  "openid-client": 60,
  "auth-core": 30,
} as const;

const PROFILES = ["workos", "better-auth", "zitadel", "logto"] as const;
type ProfileName = (typeof PROFILES)[number];
/** Issuers that replay or add a sibling for a while forgive a race, as long as no time passes. */
const FORGIVING: readonly ProfileName[] = ["workos", "logto"];

/** Strategies that coordinate through a store. */
const COORDINATED = ["ledger", "server-session"] as const;

/** Everybody in the matrix. */
const CLIENTS = [
  ...["ledger", "server-session", "single-flight", "naive"].map((strategy) => ({ target: "reference", strategy })),
  { target: "workos-node", strategy: "sealed-session" },
  { target: "authkit-session", strategy: "with-auth" },
  { target: "authkit-react-router", strategy: "authkit-loader" },
  { target: "openid-client", strategy: "refresh-token-grant" },
  { target: "auth-core", strategy: "jwt-callback" },
] as const;

type Choice = Pick<CellSpec, "target" | "strategy" | "isolates" | "explore"> & Partial<CellSpec>;

/**
 * The cells that `holdfast run` shows without arguments, each with what it is expected to show. Some are broken on
 * purpose: they say what the harness catches.
 */
export function defaultCells(seed: number): readonly CellSpec[] {
  const searched = [
    ...races(seed),
    ...coordinated(seed),
    ...killed(seed),
    ...wires(seed),
    ...copies(seed),
    ...limits(seed),
    ...outages(seed),
    ...sdks(seed),
  ];
  return [...noFaults(seed), ...searched, ...slowness(seed), ...documents(seed), ...portfolios(seed), ...situations(seed), ...proofs(seed)];
}

/** The part `no-faults` of the matrix: every client in it under these profiles, in every order of events. */
function noFaults(seed: number): readonly CellSpec[] {
  const part = {
    clients: CLIENTS,
    profiles: PROFILES,
    circumstances: ["none"],
    crypto: "inline",
    schedules: MATRIX_SCHEDULES,
    seed,
  } as const;
  return matrixCells(part).map((cell) => {
    const holds = COORDINATED.some((strategy) => strategy === cell.strategy) || FORGIVING.some((profile) => profile === cell.profile);
    return { ...cell, expect: holds ? "holds" : "violated" };
  });
}

/** Every strategy and SDK, on one isolate and on two, under every profile, with no fault at all. */
function races(seed: number): CellSpec[] {
  const clients = [
    { target: "reference", strategy: "naive" },
    { target: "reference", strategy: "single-flight" },
    { target: "workos-node", strategy: "sealed-session" },
  ] as const;
  return clients.flatMap((client) =>
    [1, 2].flatMap((isolates) =>
      ["fifo", "random"].flatMap((explore) =>
        PROFILES.map((profile) =>
          cell(seed, profile, { ...client, isolates, explore }, raceVerdict(client.strategy, isolates, explore, profile)),
        ),
      ),
    ),
  );
}

function raceVerdict(strategy: string, isolates: number, explore: string, profile: ProfileName): Verdict {
  if (FORGIVING.includes(profile)) return "holds";
  // In FIFO order every load joins the first one's flight; only another order has one come after the flight has landed.
  const oneFlight = strategy === "single-flight" && isolates === 1 && explore === "fifo";
  return oneFlight ? "holds" : "violated";
}

/** The strategies that coordinate through a store hold everything, and promise never to reuse a token. */
function coordinated(seed: number): CellSpec[] {
  const faults = { "browser-response-lost": 1 };
  return COORDINATED.flatMap((strategy) =>
    [1, 2, 4].flatMap((isolates) =>
      PROFILES.map((profile) =>
        cell(seed, profile, { target: "reference", strategy, isolates, explore: "random", loads: 4, schedules: 40, faults }, "holds"),
      ),
    ),
  );
}

/**
 * The same with isolates that die in the middle of it, and somebody who loads again what does not come. Only where the issuer replays nothing
 * is the session gone that a dead isolate alone had been issued.
 */
function killed(seed: number): CellSpec[] {
  const faults = { "browser-response-lost": 1, "isolate-killed": 2 };
  const choice = { scenario: "reloads-at-expiry", target: "reference", explore: "random", loads: 4, schedules: 40, faults } as const;
  return COORDINATED.flatMap((strategy) =>
    [1, 2, 4].flatMap((isolates) =>
      PROFILES.map((profile) =>
        cell(seed, profile, { ...choice, strategy, isolates }, FORGIVING.includes(profile) ? "holds" : "cannot-be-had"),
      ),
    ),
  );
}

/** Whatever befalls the wires, browsers and idle isolates, as long as no answer of the issuer is lost, is nothing that a session could die of. */
function wires(seed: number): CellSpec[] {
  const faults = {
    ...{ "browser-request-lost": 1, "browser-request-duplicated": 1, "browser-aborted": 1 },
    ...{ "issuer-request-lost": 1, "isolate-cold-start": 1 },
  };
  const choice = { target: "reference", isolates: 2, explore: "random", crypto: "interleaved", loads: 4, schedules: 40, faults } as const;
  return COORDINATED.flatMap((strategy) => PROFILES.map((profile) => cell(seed, profile, { ...choice, strategy }, "holds")));
}

/** A refresh request that a proxy delivers twice is reuse to a strict issuer. A page that comes twice is one only to clients that do not coordinate. */
function copies(seed: number): CellSpec[] {
  const choice = { target: "reference", isolates: 2, explore: "random", loads: 4, schedules: 40 } as const;
  const refreshes = COORDINATED.flatMap((strategy) =>
    PROFILES.map((profile) => {
      const verdict = FORGIVING.includes(profile) ? "holds" : "cannot-be-had";
      return cell(seed, profile, { ...choice, strategy, faults: { "issuer-request-duplicated": 1 } }, verdict);
    }),
  );
  const faults = { "browser-request-duplicated": 1 };
  return [...refreshes, cell(seed, "zitadel", { ...choice, strategy: "single-flight", isolates: 1, loads: 2, faults }, "violated")];
}

/** Where the issuer has no grace, an answer that is lost after the commit takes the session with it, whoever the client is. */
function limits(seed: number): CellSpec[] {
  const faults = { "issuer-response-lost": 1 };
  return COORDINATED.map((strategy) =>
    cell(seed, "zitadel", { target: "reference", strategy, isolates: 2, explore: "random", schedules: 40, faults }, "cannot-be-had"),
  );
}

/** An issuer that is down for a moment must not sign anybody out. */
function outages(seed: number): CellSpec[] {
  const faults = { "issuer-503": 2, "issuer-html-502": 1 };
  return [
    cell(seed, "workos", { target: "reference", strategy: "single-flight", isolates: 2, explore: "random", faults }, "holds"),
    cell(seed, "workos", { target: "workos-node", strategy: "sealed-session", isolates: 1, explore: "random", faults }, "holds"),
  ];
}

/** What each of the other SDKs is known for (docs/sdks.md), once as it holds and once as it breaks. */
function sdks(seed: number): CellSpec[] {
  const session = { target: "authkit-session", strategy: "with-auth", isolates: 1 } as const;
  const router = { target: "authkit-react-router", strategy: "authkit-loader", isolates: 2, explore: "random", loads: 4 } as const;
  const rotating = { target: "auth-core", strategy: "jwt-callback", isolates: 1, explore: "random", loads: 4 } as const;
  const relying = { target: "openid-client", strategy: "refresh-token-grant", isolates: 1 } as const;
  return [
    // Its flights are shared within a process, and forgotten when they have landed.
    cell(seed, "zitadel", { ...session, explore: "fifo" }, "holds"),
    cell(seed, "zitadel", { ...session, explore: "random", loads: 4 }, "violated"),
    // It coordinates nothing, and takes every failure for a verdict.
    cell(seed, "workos", router, "holds"),
    cell(seed, "workos", { ...router, faults: { "issuer-503": 1 } }, "violated"),
    // It coordinates nothing, and tells failures apart.
    cell(seed, "workos", { ...relying, explore: "random", loads: 4, faults: { "issuer-503": 1, "issuer-html-502": 1 } }, "holds"),
    cell(seed, "zitadel", { ...relying, explore: "fifo" }, "violated"),
    // It coordinates nothing, and what fails is written into the cookie, for good.
    cell(seed, "workos", rotating, "holds"),
    cell(seed, "workos", { ...rotating, faults: { "issuer-503": 1 } }, "violated"),
  ];
}

/** When time may pass in the middle of the race, the graces run out. */
function slowness(seed: number): CellSpec[] {
  return FORGIVING.map((profile) =>
    cell(seed, profile, { target: "reference", strategy: "single-flight", isolates: 1, explore: "random", timeSteps: 1 }, "violated"),
  );
}

/**
 * The searches that know more than chance. A load that arrives after the flight has landed needs more delays than `delay` spends; two
 * isolates need none.
 */
function portfolios(seed: number): CellSpec[] {
  const searches = [
    { explore: "portfolio", isolates: 1 },
    { explore: "pct", isolates: 1 },
    { explore: "delay", isolates: 2 },
  ];
  return searches.map((search) => cell(seed, "zitadel", { target: "reference", strategy: "single-flight", ...search }, "violated"));
}

/** Each in a scenario of its own: what else becomes of sessions than a race. */
const SITUATIONS = [
  ...["upgrades-at-expiry", "stolen-cookie", "key-rotation", "key-set-outage", "issuer-outage", "cold-isolates", "forged-tokens"],
  ...["signs-in-again", "clock-behind-issuer", "clock-ahead-of-issuer"],
  ...["logout-during-refresh", "switches-organization", "sleeps-past-expiry"],
] as const;

/** The reference keeps what it promises there, with few schedules: little of it is a race. */
function situations(seed: number): CellSpec[] {
  const choice = { target: "reference", strategy: "ledger", explore: "random", isolates: 2, loads: 2, schedules: 10 } as const;
  return SITUATIONS.flatMap((scenario) =>
    // better-auth takes a token that was revoked for a stolen one, and a page of the ended session that is still in flight ends the new one too.
    PROFILES.filter((profile) => scenario !== "signs-in-again" || profile !== "better-auth").map((profile) =>
      cell(seed, profile, { ...choice, scenario }, "holds"),
    ),
  );
}

/** Every order of events, where that takes seconds; `npm run prove` has those that take longer. */
function proofs(seed: number): CellSpec[] {
  const choice = { target: "reference", strategy: "ledger", explore: "exhaustive", schedules: 100_000 } as const;
  return PROFILES.flatMap((profile) => [
    cell(seed, profile, { ...choice, isolates: 1, loads: 4 }, "holds"),
    cell(seed, profile, { ...choice, isolates: 2, loads: 2, faults: { "browser-response-lost": 1 } }, "holds"),
  ]).concat(
    cell(seed, "better-auth", { ...choice, isolates: 2, loads: 2, faults: { "browser-aborted": 1 } }, "holds"),
    cell(seed, "better-auth", { ...choice, isolates: 1, loads: 2, faults: { "browser-request-duplicated": 1 } }, "holds"),
    cell(seed, "better-auth", { ...choice, isolates: 1, loads: 2, crypto: "ordered" }, "holds"),
  );
}

/** Pages as browsers load them: a document, then parallel fetches with the cookies of that moment. */
function documents(seed: number): CellSpec[] {
  return [
    cell(
      seed,
      "workos",
      { target: "reference", strategy: "single-flight", isolates: 2, explore: "random", loads: 3, page: "document" },
      "holds",
    ),
  ];
}

function cell(seed: number, profile: ProfileName, choice: Choice, expect: Verdict): CellSpec {
  const schedules = choice.explore === "fifo" ? 1 : SCHEDULES[choice.target as keyof typeof SCHEDULES];
  return {
    scenario: "page-loads-at-expiry",
    profile,
    loads: 8,
    page: "request",
    faults: {},
    timeSteps: 0,
    crypto: "inline",
    lane: "simulation",
    schedules,
    seed,
    expect,
    ...choice,
  };
}
