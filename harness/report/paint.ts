/** How a text may be set off in a terminal. */
export type Paint = Readonly<Record<"bold" | "dim" | "red" | "green" | "yellow", (text: string) => string>>;

/** Paints with ANSI escapes, or not at all: whether a terminal wants colour is for the caller to know. */
export function paintIn(colour: boolean): Paint {
  const style = (open: number, close: number) => (text: string) =>
    colour && text !== "" ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: style(1, 22), dim: style(2, 22), red: style(31, 39), green: style(32, 39), yellow: style(33, 39) };
}
