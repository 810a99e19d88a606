import { isMacOf, prefixOf } from "./api-key-secret.ts";
import { checkMoment, checkText } from "./check.ts";
import { newApiKey, publicPart } from "./new-api-key.ts";
import type { RepositoryPorts } from "./ports.ts";
import { claimOrStartOver, fromRecord, type RecordTerms, reused, SECRET_LIFE, toRecord } from "./records.ts";
import type { ApiKey, CreateApiKey, IssuedApiKey, RevokeApiKey } from "./repository.ts";
import type { Store } from "./store.ts";
import { untilNoConflict } from "./until-no-conflict.ts";

/** See {@link Repository.createApiKey}. */
export async function createApiKey(store: Store, ports: RepositoryPorts, request: CreateApiKey): Promise<IssuedApiKey> {
  const { workspaceId, name, scopes, now } = request;
  checkText("workspaceId", workspaceId);
  checkText("name", name);
  for (const scope of scopes) checkText("a scope", scope);
  checkText("idempotencyKey", request.idempotencyKey);
  checkMoment("now", now);
  const key = `api-key:${workspaceId}:${request.idempotencyKey}`;
  // The answer is its secret, so it lives no longer than that.
  const terms: RecordTerms = { key, subject: workspaceId, expiresAt: now + SECRET_LIFE, secretExpiresAt: now + SECRET_LIFE };

  const answer = await untilNoConflict(async () => {
    const record = await store.findRecord({ key, now });
    if (record !== null) return fromRecord<ApiKey>(ports.sealKeys, record, { subject: workspaceId, now });

    const { apiKey, secret } = await newApiKey(ports, { workspaceId, name, scopes, isDefault: false, now });
    const created = { result: publicPart(apiKey), secret };
    const completed = await toRecord(ports.sealKeys, terms, created);
    return store.transaction(async (transaction) => {
      await claimOrStartOver(transaction, terms, now);
      await transaction.insertApiKey(apiKey);
      await transaction.complete([completed]);
      return created;
    });
  });

  const apiKey = answer.result;
  if (apiKey.name !== name || JSON.stringify(apiKey.scopes) !== JSON.stringify(scopes)) {
    throw reused("a request with the same name and scopes", "one with others");
  }
  return { apiKey, secret: answer.secret as string };
}

/** See {@link Repository.revokeApiKey}. */
export async function revokeApiKey(store: Store, request: RevokeApiKey): Promise<ApiKey | null> {
  checkText("workspaceId", request.workspaceId);
  checkText("apiKeyId", request.apiKeyId);
  checkMoment("now", request.now);
  return untilNoConflict(() => store.transaction((transaction) => transaction.revokeApiKey(request)));
}

/** See {@link Repository.verifyApiKey}. */
export async function verifyApiKey(store: Store, ports: RepositoryPorts, secret: string): Promise<ApiKey | null> {
  const prefix = prefixOf(secret);
  if (prefix === null) return null;
  let found: ApiKey | null = null;
  // Every candidate is looked at, so that the time taken does not tell which one it was.
  for (const candidate of await store.findApiKeys(prefix)) {
    if (await isMacOf(secret, candidate, ports.peppers)) found = candidate;
  }
  return found === null || found.revokedAt !== null ? null : publicPart(found);
}
