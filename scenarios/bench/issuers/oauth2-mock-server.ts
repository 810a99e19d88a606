import { OAuth2Server } from "oauth2-mock-server";
import { signingKeys } from "../../../fixtures/keys/signing-keys.ts";
import { answerBench, CHAINS } from "./contestant.ts";

answerBench(async (listens) => {
  const server = new OAuth2Server();
  await server.issuer.keys.add({ ...signingKeys[0].privateJwk, alg: "RS256" });
  await server.start(0, "127.0.0.1");
  listens();
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}/token`,
    contentType: "application/x-www-form-urlencoded",
    fields: { client_id: "bench" },
    // It takes any.
    tokens: Array.from({ length: CHAINS }, (_, index) => `token-${index}`),
  };
});
