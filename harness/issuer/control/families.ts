import type { Machine } from "../state/machine.ts";
import type { Family, RefreshToken } from "../state/records.ts";

/** A refresh token in its family's tree, by name. */
export interface TreeToken {
  readonly name: string;
  readonly generation: number;
  readonly state: "live" | "spent" | "revoked";
  /** When it was redeemed first, in milliseconds since the epoch. */
  readonly spentAt: number | null;
  /** How often a replay of it was answered. */
  readonly replays: number;
  /** What its redemptions gave: the tokens of the next generation, siblings included. */
  readonly next: readonly TreeToken[];
}

/** The refresh tokens of one sign-in as a tree. */
export interface FamilyTree {
  readonly family: string;
  readonly session: string;
  readonly user: string;
  readonly clientId: string;
  readonly surface: string;
  readonly organizationId: string | null;
  readonly startedAt: number;
  readonly usedAt: number;
  /** Why it has ended; null while it lives. */
  readonly ended: string | null;
  /** How many generations came before those shown. */
  readonly earlier: number;
  readonly tokens: readonly TreeToken[];
}

/** What the tree shows of each family; a family that is refreshed all day has thousands. */
const GENERATIONS = 12;

/** The families of an issuer, the newest last. Names only, no secrets. */
export function familyTrees(machine: Machine, wanted: (family: Family) => boolean = () => true): readonly FamilyTree[] {
  return machine.sessions.flatMap(({ families }) => families.filter(wanted).map(treeOf));
}

function treeOf(family: Family): FamilyTree {
  const newest = family.tokens.at(-1)?.credential.generation ?? 0;
  const earlier = Math.max(0, newest - GENERATIONS + 1);
  const tokens = family.tokens.filter(({ credential }) => credential.generation >= earlier);
  const isRoot = ({ credential, parent }: RefreshToken) => credential.generation === earlier || parent === null;

  function node(token: RefreshToken): TreeToken {
    return {
      name: token.label,
      generation: token.credential.generation,
      state: token.revoked || family.ended !== null ? "revoked" : token.spent === null ? "live" : "spent",
      spentAt: token.spent?.at ?? null,
      replays: token.spent?.replays ?? 0,
      next: tokens.filter(({ parent }) => parent === token).map(node),
    };
  }

  return {
    ...{ family: family.name, session: family.session.id, user: family.session.user.id, clientId: family.client.id },
    ...{ surface: family.surface, organizationId: family.organizationId, startedAt: family.startedAt, usedAt: family.usedAt },
    ...{ ended: family.ended, earlier, tokens: tokens.filter(isRoot).map(node) },
  };
}

/** Families as text: a line for each, and its tokens below. */
export function treesText(trees: readonly FamilyTree[]): string {
  return trees
    .map(({ family, user, clientId, session, ended, earlier, tokens }) => {
      const head = `${family}  ${user}  ${clientId}  ${session}  ${ended === null ? "live" : `ended (${ended})`}`;
      const more = earlier === 0 ? [] : [`  … ${earlier} generations before`];
      return [head, ...more, ...tokens.flatMap((token) => branch(token, "  ", true))].map((line) => `${line}\n`).join("");
    })
    .join("");
}

/** An only child stands below its parent, siblings are set in: a chain stays narrow. */
function branch(token: TreeToken, indent: string, only: boolean): string[] {
  const replays = token.replays === 0 ? "" : `, replayed ${token.replays}×`;
  const line = `${indent}${only ? "" : "└ "}${token.name.replace(/^RT /, "")} ${token.state}${replays}`;
  const inner = only ? indent : `${indent}  `;
  return [line, ...token.next.flatMap((child) => branch(child, inner, token.next.length === 1))];
}
