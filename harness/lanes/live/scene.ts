import { Browser, type BrowserPorts } from "../../browser/browser.ts";
import type { FaultRule } from "../../issuer/control/fault-plan.ts";
import type { Outcome } from "../../issuer/control/faults.ts";
import type { IssuerEvent } from "../../issuer/issuer.ts";
import type { SeededUser } from "../../issuer/options.ts";
import { type Credential, credentialLabel } from "../../model/credential.ts";
import type { EventBody, RedemptionAnswer } from "../../model/event.ts";
import { redemptionAnswer } from "../redemption-answer.ts";
import type { LiveApp } from "./app.ts";
import { classifier } from "./classify.ts";
import type { VerifyConfig } from "./config.ts";
import type { LiveIssuer } from "./issuer.ts";
import type { People } from "./people.ts";
import type { Recording } from "./recording.ts";
import { Holdings, type IsSessionCookie } from "./session-cookies.ts";
import { Wire } from "./wire.ts";

/** What a scene is played with. */
export interface SceneParts {
  readonly config: VerifyConfig;
  readonly app: LiveApp;
  readonly issuer: LiveIssuer;
  readonly people: People;
  /** Everybody whom an answer could show. */
  readonly everybody: readonly SeededUser[];
  readonly recording: Recording;
  /** Which cookies keep somebody signed in, as far as is known yet. */
  readonly isSession: () => IsSessionCookie;
  readonly signal: AbortSignal;
}

/** Somebody who cannot be told apart: several instances have requests of this session. */
const ANY_ISOLATE = "isolate-any";
/** Seconds. */
const PATIENCE = 30;

/**
 * What one item of the plan sees and does: two people with a browser each, the wires between them and the app, and what the issuer
 * does for them, told to the monitors as it happens.
 *
 * From outside, nobody sees which instance asks the issuer, or on whose behalf. It is told from what is under way: where only one request
 * of that session is with the app, that one is behind it; and where all of them are with one instance, that instance is.
 */
export class Scene {
  readonly ada: Browser;
  readonly ben: Browser;
  readonly wire: Wire;
  readonly parts: SceneParts;
  /** Whether a cookie of the app has been seen whose refresh token can be read. */
  readsTokens = false;
  #arrivals = 0;
  #hasFailed = false;
  readonly #heard = new Set<() => void>();

