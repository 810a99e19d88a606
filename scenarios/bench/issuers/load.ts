import { Agent, request } from "node:http";
import type { Ready } from "./contestant.ts";

/** One chain of refresh tokens: each refresh presents what the one before it gave. */
export interface Chain {
  token: string;
}

/**
 * Refreshes along as many chains at once as there are connections, each on a keep-alive connection of its own.
 *
 * @param milliseconds after which no further refresh begins
 * @returns how many there were, and the milliseconds that they took
 */
export async function load(
  ready: Ready,
  chains: readonly Chain[],
  milliseconds: number,
): Promise<{ readonly refreshes: number; readonly took: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: chains.length });
  let refreshes = 0;
  const began = performance.now();
  const end = began + milliseconds;
  const walk = async (chain: Chain) => {
    while (performance.now() < end) {
      chain.token = await refresh(ready, agent, chain.token);
      refreshes++;
    }
  };
  await Promise.all(chains.map(walk));
  const took = performance.now() - began;
  agent.destroy();
  return { refreshes, took };
}

function refresh({ url, contentType, fields }: Ready, agent: Agent, token: string): Promise<string> {
  const all = { ...fields, grant_type: "refresh_token", refresh_token: token };
  const body = contentType === "application/json" ? JSON.stringify(all) : new URLSearchParams(all).toString();
  return new Promise((resolve, reject) => {
    const headers = { "content-type": contentType, "content-length": Buffer.byteLength(body) };
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => {
        const next: unknown = response.statusCode === 200 ? JSON.parse(text).refresh_token : undefined;
        // A refresh that did not rotate would make the numbers mean something else.
        if (typeof next === "string" && next !== token) resolve(next);
        else reject(new Error(`expected a new refresh token of ${url}, got status ${response.statusCode}`));
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
