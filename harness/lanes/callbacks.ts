import { HoldfastError } from "../model/error.ts";
import type { EventBody } from "../model/event.ts";
import type { Stage, TokenIds } from "../model/scenario.ts";
import type { IssuerSettings, TargetRoutes } from "../model/target.ts";
import type { Actor } from "../sim/actor.ts";
import type { Network } from "../sim/network.ts";
import type { WireResponse } from "../sim/wire.ts";
import type { World } from "../sim/world.ts";
import { mentionedUsers } from "./browsers.ts";
import { accessToken, GOOD } from "./forgeries.ts";
import { APP } from "./isolate.ts";

/** A web app gives up after so many attempts. No scenario has as many faults. */
const ATTEMPTS = 3;
/** Milliseconds between two attempts. */
const PAUSE = 1_000;

/** What a web app is made of. */
interface WebAppParts {
  readonly world: World;
  readonly network: Network;
  /** Who signs the tokens. */
  readonly settings: IssuerSettings;
  readonly routes: TargetRoutes;
  /** Takes what the scenario has seen, which stands for its own heap. */
  readonly seen: string[];
  readonly emit: (event: EventBody) => void;
}

/** The web app that calls its API after each sign-in, as a stage has it (`Stage.callBack`), and what monitors are told of that. */
export function callbacks({ world, network, settings, routes, seen, emit }: WebAppParts, script: Actor): Stage["callBack"] {
  let count = 0;
  let webApp: Actor | null = null;

  return async (as, ids) => {
    if (routes.callback === undefined)
      throw new HoldfastError("BAD_USAGE", "expected a target that says where it takes callback", "name it in the scenario's needs");
    // It is in the world only where it has something to do.
    webApp ??= world.actor("web-app", "browser");
    const { issuer, clientId } = settings;
    const bearer = accessToken(GOOD, { user: as.user, issuer, clientId, now: world.now(), ids });
    const name = `callback-${++count}`;
    const headers = [["authorization", `Bearer ${bearer}`] as const];
    const asked = { method: "POST", url: `${APP}${routes.callback}`, headers, body: null };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const request = attempt === 1 ? name : `${name}-again-${attempt - 1}`;
      const { to, answer } = network.send(webApp, request, asked);
      const base = { request, user: as.user, key: keyOf(ids) };
      emit({ type: "request-sent", ...base, isolate: to.name });
      const response = (await answer)?.response ?? null;
      seen.push(`${request} ${response?.status}`);
      if (response?.status === 200) {
        const mentions = mentionedUsers(world.names, response.body);
        emit({ type: "request-answered", ...base, isolate: to.name, answer: response.body, mentions });
        return response.body;
      }
      emit({ type: "request-failed", ...base, reason: response === null ? "no answer came" : `status ${response.status}` });
      if (isFinal(response)) return null;
      await world.until(world.now() + PAUSE, script);
    }
    return null;
  };
}

/** What makes two calls of one sign-in the same: its token, else its session (origins A). */
function keyOf({ jti, sid }: TokenIds): string | null {
  if (jti !== null && jti.trim() !== "") return `workos-jti:${jti}`;
  return sid !== null && sid.trim() !== "" ? `workos-session:${sid}` : null;
}

/** To ask again what was refused would be of no use. */
function isFinal(response: WireResponse | null): boolean {
  return response !== null && response.status >= 400 && response.status < 500 && response.status !== 409 && response.status !== 429;
}
