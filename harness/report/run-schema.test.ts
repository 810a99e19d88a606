import { expect, it } from "vitest";
import { z } from "zod";
import { cellOf } from "../../scenarios/cells.testing.ts";
import { runCell } from "../lanes/cell.ts";
import { cellResult } from "./cells.testing.ts";
import { renderJson } from "./json.ts";
import { runSchema } from "./run-schema.ts";

it("is what a run writes: everything in it, and nothing else", async () => {
  const cells = [];
  for (const strategy of ["naive", "ledger"])
    cells.push((await runCell(await cellOf({ strategy, profile: "zitadel", loads: 2, schedules: 2 }))).result);
  const crashPoints = [{ request: "ada/revocation", ordinal: 1, statement: "begin", fault: "answer-lost" }];
  cells.push(cellResult({ crashPoints }));
  const traces = [{ file: "a.json", expect: "holds", verdict: "violated", asRecorded: false, departure: null, error: null }] as const;
  const written = JSON.parse(renderJson({ version: 1, seed: 1, notStarted: 1, cells, traces }));
  expect(runSchema.parse(written)).toEqual(written);
  expect(cells.map(({ verdict }) => verdict)).toEqual(["violated", "holds", "holds"]);
});

it("can be published as a JSON schema", () => {
  expect(z.toJSONSchema(runSchema)).toMatchObject({ type: "object", required: expect.arrayContaining(["version", "seed", "cells"]) });
});
