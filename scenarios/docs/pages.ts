import { readFile } from "node:fs/promises";
import { z } from "zod";
import { catalogueSchema, parseCatalogue, parseReliability, reliabilitySchema, runSchema } from "../../harness/report/index.ts";
import { invariantPages } from "./invariant-pages.ts";
import { knownBugPages } from "./known-bug-pages.ts";
import { matrixPage } from "./matrix-page.ts";
import type { Page } from "./page.ts";

/** What `npm run catalogue` has found. */
const CATALOGUE_FILE = new URL("../../reports/catalogue.json", import.meta.url);

/** What `npm run matrix` has found. */
const MATRIX_FILE = new URL("../../reports/matrix.json", import.meta.url);

/** Every page below docs/ that is made of the sources, as it should be. */
export async function allPages(): Promise<readonly Page[]> {
  const catalogue = parseCatalogue(await readFile(CATALOGUE_FILE, "utf8"));
  return [
    ...(await invariantPages()),
    ...(await knownBugPages(catalogue)),
    matrixPage(parseReliability(await readFile(MATRIX_FILE, "utf8"))),
    ...[schemaPage("run", runSchema), schemaPage("catalogue", catalogueSchema), schemaPage("matrix", reliabilitySchema)],
  ];
}

/** What `--json` of a command writes, for whoever reads it. */
function schemaPage(command: string, schema: z.ZodType): Page {
  return { file: `docs/${command}.schema.json`, text: `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n` };
}
