import type { Browser } from "../browser/browser.ts";
import type { TreeToken } from "../issuer/control/families.ts";
import type { Issuer } from "../issuer/issuer.ts";
import { credentialLabel } from "../model/credential.ts";
import type { StateView } from "../model/state-view.ts";
import type { World } from "../sim/world.ts";
import type { RunStore } from "./run-store.ts";
import { refreshTokenIn } from "./wiretap.ts";

/** What a run is looked at through. */
export interface Scene {
  readonly world: World;
  /** When it began, milliseconds since the epoch. */
  readonly began: number;
  readonly issuer: Issuer;
  readonly browsers: readonly Browser[];
  readonly isolates: readonly { readonly actor: { readonly name: string }; isCold(): boolean }[];
  readonly store: RunStore;
}

/** How things stand right now. */
export function look({ world, began, issuer, browsers, isolates, store }: Scene): StateView {
  const inFlight = browsers.flatMap((browser) => [...browser.inFlight]);
  const stored = [...store.peek().values()].flatMap((value) => refreshTokenIn(world.names, value) ?? []);
  return {
    steps: world.steps,
    at: world.now() - began,
    next: world.enabled().map(({ kind, actor, label }) => ({ kind, to: actor, label })),
    jars: browsers.map((browser) => {
      const held = browser.held();
      return { jar: browser.name, holds: held === null ? null : credentialLabel(held) };
    }),
    isolates: isolates.map((isolate) => ({
      name: isolate.actor.name,
      isCold: isolate.isCold(),
      serves: inFlight.filter(([, { to }]) => to === isolate.actor.name).map(([load]) => load),
    })),
    families: issuer.control.families().map(({ family, user, ended, tokens }) => ({
      name: family,
      user,
      ended,
      tokens: tokens.flatMap(withDescendants).map(({ name, state }) => ({ name, state })),
    })),
    stored: stored.map(credentialLabel),
  };
}

function withDescendants(token: TreeToken): TreeToken[] {
  return [token, ...token.next.flatMap(withDescendants)];
}
