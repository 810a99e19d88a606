import type { AnswerKind, Purpose, Stored } from "./event.ts";
import type { InvariantId } from "./invariant.ts";
import type { TargetRoutes } from "./target.ts";

/** The numbers of a scenario that a cell may set. */
export interface ScenarioParameters {
  /** Concurrent page loads in the race. */
  readonly loads: number;
  /** Instances of the target, each with its own module state. */
  readonly isolates: number;
  /** How a page is loaded: one request, or a document followed by parallel fetches. */
  readonly page: "request" | "document";
}

/** One tab of a browser. All of them share its jar. */
export interface TabActions {
  /** Loads a page in this tab, in place of what it has and of whatever it still waits for. */
  load(path?: string): Promise<AnswerKind | null>;
  /** Navigates away from the app, or closes the tab: nobody waits any more for what it has asked for. */
  leave(): void;
}

/** A browser with one jar and one user, and what a person does with it. */
export interface BrowserActions {
  /** The person in front of it: the issuer's user id. */
  readonly user: string;
  /**
   * Signs in through real redirects: app → issuer → app.
   *
   * @returns false where that came to nothing, which only a fault may do
   * @throws HoldfastError `BAD_TARGET` where it came to nothing and nothing had failed
   */
  signIn(): Promise<boolean>;
  /**
   * Loads a page in a tab of its own, and resolves when its last answer has arrived or was lost (null). Whatever is no page has no
   * fetches of its own.
   */
  load(path?: string, purpose?: Exclude<Purpose, "renewal">): Promise<AnswerKind | null>;
  openTab(): TabActions;
  /** The lid is closed: until it wakes, no answer reaches it, and it sends nothing. What it has asked for goes on without it. */
  sleep(): void;
  wake(): void;
  /** Signs out as the app's own page would, and follows where that leads. Resolves to whether the app says that it is done. */
  logOut(): Promise<boolean>;
  /** Renews the session in another organization, as the app's own page would; answered as a page is. */
  switchOrganization(organization: string): Promise<AnswerKind | null>;
}

/** What the issuer's own people can do. */
export interface AdminActions {
  /** Ends every session of a user, as an administrator would. */
  endSessions(user: string): Promise<void>;
  /** Makes a user a member of one of the seeded organizations. */
  addMember(user: string, organization: string): Promise<void>;
  /** Has another key sign, which no isolate was deployed with. The old ones stay published. */
  rotateKeys(): Promise<void>;
  /** Takes every key from the key set but the one that signs. */
  retireKeys(): Promise<void>;
  /** Plays a part in which the issuer answers 503: to everything, or to whoever asks for its keys. */
  outage<T>(endpoint: "all" | "jwks", part: () => Promise<T>): Promise<T>;
}

/** What an access token says of the sign-in that it comes from; blank or null where it says nothing. */
export interface TokenIds {
  readonly jti: string | null;
  readonly sid: string | null;
}

/** The stage on which a scenario plays. Times in milliseconds of virtual time. */
export interface Stage<M extends string = string> {
  readonly parameters: ScenarioParameters;
  readonly accessTokenLifetime: number;
  /** One browser for each seeded user, in order: Ada's, then Ben's. */
  readonly browsers: readonly [BrowserActions, BrowserActions];
  readonly admin: AdminActions;
  /** Another browser of the same person, for instance on a phone, that has not signed in yet. */
  anotherBrowser(of: BrowserActions): BrowserActions;
  /** Copies a browser's cookies into one of a thief's. */
  steal(from: BrowserActions): BrowserActions;
  /**
   * Asks for a page with nothing but an access token as bearer: a good one of a user (null), or one that is forged as told.
   *
   * @param forgery one of `harness/lanes/forgeries.ts`
   */
  present(as: BrowserActions, forgery: string | null): Promise<AnswerKind | null>;
  /**
   * The web app calls its API after a sign-in, and again with the same token when no answer comes or it is told to come back.
   *
   * @returns the answer; null where there is none, or it was refused
   */
  callBack(as: BrowserActions, ids: TokenIds): Promise<string | null>;
  now(): number;
  /** Waits until a moment. */
  until(moment: number): Promise<void>;
  /** Goes on at any moment that the explorer chooses: at once in FIFO order, else when more of what is in flight has happened. */
  anyMoment(): Promise<void>;
  /** Has the target do what was left undone (`Instance.maintain`), as a deployment does now and then. */
  maintain(): Promise<void>;
  /**
   * Plays a part in which the faults and time moves that the cell was given may happen. Outside of it nothing fails and
   * time stands still while anything is in flight.
   */
  withFaults<T>(part: () => Promise<T>): Promise<T>;
  /** Plays a part in which every page load may go to any isolate, as the explorer chooses; else they take turns. */
  anyIsolate<T>(part: () => Promise<T>): Promise<T>;
  /** Says that something that must be reachable was reached. */
  reach(mark: M): void;
  /** The requests that browsers have sent and that are not yet answered or lost. */
  loadsInFlight(): number;
}

/** A mark that is reached by itself, as soon as an issuer redeems a refresh token: without one, nothing rotates. */
export const REDEMPTION = "a refresh token was redeemed";

/** Actors, what they do, which invariants must hold and what must be reached. */
export interface Scenario<M extends string = string> {
  readonly name: string;
  readonly describe: string;
  readonly defaults: ScenarioParameters;
  /** Milliseconds; 300,000 where nothing is said: five minutes. */
  readonly accessTokenLifetime?: number;
  /** Milliseconds by which the issuer's clock is ahead of everybody else's; negative: behind. */
  readonly issuerAhead?: number;
  /** Must hold for every target. */
  readonly invariants: readonly InvariantId[];
  /** A cell in which one of these is never reached has shown nothing, and fails. */
  readonly mustReach: readonly M[];
  /**
   * The loads of one browser are alike but for the isolate that they go to, what the scenario does next depends on no more than that
   * they have ended, and from then on a load may go to any isolate. An exhaustive search then takes an exchange of loads, and of
   * isolates with their loads, for the same state, and audits that.
   */
  readonly loadsAreAlike?: true;
  /** What it needs of a target beyond pages. A target without is not asked to play it. */
  readonly needs?: readonly (keyof TargetRoutes)[];
  /** What a target keeps of tenants, in the records of the store by key, for the monitors that look at that. */
  readonly stored?: (records: ReadonlyMap<string, string>) => Stored;
  play(stage: Stage<M>): Promise<void>;
}
