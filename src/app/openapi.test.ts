import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openApiDocument } from "./document.ts";
import { ROUTES } from "./routes.ts";

const FILE = new URL("../../docs/openapi.json", import.meta.url);

test("docs/openapi.json is what the schemas say: otherwise run `node src/app/openapi.ts --write`", () => {
  expect(JSON.parse(readFileSync(FILE, "utf8"))).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  execFileSync(process.execPath, [new URL("openapi.ts", import.meta.url).pathname]);
});

test("every route is described, with its refusals and its security", () => {
  const { paths, components } = openApiDocument();
  const described = Object.entries(paths ?? {}).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
  expect(described.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  for (const { responses, security } of ROUTES) {
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(["401", "500", "503"]));
    expect(security).toEqual([{ accessToken: [] }]);
  }
  expect(Object.keys(components?.schemas ?? {})).toEqual(expect.arrayContaining(["Error", "SignIn", "Me", "Artifacts", "Project"]));
});
