import { expect, it } from "vitest";
import { type Piece, piecesOf } from "./pieces.ts";

const A = "a".repeat(16);
const B = "b".repeat(16);

function texts(pieces: readonly Piece[]): unknown[] {
  return pieces.map(({ text, parts }) => (parts.length === 0 ? text : [text, ...texts(parts)]));
}

it("a text has the pieces that its words have, coarsest first", () => {
  const pieces = texts(piecesOf(`x=${A}.${B}/c; y=short`));
  expect(pieces).toEqual([[`${A}.${B}/c`, A, [`${B}/c`, B, "c"]]]);
});

it("JSON in base64url has pieces, too", () => {
  const claims = Buffer.from(JSON.stringify({ sid: A })).toString("base64url");
  expect(texts(piecesOf(claims))).toEqual([[claims, A]]);
});

it("of one text, they are found once", () => {
  expect(piecesOf(`${A} ${B}`)).toBe(piecesOf(`${A} ${B}`));
});
