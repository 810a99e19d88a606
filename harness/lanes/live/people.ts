import type { SeededUser } from "../../issuer/options.ts";

/** Who plays an item of the plan. Each item has people of its own, since some issuers end all that a user has. */
export interface People {
  readonly ada: SeededUser;
  readonly ben: SeededUser;
}

/**
 * The two people of an item. No id or email is part of another one, so that an answer which shows one shows no other.
 *
 * @example
 * ```ts
 * peopleOf("race").ada.email; // "ada@race.example.test"
 * ```
 */
export function peopleOf(item: string): People {
  const person = (firstName: string, lastName: string): SeededUser => ({
    id: `user_${item}_${firstName.toLowerCase()}`,
    email: `${firstName.toLowerCase()}@${item}.example.test`,
    ...{ firstName, lastName },
  });
  return { ada: person("Ada", "Lovelace"), ben: person("Ben", "Bitdiddle") };
}
