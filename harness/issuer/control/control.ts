import { HoldfastError } from "../../model/error.ts";
import type { EndCause } from "../../model/event.ts";
import type { Core } from "../core.ts";
import type { RingKey, Rotation } from "../keys/key-ring.ts";
import type { SeededMembership, SigningKey } from "../options.ts";
import type { Ending } from "../state/machine.ts";
import type { Family } from "../state/records.ts";
import { newestOf } from "../state/rotation.ts";
import { type FamilyTree, familyTrees, treesText } from "./families.ts";
import type { Faults } from "./faults.ts";
import type { Journal, Recorder } from "./journal.ts";

/** A rotation as somebody orders it. Without an overlap the old key stays published for one access-token lifetime, so that no token outlives its key. */
export interface RotationOrder extends Omit<Rotation, "overlap"> {
  /** The key that shall sign; else the first that has not signed yet, else a new one. */
  readonly key?: SigningKey | undefined;
  /** How long (ms) the old key stays published after it has stopped signing; null: for ever. */
  readonly overlap?: number | null | undefined;
}

/** What to do to a user. What is left out stays as it is. */
export interface UserChange {
  readonly email?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
}

/** Everything about an issuer that is in its operator's hands, and in no client's. */
export interface Control {
  readonly keys: {
    /**
     * Has another key sign, now or later.
     *
     * @throws {HoldfastError} `BAD_USAGE` when there is no key to rotate to, or for a moment in the past
     */
    rotate(order?: RotationOrder): Promise<RingKey>;
    /** Takes a key (`K1`, `K2`, …) from the key set at once. */
    retire(id: string): void;
    list(): readonly RingKey[];
  };
  readonly faults: Omit<Faults, "apply" | "state">;
  /**
   * Ends a session, a family, all of a user, or the grant that a user gave a client.
   *
   * @throws {HoldfastError} `BAD_USAGE` when there is none of that name: ending nothing must not look like success
   */
  revoke(ending: Ending, cause?: EndCause): void;
  /**
   * A copy of the live refresh token of a family, for a second browser. This is the one place that ever spells a token out.
   *
   * @throws {HoldfastError} `BAD_USAGE` when the family has none that lives
   */
  steal(family: string): { readonly name: string; readonly refreshToken: string };
  /** Ends sessions as their own end would. */
  expire(ending: Ending): void;
  /**
   * Ends the access tokens of a family before their time. The issuer itself no longer takes them; whoever only verifies their
   * signature cannot know, and needs the clock moved instead.
   *
   * @returns how many
   */
  expireAccessTokens(family: string): number;
  /** Changes a user: the next token says so. */
  changeUser(id: string, change: UserChange): void;
  /** Makes a user a member of an organization, or changes what they are there. */
  putMembership(membership: SeededMembership): void;
  removeMembership(userId: string, organizationId: string): void;
  /** The refresh tokens of each sign-in, by name. */
  families(): readonly FamilyTree[];
  /** The same as text. */
  familiesText(): string;
  /** Null for an issuer that was given no `journalSize`. */
  readonly journal: Journal | null;
}

