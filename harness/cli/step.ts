import { emitKeypressEvents, type Key } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import type { Walk } from "./walk.ts";

const CLEAR = "\x1b[2J\x1b[H";
/** A terminal that does not say how wide it is. */
const WIDTH = 100;

/** Shows a walk on a terminal, and lets a person go through it until he has seen enough. */
export async function walkOnTerminal(walk: Walk, input: ReadStream, output: WriteStream): Promise<void> {
  const draw = () => output.write(`${CLEAR}${walk.screen(output.columns || WIDTH)}`);
  emitKeypressEvents(input);
  input.setRawMode(true);
  input.resume();
  draw();
  await new Promise<void>((resolve) => {
    input.on("keypress", (_text: string | undefined, key: Key) => {
      const interrupted = key.ctrl === true && key.name === "c";
      if (interrupted || !walk.press(key.name ?? "")) return resolve();
      draw();
    });
    output.on("resize", draw);
  });
  output.off("resize", draw);
  input.removeAllListeners("keypress");
  input.setRawMode(false);
  input.pause();
}
