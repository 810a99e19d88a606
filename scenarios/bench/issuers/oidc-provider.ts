import { once } from "node:events";
import type { AddressInfo } from "node:net";
import Provider, { type Adapter, type AdapterPayload } from "oidc-provider";
import { signingKeys } from "../../../fixtures/keys/signing-keys.ts";
import { answerBench, CHAINS } from "./contestant.ts";

const CLIENT = { client_id: "bench", client_secret: "a-secret-of-the-bench" };
const SCOPE = "openid offline_access";

/** Its own adapter in memory keeps 1,000 entries, which 64 chains outrun. */
class MapAdapter implements Adapter {
  static readonly store = new Map<string, AdapterPayload>();
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  async upsert(id: string, payload: AdapterPayload): Promise<undefined> {
    MapAdapter.store.set(`${this.name}:${id}`, payload);
  }
  async find(id: string): Promise<AdapterPayload | undefined> {
    return MapAdapter.store.get(`${this.name}:${id}`);
  }
  async consume(id: string): Promise<undefined> {
    const payload = await this.find(id);
    if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id: string): Promise<undefined> {
    MapAdapter.store.delete(`${this.name}:${id}`);
  }
  async findByUid(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}
  async revokeByGrantId(): Promise<undefined> {}
}

answerBench(async (listens) => {
  const provider = new Provider("http://127.0.0.1", {
    clients: [
      {
        ...CLIENT,
        redirect_uris: ["http://127.0.0.1/callback"],
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    jwks: { keys: [{ ...signingKeys[0].privateJwk }] },
    adapter: MapAdapter,
    features: { devInteractions: { enabled: false } },
    rotateRefreshToken: true,
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  });
  const server = provider.listen(0, "127.0.0.1");
  await once(server, "listening");
  listens();
  const { port } = server.address() as AddressInfo;
  const client = await provider.Client.find(CLIENT.client_id);
  if (client === undefined) throw new Error("the client was given above");
  const tokens: string[] = [];
  for (let index = 0; index < CHAINS; index++) {
    const accountId = `account-${index}`;
    const grant = new provider.Grant({ accountId, clientId: CLIENT.client_id });
    grant.addOIDCScope(SCOPE);
    const token = new provider.RefreshToken({
      ...{
        client,
        accountId,
        grantId: await grant.save(),
        scope: SCOPE,
        gty: "authorization_code",
        authTime: Math.floor(Date.now() / 1000),
      },
    } as ConstructorParameters<typeof provider.RefreshToken>[0]);
    tokens.push(await token.save());
  }
  return { url: `http://127.0.0.1:${port}/token`, contentType: "application/x-www-form-urlencoded", fields: CLIENT, tokens };
});
