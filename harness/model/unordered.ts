/**
 * Plain data of which the order means nothing, for the key of a state: two orders of the same items are one state, also
 * after actors have been renamed.
 */
export class Unordered<T> extends Array<T> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}
