import { systemPorts } from "../../src/app/system-ports.ts";
import { bakeJwks } from "../../src/keys/bake.ts";
import type { FetchPorts } from "../../src/keys/fetch-json.ts";
import { HoldfastError } from "../model/error.ts";
import { writeOutput } from "./output.ts";

export interface BakeJwksOptions {
  /** Where the key set goes; - is the standard output. */
  readonly out: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * `holdfast bake-jwks <url>`: writes the issuer's public keys for a deployment and returns a line that says what came of it.
 * Without keys it writes an empty set, which sends every look-up to the keys of the run time: a deployment does not fail because
 * the issuer is down, and keys of an earlier one do not stay behind unseen.
 *
 * @throws HoldfastError `BAD_USAGE` when the URL is none, or the file cannot be written.
 */
export async function bakeJwksTo(url: string, { out, timeout }: BakeJwksOptions, ports: FetchPorts = systemPorts()): Promise<string> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new HoldfastError(
      "BAD_USAGE",
      `expected the URL of a key set, got ${JSON.stringify(url)}`,
      "give one like https://api.workos.com/sso/jwks/client_1",
    );
  }
  const bake = await bakeJwks({ url, ports, timeout });
  const jwks = bake.kind === "baked" ? bake.jwks : { keys: [] };
  await writeOutput(out, `${JSON.stringify(jwks, null, 2)}\n`);
  switch (bake.kind) {
    case "baked":
      return `baked ${jwks.keys.length === 1 ? "1 key" : `${jwks.keys.length} keys`}\n`;
    case "skipped":
      return "skipped: the issuer is on this very machine; its keys will be fetched at run time\n";
    case "failed":
      return `failed: ${bake.said}; the keys will be fetched at run time\n`;
  }
}
