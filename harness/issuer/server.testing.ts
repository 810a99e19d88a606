import { connect } from "node:net";
import { signingKeys } from "../../fixtures/keys/signing-keys.ts";
import { users } from "../../fixtures/users.ts";
import { profiles } from "./profiles.ts";
import type { IssuerServer, IssuerServerOptions } from "./server.ts";

// For tests alone, and therefore allowed to know the fixtures.

export const OPTIONS: IssuerServerOptions = {
  profile: profiles.workos,
  clientId: "client_test",
  apiKey: "sk_test_0123456789",
  accessTokenLifetime: 300_000,
  users,
  keys: signingKeys,
};

export async function signIn(origin: string) {
  const query = new URLSearchParams({
    client_id: OPTIONS.clientId,
    redirect_uri: "http://localhost:1/callback",
    response_type: "code",
    login_hint: "ada@example.test",
  });
  const { headers } = await fetch(`${origin}/user_management/authorize?${query}`, { redirect: "manual" });
  const code = new URL(headers.get("location") ?? "").searchParams.get("code");
  return (await exchange(origin, { grant_type: "authorization_code", code })).json();
}

export function refresh(origin: string, token: string): Promise<Response> {
  return exchange(origin, { grant_type: "refresh_token", refresh_token: token });
}

function exchange(origin: string, grant: Record<string, unknown>): Promise<Response> {
  return fetch(`${origin}/user_management/authenticate`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_id: OPTIONS.clientId, client_secret: OPTIONS.apiKey, ...grant }),
  });
}

/** Sends bytes and gives what comes back until the server closes, or all of an answer is there. `end` closes our side. */
export function raw({ origin }: Pick<IssuerServer, "origin">, bytes: Uint8Array | string, end = true): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(text));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET" && error.code !== "EPIPE") reject(error);
    });
    socket.write(bytes);
    if (end) socket.end();
  });
}
