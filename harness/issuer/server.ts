import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { HoldfastError } from "../model/error.ts";
import { createIssuer, type IssuerOptions } from "./issuer.ts";

/** Milliseconds that requests under way have to end when the server stops. */
const PATIENCE = 2_000;

/** What an issuer over HTTP is given; where it is reached it finds out itself, and its `iss` is that origin. */
export interface IssuerServerOptions
  extends Pick<IssuerOptions, "profile" | "clientId" | "apiKey" | "accessTokenLifetime" | "users" | "keys">,
    Partial<Pick<IssuerOptions, "now" | "journal">> {
  /** The address to listen at; default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any that is free. */
  readonly port?: number;
}

/** An issuer that answers over HTTP. */
export interface IssuerServer {
  readonly origin: string;
  /** Takes no new request, lets those under way end, and gives the port back. */
  close(): Promise<void>;
}

/**
 * Serves an issuer over HTTP, in real time and with real randomness.
 *
 * @throws {HoldfastError} `BAD_USAGE` when the port cannot be had, and whatever {@link createIssuer} refuses
 *
 * @example
 * ```ts
 * const server = await startIssuerServer({
 *   profile: profiles.workos,
 *   clientId: "client_test",
 *   apiKey: "sk_test",
 *   accessTokenLifetime: 300_000,
 *   users,
 *   keys: signingKeys,
 * });
 * (await fetch(`${server.origin}/sso/jwks/client_test`)).status; // 200
 * await server.close();
 * ```
 */
export async function startIssuerServer(options: IssuerServerOptions): Promise<IssuerServer> {
  const { host = "127.0.0.1", port = 0, now = () => Date.now(), journal = () => {} } = options;
  const server = createServer((_, response) => {
    // A connection that was busy when the server stopped would be kept alive for seconds after its answer.
    response.once("close", () => {
      if (!server.listening) server.closeIdleConnections();
    });
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new HoldfastError(
      "BAD_USAGE",
      `expected to listen at ${host}, port ${port}, got ${code}`,
      "choose another port, or 0 for any that is free",
    );
  }
  const close = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(() => server.closeAllConnections(), PATIENCE);
      server.close(() => {
        clearTimeout(timer);
        resolve();
      });
    });

  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  try {
    const issuer = createIssuer({ ...options, origin, issuer: origin, now, journal, randomBytes, name: () => {} });
    server.on(
      "request",
      getRequestListener((request) => issuer.fetch(request), { overrideGlobalObjects: false, hostname: host }),
    );
  } catch (error) {
    await close();
    throw error;
  }
  return { origin, close };
}
