import { readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { openApiDocument } from "./document.ts";

/**
 * `node src/app/openapi.ts` fails when `docs/openapi.json` is stale; with `--write` it is written. The formatting is the
 * formatter's (`npm run format`), so documents are compared and not bytes.
 */
const FILE = new URL("../../docs/openapi.json", import.meta.url);

if (process.argv.includes("--write")) {
  writeFileSync(FILE, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
  process.stdout.write("wrote docs/openapi.json; `npm run format` gives it its form\n");
} else if (!isDeepStrictEqual(JSON.parse(readFileSync(FILE, "utf8")), JSON.parse(JSON.stringify(openApiDocument())))) {
  process.stderr.write("docs/openapi.json is stale: run `node src/app/openapi.ts --write`\n");
  process.exitCode = 1;
}
