/** A trace label taken apart. Labels that are written otherwise are all action. */
export interface Label {
  /** `GET /`, or `200 to GET /`. */
  readonly action: string;
  /** The piece of work that it belongs to, for instance `ada/load-1`. */
  readonly task: string | null;
  /** The named secrets that it carries, for instance `RT F1.g0`. */
  readonly tokens: readonly string[];
}

/**
 * Takes a trace label apart.
 *
 * @example
 * ```ts
 * parseLabel("GET / for ada/load-1 [AT F1.g0, RT F1.g0]");
 * // { action: "GET /", task: "ada/load-1", tokens: ["AT F1.g0", "RT F1.g0"] }
 * ```
 */
export function parseLabel(label: string): Label {
  const match = /^(.*?)(?: for (\S+))?(?: \[([^[\]]*)\])?$/s.exec(label);
  const tokens = match?.[3];
  return { action: match?.[1] ?? label, task: match?.[2] ?? null, tokens: tokens === undefined ? [] : tokens.split(", ") };
}

/**
 * What to write on an arrow, at most `room` characters long: an answer is known by its status, because its direction and
 * its task say the rest; an access token goes without saying where a refresh token travels.
 *
 * @example
 * ```ts
 * arrowText(parseLabel("200 to POST /user_management/authenticate for ada/load-1 [AT F1.g1, RT F1.g1]"), 20); // "200 [RT F1.g1]"
 * ```
 */
export function arrowText({ action, tokens }: Label, room: number): string {
  const refresh = tokens.filter((token) => token.startsWith("RT "));
  const carried = refresh.length > 0 ? refresh : tokens;
  const load = carried.length === 0 ? "" : ` [${carried.join(", ")}]`;
  const brief = action.replace(/^(\d{3}) to .*$/s, "$1");
  const heads = [brief, brief.replace(/ \/\S*\/(?=[^/\s]+$)/, " …/"), brief.replace(/^.* \/\S*\/(?=[^/\s]+$)/, "…/")];
  const head = heads.find((each) => each.length + load.length <= room);
  // Where nothing fits, the token is what the reader needs most.
  return head === undefined ? shorten(shorten(heads.at(-1) ?? "", Math.max(2, room - load.length)) + load, room) : head + load;
}

/** Cuts a text to a length and says so with an ellipsis. */
export function shorten(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`;
}
