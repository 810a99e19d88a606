import { HoldfastError } from "../../model/error.ts";
import type { SigningKey } from "../options.ts";

/** A key of the ring, as one may show it. */
export interface RingKey {
  /** `K1`, `K2`, … in the order of their coming; two keys may share a `kid`. */
  readonly id: string;
  readonly kid: string;
  readonly signs: boolean;
  readonly published: boolean;
  /** Moments (ms) in the future at which it begins to sign, is published, and stops being published. */
  readonly signsFrom: number | null;
  readonly publishedFrom: number | null;
  readonly publishedUntil: number | null;
}

/** How a rotation goes. Moments and spans in milliseconds. */
export interface Rotation {
  /** When the new key begins to sign; now unless given. */
  readonly at?: number | undefined;
  /**
   * When the new key is published, counted from when it begins to sign: negative is early, positive is late, null is never, so
   * that its `kid` stays unknown. Together with the signing unless given; a key that is published already stays so.
   */
  readonly publish?: number | null | undefined;
  /** How long the old key stays published after it has stopped signing; null: for ever. */
  readonly overlap: number | null;
  /** The new key is known by this `kid`, for instance the old one's. */
  readonly kid?: string | undefined;
}

/** The signing keys of one issuer: which one signs now, and which are published. */
export interface KeyRing {
  signer(): SigningKey;
  /** The public halves, as a key set. */
  published(): { readonly keys: readonly Record<string, unknown>[] };
  /** The first key that has not signed yet and is not about to, or null. */
  spare(): SigningKey | null;
  /**
   * Has a key sign from some moment on.
   *
   * @throws {HoldfastError} `BAD_USAGE` for a moment in the past, or before the last rotation's
   */
  rotate(key: SigningKey, rotation: Rotation): RingKey;
  /**
   * Takes a key from the key set at once.
   *
   * @throws {HoldfastError} `BAD_USAGE` for the key that signs, or an id that there is not
   */
  retire(id: string): void;
  list(): readonly RingKey[];
  /** Moments in the future at which another key signs or the key set changes. */
  deadlines(): number[];
  state(): unknown;
}

interface Entry {
  readonly id: string;
  readonly key: SigningKey;
  /** Milliseconds since the epoch; null: it was never told to sign. */
  signsFrom: number | null;
  publishedFrom: number;
  publishedUntil: number;
}

/**
 * The first key signs and all are published, until somebody says otherwise.
 *
 * @throws {HoldfastError} `BAD_USAGE` without a key
 */
export function createKeyRing(keys: readonly SigningKey[], now: () => number): KeyRing {
  const [first] = keys;
  if (first === undefined) {
    throw new HoldfastError("BAD_USAGE", "expected at least one signing key, got none", "pass `keys`, for instance from fixtures/keys");
  }
  const entries: Entry[] = [];
  let lastRotation = Number.NEGATIVE_INFINITY;
  for (const key of keys) add(key, Number.NEGATIVE_INFINITY);
  const [original] = entries as [Entry];
  original.signsFrom = Number.NEGATIVE_INFINITY;

  function add(key: SigningKey, publishedFrom: number): Entry {
    const entry: Entry = { id: `K${entries.length + 1}`, key, signsFrom: null, publishedFrom, publishedUntil: Number.POSITIVE_INFINITY };
    entries.push(entry);
    return entry;
  }

  const isPublished = ({ publishedFrom, publishedUntil }: Entry, at: number) => publishedFrom <= at && at < publishedUntil;

  /** The one that was told last to sign, of those whose moment has come. */
  function signing(at: number): Entry {
    let newest = original;
    for (const entry of entries) {
      if (entry.signsFrom !== null && entry.signsFrom <= at && entry.signsFrom >= (newest.signsFrom ?? Number.NEGATIVE_INFINITY))
        newest = entry;
    }
    return newest;
  }

  function shown(entry: Entry): RingKey {
    const at = now();
    const future = (moment: number | null) => (moment !== null && moment > at && Number.isFinite(moment) ? moment : null);
    return {
      ...{ id: entry.id, kid: entry.key.kid, signs: signing(at) === entry, published: isPublished(entry, at) },
      signsFrom: future(entry.signsFrom),
      publishedFrom: future(entry.publishedFrom),
      publishedUntil: future(entry.publishedUntil),
    };
  }

  const ring: KeyRing = {
    signer: () => signing(now()).key,
    published() {
      const at = now();
      const shownNow = entries.filter((entry) => isPublished(entry, at));
      return {
        keys: shownNow.map(
          ({
            key: {
              kid,
              privateJwk: { kty, n, e },
            },
          }) => ({ kty, n, e, kid, alg: "RS256", use: "sig" }),
        ),
      };
    },
    spare: () => entries.find(({ signsFrom, publishedUntil }) => signsFrom === null && publishedUntil > now())?.key ?? null,
    rotate(key, { at: given, publish, overlap, kid = key.kid }) {
      // The clock is looked at once: a real one goes on between two looks, and now would be in the past.
      const present = now();
      const at = given ?? present;
      if (!(at >= present && at >= lastRotation)) {
        const hint = "leave `at` out to rotate now; rotations are told in the order in which they happen";
        throw new HoldfastError("BAD_USAGE", `expected a moment from ${Math.max(present, lastRotation)} on, got ${at}`, hint);
      }
      const old = signing(at);
      // Another kid makes another key of it: the key set has an entry for each name.
      const known = kid === key.kid ? entries.find((entry) => entry.key === key && entry.signsFrom === null) : undefined;
      const entry = known ?? add(kid === key.kid ? key : { ...key, kid }, at);
      entry.signsFrom = at;
      lastRotation = at;
      if (publish !== undefined) entry.publishedFrom = publish === null ? Number.POSITIVE_INFINITY : at + publish;
      if (overlap !== null) old.publishedUntil = Math.min(old.publishedUntil, at + overlap);
      return shown(entry);
    },
    retire(id) {
      const entry = entries.find((one) => one.id === id);
      const known = entries.map((one) => one.id).join(", ");
      if (entry === undefined) throw new HoldfastError("BAD_USAGE", "expected a key of the ring", `its keys are: ${known}`);
      if (signing(now()) === entry) {
        throw new HoldfastError(
          "BAD_USAGE",
          `expected a key that does not sign, got ${id}`,
          "rotate first; an unknown kid is `publish: null`",
        );
      }
      entry.publishedUntil = now();
    },
    list: () => entries.map(shown),
    deadlines() {
      const moments = ring.list().flatMap(({ signsFrom, publishedFrom, publishedUntil }) => [signsFrom, publishedFrom, publishedUntil]);
      return moments.filter((moment) => moment !== null);
    },
    state: () =>
      ring.list().map(({ kid, signs, published, signsFrom, publishedFrom, publishedUntil }, index) => {
        const spent = entries[index]?.signsFrom !== null && !signs && signsFrom === null;
        return [kid, signs ? "signs" : spent ? "spent" : "spare", published, signsFrom, publishedFrom, publishedUntil];
      }),
  };
  return ring;
}