/** @param journal told of everything that is done here */
export function createControl(core: Core, faults: Faults, journal: Recorder | null): Control {
  const { options, directory, machine, keys } = core;
  const note = (text: string) => journal?.control(text);

  function end(ending: Ending, cause: EndCause): void {
    const said = meaning(ending);
    const ended = machine.end(ending, cause, `${said} was ended (${cause})`);
    // A user without a session is a user all the same.
    if (!ended && !("user" in ending && directory.user(ending.user) !== undefined)) {
      const [what, name] = Object.entries(ending)[0] ?? [];
      throw new HoldfastError("BAD_USAGE", `expected a ${what} of this issuer, got "${name}"`, `there are: ${candidates(ending)}`);
    }
    note(`control: ${said} was ended (${cause})`);
  }

  function candidates(ending: Ending): string {
    if ("user" in ending) return directory.users.map(({ id }) => id).join(", ");
    if ("session" in ending) return machine.sessions.map(({ id }) => id).join(", ") || "none yet";
    return machine.sessions.flatMap(({ families }) => families.map(({ name }) => name)).join(", ") || "none yet";
  }

  function knownFamily(family: string): Family {
    const found = machine.sessions.flatMap(({ families }) => families).find(({ name }) => name === family);
    if (found === undefined)
      throw new HoldfastError("BAD_USAGE", "expected a family of this issuer", `there are: ${candidates({ family })}`);
    return found;
  }

  function knownUser(id: string) {
    const user = directory.user(id);
    if (user === undefined)
      throw new HoldfastError("BAD_USAGE", "expected a user of this issuer", `there are: ${candidates({ user: id })}`);
    return user;
  }

  return {
    keys: {
      async rotate({ key, overlap = options.accessTokenLifetime, ...rotation } = {}) {
        const next = key ?? keys.spare() ?? (await options.newKey?.());
        if (next === undefined) {
          throw new HoldfastError(
            "BAD_USAGE",
            "expected a key that has not signed yet, got none",
            "give the issuer more keys, or `newKey`",
          );
        }
        const rotated = keys.rotate(next, { ...rotation, overlap });
        note(`control: ${rotated.id} (${rotated.kid}) signs ${rotation.at === undefined ? "now" : `from ${moment(rotation.at)}`}`);
        return rotated;
      },
      retire(id) {
        keys.retire(id);
        note(`control: ${id} is no longer published`);
      },
      list: keys.list,
    },
    faults: {
      get active() {
        return faults.active;
      },
      add(...rules) {
        const ids = faults.add(...rules);
        for (const [index, rule] of rules.entries()) note(`control: ${ids[index]} is in force: ${rule.effect.kind} ${rule.when}`);
        return ids;
      },
      remove(id) {
        const was = faults.remove(id);
        if (was) note(`control: ${id} is over`);
        return was;
      },
      clear() {
        faults.clear();
        note("control: all faults are over");
      },
      release(id) {
        const count = faults.release(id);
        note(`control: ${count} held ${count === 1 ? "request goes" : "requests go"} on`);
        return count;
      },
      list: faults.list,
      held: faults.held,
      whenHeld: faults.whenHeld,
      abandon: faults.abandon,
    },
    revoke: (ending, cause = "admin") => end(ending, cause),
    expire: (ending) => end(ending, "expiry"),
    steal(family) {
      const found = knownFamily(family);
      const live = found.ended === null ? newestOf(found) : undefined;
      if (live === undefined) throw new HoldfastError("BAD_USAGE", `expected a family that lives, got ${family}`, "sign in again");
      note(`control: ${live.label} is stolen`);
      return { name: live.label, refreshToken: live.secret };
    },
    expireAccessTokens(family) {
      const good = knownFamily(family)
        .tokens.flatMap((token) => token.accessTokens)
        .filter((one) => !one.revoked && one.expiresAt > options.now());
      for (const one of good) one.revoked = true;
      note(`control: ${good.length} access tokens of ${family} are over`);
      return good.length;
    },
    changeUser(id, { email, firstName, lastName }) {
      const user = knownUser(id);
      const given = Object.entries({ email, firstName, lastName }).filter(([, value]) => value !== undefined);
      if (!directory.changeUser(user, Object.fromEntries(given))) {
        throw new HoldfastError(
          "BAD_USAGE",
          `expected an email that nobody has, got that of ${directory.userByEmail(email ?? "")?.id}`,
          "emails tell people apart, whatever their case",
        );
      }
      note(`control: ${id} is changed`);
    },
    putMembership(membership) {
      knownUser(membership.userId);
      if (directory.organization(membership.organizationId) === undefined) {
        const known = directory.organizations.map(({ id }) => id).join(", ") || "none";
        throw new HoldfastError("BAD_USAGE", "expected an organization of this issuer", `there are: ${known}`);
      }
      directory.putMembership(membership);
      note(`control: ${membership.userId} is ${membership.role} of ${membership.organizationId}`);
    },
    removeMembership(userId, organizationId) {
      knownUser(userId);
      if (directory.membership(userId, organizationId) === undefined) {
        throw new HoldfastError("BAD_USAGE", `expected an organization of ${userId}`, "there is no such membership");
      }
      directory.removeMembership(userId, organizationId);
      note(`control: ${userId} has left ${organizationId}`);
    },
    families: () => familyTrees(machine),
    familiesText: () => treesText(familyTrees(machine)),
    journal,
  };
}

function meaning(ending: Ending): string {
  if ("family" in ending) return ending.family;
  if ("session" in ending) return ending.session;
  return "client" in ending ? `every grant of ${ending.user} to ${ending.client}` : `every session of ${ending.user}`;
}

function moment(at: number): string {
  return new Date(at).toISOString();
}
