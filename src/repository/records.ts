import type { KeyRing } from "./key-ring.ts";
import { RepositoryError } from "./repository.ts";
import { openSecret, sealSecret } from "./seal.ts";
import type { IdempotencyRecord, RecordQuery, SealedSecret, Transaction } from "./store.ts";
import { StoreConflict } from "./store.ts";

/** Milliseconds. How long a secret may be replayed at most where no token bounds it (DESIGN §5). */
export const SECRET_LIFE = 10 * 60 * 1000;

/** Whose key it is, and until when (milliseconds since the epoch). */
export interface RecordTerms {
  readonly key: string;
  readonly subject: string;
  readonly expiresAt: number;
  readonly secretExpiresAt: number;
}

/** An answer, and the secret that goes with it. */
export interface Answer<Result> {
  readonly result: Result;
  readonly secret: string | null;
}

/** @returns What is stored of an answer: the result as it is, the secret sealed. */
export async function toRecord(sealKeys: KeyRing, terms: RecordTerms, answer: Answer<unknown>): Promise<IdempotencyRecord> {
  const { key, subject, expiresAt, secretExpiresAt } = terms;
  let secret: SealedSecret | null = null;
  if (answer.secret !== null) {
    secret = { sealed: await sealSecret(sealKeys, { recordKey: key, subject }, answer.secret), expiresAt: secretExpiresAt };
  }
  return { key, subject, result: JSON.stringify(answer.result), secret, expiresAt };
}

/**
 * @returns The answer that {@link toRecord} stored; without its secret once that has expired.
 * @throws RepositoryError `idempotency_key_reused` when the record is not the subject's, `unavailable` when its secret does not open.
 */
export async function fromRecord<Result>(
  sealKeys: KeyRing,
  record: IdempotencyRecord,
  asked: { readonly subject: string; readonly now: number },
): Promise<Answer<Result>> {
  const { key, subject, secret } = record;
  if (subject !== asked.subject) throw reused("the identity that first used it", "another");
  const live = secret !== null && asked.now < secret.expiresAt;
  return {
    result: JSON.parse(record.result),
    secret: live ? await openSecret(sealKeys, { recordKey: key, subject }, secret.sealed) : null,
  };
}

/**
 * Takes the key or starts over, to replay what its owner answers.
 *
 * @throws StoreConflict when somebody else's record is there.
 */
export async function claimOrStartOver(
  transaction: Transaction,
  { key, subject, expiresAt }: RecordTerms,
  now: RecordQuery["now"],
): Promise<void> {
  if (await transaction.claim({ key, subject, expiresAt, now })) return;
  throw new StoreConflict("the key was completed by another request meanwhile");
}

/** @returns The error for a key that answers another question already. */
export function reused(expected: string, got: string): RepositoryError {
  return new RepositoryError(
    "idempotency_key_reused",
    `expected the idempotency key from ${expected}, got it from ${got}: use a key of your own`,
  );
}
