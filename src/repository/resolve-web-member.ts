import { hex } from "./api-key-secret.ts";
import { checkMoment, checkText, invalid } from "./check.ts";
import { defaultApiKey, publicPart } from "./new-api-key.ts";
import type { RepositoryPorts } from "./ports.ts";
import { type Answer, claimOrStartOver, fromRecord, type RecordTerms, SECRET_LIFE, toRecord } from "./records.ts";
import type { ApiKey, ResolvedMember, ResolveWebMember } from "./repository.ts";
import { type MemberOfWorkspace, type Provisioning, type Store, StoreConflict, type Transaction } from "./store.ts";
import { untilNoConflict } from "./until-no-conflict.ts";

/** What every member may do in a workspace of its own. */
const MEMBER_SCOPES = ["publish", "read"];

const JTI_KEY = "workos-jti:";
const SID_KEY = "workos-session:";

/** What a record stores of a resolved member: all but the secret. */
interface ResolvedResult extends MemberOfWorkspace {
  readonly apiKey: ApiKey | null;
}

/** See {@link Repository.resolveWebMember}. */
export async function resolveWebMember(store: Store, ports: RepositoryPorts, request: ResolveWebMember): Promise<ResolvedMember> {
  check(request);
  const { idempotencyKey: key, workosUserId, now } = request;
  // Whoever once saw no member began before the provisioning had ended, and is owed its answer, however often it starts over.
  let isFirst = false;

  const answer = await untilNoConflict(async () => {
    const { record, known } = await store.lookup({ key, workosUserId, now });
    if (record !== null) return fromRecord<ResolvedResult>(ports.sealKeys, record, { subject: workosUserId, now });
    isFirst ||= !known;
    return isFirst ? provision(store, ports, request) : store.transaction((transaction) => claimAndSee(transaction, ports, request));
  });

  const { workspace, member, apiKey } = answer.result;
  // Built here alone, so that a replay has its properties in the same order too.
  return { workspace, member, defaultApiKey: apiKey !== null && answer.secret !== null ? { apiKey, secret: answer.secret } : null };
}

async function provision(store: Store, ports: RepositoryPorts, request: ResolveWebMember): Promise<Answer<ResolvedResult>> {
  const { workosUserId, now } = request;
  const terms = termsOf(request);
  // Under the user's own key the answer waits for sign-ins with other keys that began before it was there.
  const shared: RecordTerms = {
    key: `workos-user:${workosUserId}`,
    subject: workosUserId,
    expiresAt: now + SECRET_LIFE,
    secretExpiresAt: now + SECRET_LIFE,
  };
  // Key generation and sealing can fail, so they come before anything is stored.
  const { provisioning, secret } = await draft(ports, request);
  const { workspace, member } = provisioning;
  const answer = { result: { workspace, member, apiKey: publicPart(provisioning.apiKey) }, secret };
  const records = [await toRecord(ports.sealKeys, terms, answer), await toRecord(ports.sealKeys, shared, answer)];

  return store.transaction(async (transaction) => {
    await claimOrStartOver(transaction, terms, now);
    if (await transaction.provision(provisioning)) {
      await transaction.complete(records);
      return answer;
    }
    const theirs = await transaction.findRecord({ key: shared.key, now });
    if (theirs === null) return see(transaction, ports, request);
    const adopted = await fromRecord<ResolvedResult>(ports.sealKeys, theirs, { subject: workosUserId, now });
    // Sealed anew: what is sealed for one record does not open in another.
    await transaction.complete([await toRecord(ports.sealKeys, terms, adopted)]);
    return adopted;
  });
}

async function claimAndSee(transaction: Transaction, ports: RepositoryPorts, request: ResolveWebMember): Promise<Answer<ResolvedResult>> {
  await claimOrStartOver(transaction, termsOf(request), request.now);
  return see(transaction, ports, request);
}

async function see(transaction: Transaction, ports: RepositoryPorts, request: ResolveWebMember): Promise<Answer<ResolvedResult>> {
  const seen = await transaction.see(request);
  if (seen === null) throw new StoreConflict("the member was deleted meanwhile");
  const answer = { result: { ...seen, apiKey: null }, secret: null };
  await transaction.complete([await toRecord(ports.sealKeys, termsOf(request), answer)]);
  return answer;
}

async function draft(
  ports: RepositoryPorts,
  { workosUserId, email, now }: ResolveWebMember,
): Promise<{ provisioning: Provisioning; secret: string }> {
  const id = (kind: string) => `${kind}_${hex(ports.randomBytes(16))}`;
  const workspace = { id: id("workspace"), name: `${localPart(email)}'s Workspace`, createdAt: now };
  const member = {
    id: id("member"),
    workspaceId: workspace.id,
    workosUserId,
    email,
    scopes: [...MEMBER_SCOPES],
    createdAt: now,
    lastSeenAt: now,
  };
  const { apiKey, secret } = await defaultApiKey(ports, workspace.id, now);
  return { provisioning: { workspace, member, apiKey }, secret };
}

/** Everything before the last `@`; a quoted local part may hold another (RFC 5321 §4.1.2). */
function localPart(email: string): string {
  const at = email.lastIndexOf("@");
  return at > 0 ? email.slice(0, at) : email;
}

/** A `jti` record ends with its token; a `sid` record may live as long as a session, and its secret must not. */
function termsOf({ idempotencyKey: key, workosUserId: subject, expiresAt, now }: ResolveWebMember): RecordTerms {
  return { key, subject, expiresAt, secretExpiresAt: key.startsWith(SID_KEY) ? Math.min(expiresAt, now + SECRET_LIFE) : expiresAt };
}

function check({ idempotencyKey, workosUserId, email, expiresAt, now }: ResolveWebMember): void {
  checkText("workosUserId", workosUserId);
  checkText("email", email);
  checkText("idempotencyKey", idempotencyKey);
  // Any other key could be that of another kind of record.
  const id = [JTI_KEY, SID_KEY].flatMap((kind) => (idempotencyKey.startsWith(kind) ? [idempotencyKey.slice(kind.length)] : []));
  if (id.join("").trim() === "") {
    throw invalid(
      `expected an idempotencyKey of ${JTI_KEY}{jti} or ${SID_KEY}{sid}, got another or a blank id: derive it from the verified token`,
    );
  }
  checkMoment("now", now);
  checkMoment("expiresAt", expiresAt);
  if (expiresAt <= now) throw invalid(`expected expiresAt after now, got ${now - expiresAt} ms before it: refuse expired tokens first`);
}
