import type { Act, Story } from "../model/story.ts";
import { counted } from "./words.ts";

/**
 * A story in words, a line each: what access tokens are good for, and who does what when.
 *
 * @example
 * ```ts
 * storyInWords({ lifetime: 60, acts: [{ who: "ada", after: 101, does: "load", tabs: 2 }] });
 * // ["access tokens live 60 s", "60.6 s later: ada loads 2 pages"]
 * ```
 */
export function storyInWords({ lifetime, acts }: Story): readonly string[] {
  return [
    `access tokens live ${lifetime} s`,
    ...acts.map(
      (act) => `${act.after === 0 ? "at once" : `${((act.after / 100) * lifetime).toFixed(1)} s later`}: ${act.who} ${doing(act)}`,
    ),
  ];
}

function doing(act: Act): string {
  switch (act.does) {
    case "load":
      return act.tabs === 1 ? "loads a page" : `loads ${counted(act.tabs, "page")}`;
    case "reload":
      return "loads a page, and loads it again at some moment";
    case "leave":
      return "loads a page, and leaves at some moment";
    case "sleep":
      return `closes the lid for ${act.for} hundredths of that`;
    case "log out":
      return "signs out";
    case "switch organization":
      return "switches to another organization";
    case "sign in":
      return "signs in again";
    case "be signed out":
      return "is signed out by an administrator";
  }
}
