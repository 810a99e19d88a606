import type { AnswerKind } from "../../model/event.ts";
import type { InvariantId } from "../../model/invariant.ts";
import type { Answer } from "../../model/target.ts";

/** How an answer of the app is recognised. It must fit everything that is given. */
export interface Matcher {
  readonly status?: number | readonly number[] | undefined;
  /** What its body contains, or matches. */
  readonly body?: string | RegExp | undefined;
  /** Where it redirects to, or what that matches: a path of the app, or a URL. */
  readonly location?: string | RegExp | undefined;
}

/** Any of several, or a judgement of one's own. */
export type Recognition = Matcher | readonly Matcher[] | ((answer: Answer) => boolean);

/** What an app must know to use the issuer that `holdfast verify` starts. */
export interface IssuerFacts {
  /** Where it is reached, for instance `http://127.0.0.1:4100`; also its `iss`, and where OpenID Connect discovery begins. */
  readonly origin: string;
  readonly clientId: string;
  /** The API key, which is the client secret too. */
  readonly apiKey: string;
  readonly jwksUrl: string;
  /** The name of the rotation policy that it follows. */
  readonly profile: string;
  /** Seconds for which it answers a replay of a spent refresh token with something that works; 0 where it does not. */
  readonly graceSeconds: number;
}

/** What an instance of the app is told when it is started. */
export interface InstanceFacts {
  /** 1, 2, … */
  readonly instance: number;
  /** Where it has to listen, on loopback. */
  readonly port: number;
  /** Where browsers reach the app. */
  readonly origin: string;
  readonly issuer: IssuerFacts;
}

/** Something that the app's instances share, and that has to be started before them: a database. */
export interface Services {
  /** Variables for the instances. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** How the app is started, as one process or several. */
export interface StartedApp {
  /** A program and its arguments. */
  readonly command: readonly string[];
  /** How many processes, which take turns; 1 unless given. */
  readonly instances?: number | undefined;
  /** Where browsers reach the app, on loopback; any free port unless given. */
  readonly port?: number | undefined;
  /** The folder to start it in; the configuration's unless given. */
  readonly cwd?: string | undefined;
  /** Variables beyond the issuer's, `PORT` and `APP_ORIGIN`. */
  readonly env?: Readonly<Record<string, string>> | ((facts: InstanceFacts) => Readonly<Record<string, string>>) | undefined;
  readonly services?: (() => Promise<Services>) | undefined;
  /** Seconds within which each instance must answer; 30 unless given. */
  readonly readyWithin?: number | undefined;
}

/** An app that runs already, or that somebody starts by hand when it is told the issuer's settings. */
export interface RunningApp {
  /** Where browsers reach it. */
  readonly url: string;
  /** That a host which is not this machine is the user's own. Without it, nothing but loopback is driven. */
  readonly hostIsMine?: string | undefined;
  readonly readyWithin?: number | undefined;
}

/** The issuer that is started for the app. */
export interface IssuerSettings {
  /** A rotation policy by name; `workos` unless given. */
  readonly profile?: string | undefined;
  /** Any free port unless given. */
  readonly port?: number | undefined;
  /** Seconds; 5 unless given. */
  readonly accessTokenLifetime?: number | undefined;
}

/** What `holdfast.config.ts` says. */
export interface VerifyConfig {
  /** How reports call the app. */
  readonly name: string;
  /** How reports call the way in which it refreshes; `live` unless given. */
  readonly strategy?: string | undefined;
  readonly app: StartedApp | RunningApp;
  readonly issuer?: IssuerSettings | undefined;
  /** Where a sign-in begins; `/login` unless given. */
  readonly signIn?: string | undefined;
  /** Where the app's own pages send somebody who signs out, as a POST. Without it, nobody does. */
  readonly signOut?: string | undefined;
  /** Pages to load that only somebody sees who is signed in. */
  readonly pages: readonly string[];
  /** Where a WebSocket is opened. Without it, none is. */
  readonly webSocket?: string | undefined;
  /** Where the app's API takes the web app's call after a sign-in, as a POST with the access token as bearer. */
  readonly callback?: string | undefined;
  readonly signedIn: Recognition;
  readonly signedOut: Recognition;
  /** The session lives, and this request may not renew it; for upgrades, any 4xx unless given. */
  readonly stale?: Recognition | undefined;
  /** Try again later; 408, 429, 502, 503 and 504 unless given. */
  readonly unavailable?: Recognition | undefined;
  /** Names of the cookies that keep somebody signed in. Found out by trying unless given. */
  readonly sessionCookies?: readonly (string | RegExp)[] | undefined;
  /** Invariants that the app promises beyond those that everyone keeps. */
  readonly promises?: readonly InvariantId[] | undefined;
  /** Items of the plan that are left out, each with the reason. */
  readonly skip?: Readonly<Record<string, string>> | undefined;
  /** Seconds for which the app still takes an access token after its end, a tolerance for clocks; 0 unless given. */
  readonly leeway?: number | undefined;
  /** Tabs that load at once; 6 unless given. */
  readonly tabs?: number | undefined;
  /** Seconds that the app has to answer a request; 30 unless given. */
  readonly patience?: number | undefined;
}

/** What an answer means, where a configuration has several words for it: the first that fits. */
export const RECOGNISED = ["signedIn", "signedOut", "stale", "unavailable"] as const satisfies readonly (keyof VerifyConfig)[];

/** The kind of answer that each of them stands for. */
export const KIND_OF: Readonly<Record<(typeof RECOGNISED)[number], AnswerKind>> = {
  signedIn: "signed-in",
  signedOut: "signed-out",
  stale: "stale",
  unavailable: "unavailable",
};

/** Whether the app is ours to start. */
export function isStarted(app: VerifyConfig["app"]): app is StartedApp {
  return "command" in app;
}