  constructor(parts: SceneParts) {
    this.parts = parts;
    const { app, issuer, config, recording, people, signal } = parts;
    this.wire = new Wire({
      ...{ app, issuer: issuer.facts.origin, patience: (config.patience ?? PATIENCE) * 1000, signal },
      moment: (moment) => recording.moment(moment),
      stuck: (load) => recording.emit({ type: "loads-stuck", loads: [load] }),
    });
    for (const { id } of [people.ada, people.ben]) {
      issuer.listen(id, { arrived: (token) => this.#arrived(token), happened: (event) => this.#happened(event) });
    }
    this.ada = this.open("ada", people.ada);
    this.ben = this.open("ben", people.ben);
  }

  /** How many refresh tokens of this item's people have come to the issuer. */
  get arrivals(): number {
    return this.#arrivals;
  }

  /** Calls back when something of this item comes to the issuer or leaves it. Returns what ends that. */
  onIssuer(listener: () => void): () => void {
    this.#heard.add(listener);
    return () => this.#heard.delete(listener);
  }

  emit(event: EventBody): void {
    if (event.type === "fault") this.#hasFailed = true;
    this.parts.recording.emit(event);
  }

  /** Another browser of a person, or of somebody who claims to be. */
  open(name: string, { id, email }: SeededUser): Browser {
    const { config, app, issuer, isSession } = this.parts;
    const holdings = new Holdings(isSession, issuer.tokens, () => issuer.newestOf(id));
    const held = (cookies: string): Credential | null => {
      const holding = holdings.of(cookies);
      if (holding?.isRead) this.readsTokens = true;
      return holding?.credential ?? null;
    };
    const line = {
      ...{ browser: name, email },
      held(cookies: string) {
        const credential = held(cookies);
        return credential === null ? null : { session: credential.session, label: credentialLabel(credential) };
      },
    };
    const classify = classifier(config);
    const ports: BrowserPorts = {
      send: (load, request, signal) => this.wire.send(line, load, request, signal),
      now: () => Date.now(),
      emit: (event) => this.emit(event),
      held,
      heldIn: held,
      canonical: (text) => text,
      mentions: (text) => this.parts.everybody.filter((user) => text.includes(user.id) || text.includes(user.email)).map((user) => user.id),
      classify,
      hasFailed: () => this.#hasFailed,
      awake: () => {},
    };
    const routes = config.signOut === undefined ? {} : { logOut: config.signOut };
    const signIn = config.signIn === undefined ? {} : { signIn: config.signIn };
    return new Browser({ name, user: id, email, app: app.origin, page: "request", routes, ...signIn }, ports);
  }

  /** Plays a part under faults of the issuer. */
  async withFaults<T>(rules: readonly FaultRule[], part: () => Promise<T>): Promise<T> {
    const { faults } = this.parts.issuer.control;
    this.emit({ type: "faults-began" });
    const ids = faults.add(...rules);
    try {
      return await part();
    } finally {
      for (const id of ids) faults.remove(id);
      this.parts.recording.moment({ kind: "fault", from: null, to: "issuer", label: "all is well again" });
      this.emit({ type: "faults-ended" });
    }
  }

  #arrived(token: Credential): (outcome: Outcome | null) => void {
    const behind = this.wire.behind(token.session);
    const [only] = behind;
    const { app, recording } = this.parts;
    const isolates = new Set(behind.map(({ to }) => to));
    const isolate = app.instances === 1 ? "isolate-1" : isolates.size === 1 ? (only?.to ?? ANY_ISOLATE) : ANY_ISOLATE;
    const load = behind.length === 1 ? (only?.load ?? null) : null;
    const label = credentialLabel(token);
    const words = (what: string, carried: string) => `${what}${load === null ? "" : ` for ${load}`} [${carried}]`;
    recording.moment({ kind: "send", from: isolate, to: "issuer", label: words("POST …/token", label) });
    this.emit({ type: "token-presented", token, isolate, load });
    this.#arrivals++;
    this.#hear();
    let successor: Credential | null = null;
    const redeemed = (event: IssuerEvent) => {
      if (event.type === "token-redeemed" && credentialLabel(event.token) === label) successor = event.successor;
    };
    this.#redeeming.add(redeemed);
    return (outcome) => {
      this.#redeeming.delete(redeemed);
      const answer = this.#answerTo(token, outcome, successor);
      const carried = answer.kind === "issued" ? credentialLabel(answer.successor) : label;
      recording.moment({ kind: "answer", from: "issuer", to: isolate, label: words(wordsOf(outcome), carried) });
      // What is only held up fails nobody.
      if (answer.kind === "fault") this.emit({ type: "fault", fault: "issuer", detail: wordsOf(outcome) });
      this.emit({ type: "token-answered", token, isolate, load, answer });
      this.#hear();
    };
  }

  readonly #redeeming = new Set<(event: IssuerEvent) => void>();

  #answerTo(token: Credential, outcome: Outcome | null, successor: Credential | null): RedemptionAnswer {
    const lost = successor === null ? {} : { lost: successor };
    if (outcome === null) return { kind: "fault", detail: "the issuer failed", ...lost };
    const { answer } = outcome;
    if (answer.kind !== "reply") return { kind: "fault", detail: answer.kind, ...lost };
    const { status, body } = answer.reply;
    const told = redemptionAnswer(token, { status, body: typeof body === "string" ? body : "" }, (text) => this.#tokenIn(text));
    return told.kind === "fault" ? { ...told, ...lost } : told;
  }

  #tokenIn(text: string): Credential | null {
    for (const [token, credential] of this.parts.issuer.tokens) if (text.includes(token)) return credential;
    return null;
  }

  #inOneTurn = false;

  /** What a redemption brings about comes in the same turn, and is one step with it. */
  #happened(event: IssuerEvent): void {
    if (event.type !== "session-ended" || !this.#inOneTurn) {
      this.parts.recording.moment({ kind: "task", from: null, to: "issuer", label: "the issuer decides" });
      this.#inOneTurn = true;
      queueMicrotask(() => {
        this.#inOneTurn = false;
      });
    }
    for (const redeemed of this.#redeeming) redeemed(event);
    this.emit(event);
  }

  #hear(): void {
    for (const listener of [...this.#heard]) listener();
  }
}

function wordsOf(outcome: Outcome | null): string {
  if (outcome === null) return "500";
  return outcome.answer.kind === "reply" ? String(outcome.answer.reply.status) : outcome.answer.kind;
}
