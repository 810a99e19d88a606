import { signingKeys } from "../../../fixtures/keys/signing-keys.ts";
import { users } from "../../../fixtures/users.ts";
import { profiles } from "../../../harness/issuer/profiles.ts";
import { startIssuerServer } from "../../../harness/issuer/server.ts";
import { answerBench, CHAINS } from "./contestant.ts";

// As `holdfast issuer` runs it: with its journal and its control.
const CLIENT = { client_id: "client_bench", client_secret: "sk_bench" };

answerBench(async (listens) => {
  const { origin } = await startIssuerServer({
    ...{ profile: profiles.workos, clientId: CLIENT.client_id, apiKey: CLIENT.client_secret, accessTokenLifetime: 300_000 },
    ...{ users, keys: signingKeys, journalSize: 2_000, controlBearer: "a-bearer-of-the-bench" },
  });
  listens();
  const url = `${origin}/user_management/authenticate`;
  const signIn = async () => {
    const query = { client_id: CLIENT.client_id, redirect_uri: "http://localhost/", response_type: "code", login_hint: users[0].email };
    const { headers } = await fetch(`${origin}/user_management/authorize?${new URLSearchParams(query)}`, { redirect: "manual" });
    const code = new URL(headers.get("location") ?? "").searchParams.get("code");
    const body = JSON.stringify({ ...CLIENT, grant_type: "authorization_code", code });
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    return String((await response.json()).refresh_token);
  };
  const tokens = await Promise.all(Array.from({ length: CHAINS }, signIn));
  return { url, contentType: "application/json", fields: CLIENT, tokens };
});
