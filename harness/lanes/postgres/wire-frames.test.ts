import { expect, test } from "vitest";
import { Frames } from "./wire-frames.ts";

/** A message as the protocol has it. */
function message(type: string, body: string): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), head, Buffer.from(body)]);
}

const STARTUP = message("", "user\0ada\0");
const ALL = [STARTUP, message("Q", "begin\0"), message("S", ""), message("Q", "x".repeat(300))];
const TYPES = ["", "Q", "S", "Q"];

test("messages are cut where they end, however they come", () => {
  for (const size of [1, 3, 7, 1_000]) {
    const frames = new Frames({ startsUntyped: true });
    const bytes = Buffer.concat(ALL);
    const got = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      frames.push(bytes.subarray(index * size, (index + 1) * size)),
    ).flat();
    expect(got.map(({ type }) => type)).toEqual(TYPES);
    expect(got.map((frame) => frame.bytes)).toEqual(ALL);
  }
});

test("a server's first message has a type, as all others have", () => {
  expect(new Frames({ startsUntyped: false }).push(message("Z", "I")).map(({ type }) => type)).toEqual(["Z"]);
});

test("what is not whole is kept until it is", () => {
  const frames = new Frames({ startsUntyped: false });
  const whole = message("Z", "I");
  expect(frames.push(whole.subarray(0, 5))).toEqual([]);
  expect(frames.push(whole.subarray(5))).toHaveLength(1);
});
