import { globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = resolve(import.meta.dirname, "..");
const COMMENT = /\/\*\*((?:(?!\*\/)[\s\S])*?@example[\s\S]*?)\*\/\s*(?:export )?(?:async )?(?:function|class|const|interface) (\w+)/g;
const BLOCK = /```ts\n([\s\S]*?)```/g;

/** An `@example` in the TSDoc of a public function. */
export interface Example {
  /** What it is an example of. */
  readonly name: string;
  /** Path of its file in the repository. */
  readonly file: string;
  readonly code: string;
}

/** What a line of an example came to, and what the comment beside it says. */
export interface Comparison {
  readonly actual: unknown;
  readonly expected: unknown;
}

/** What examples take for granted: the names in scope, by what each is an example of. */
export type Surroundings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Every example in `harness` and `src`. */
export function findExamples(): readonly Example[] {
  return globSync("{harness,src}/**/*.ts", { cwd: ROOT, exclude: ["**/*.test.ts", "**/*.testing.ts"] })
    .sort()
    .flatMap((file) =>
      [...readFileSync(resolve(ROOT, file), "utf8").matchAll(COMMENT)].flatMap(([, comment = "", name = ""]) =>
        [...comment.replaceAll(/^ *\* ?/gm, "").matchAll(BLOCK)].map(([, code = ""]) => ({ name, file, code })),
      ),
    );
}

/**
 * Runs an example with all that its file exports in scope, and `around` on top. Each `expression; // comment` gives a
 * comparison, and so does a statement with comment lines below it. A comment is an expression, or one and what follows
 * after "when" or "while", or else a text as it would be printed.
 */
export async function runExample({ file, code }: Example, around: Readonly<Record<string, unknown>>): Promise<readonly Comparison[]> {
  const { source, comments } = withChecks(code);
  const scope = { ...(await import(/* @vite-ignore */ pathToFileURL(resolve(ROOT, file)).href)), ...around };
  const actual: unknown[] = [];
  const run = compile(source, [...Object.keys(scope), "check"]);
  await run(...Object.values(scope), (value: unknown) => actual.push(value));
  return comments.map((comment, index) => ({ actual: actual[index], expected: expectation(comment, scope) }));
}

/** The code with each commented expression wrapped in a call of `check`, and the comments, in order. */
function withChecks(code: string): { readonly source: string; readonly comments: readonly string[] } {
  const lines: string[] = [];
  const comments: string[] = [];
  let below = false;
  for (const line of code.trimEnd().split("\n")) {
    const beside = /^(.*); \/\/ (.+)$/.exec(line);
    const alone = /^\/\/ ?(.*)$/.exec(line);
    if (beside !== null) {
      lines.push(`check(await (${beside[1]}));`);
      comments.push(beside[2] as string);
    } else if (alone === null) lines.push(line);
    else if (below) comments.push(`${comments.pop()}\n${alone[1]}`);
    else {
      lines.push(`check(await (${(lines.pop() ?? "").replace(/;$/, "")}));`);
      comments.push(alone[1] as string);
    }
    below = alone !== null;
  }
  return { source: lines.join("\n"), comments };
}

function compile(source: string, names: readonly string[]): (...values: readonly unknown[]) => Promise<void> {
  const body = stripTypeScriptTypes(`(async () => {\n${source}\n})()`);
  return new Function(...names, `return ${body};`) as (...values: readonly unknown[]) => Promise<void>;
}

function expectation(comment: string, scope: Readonly<Record<string, unknown>>): unknown {
  for (const text of [comment, /^(\S+) (?:when|while) /.exec(comment)?.[1]]) {
    if (text === undefined) continue;
    try {
      return new Function(...Object.keys(scope), `return (${text});`)(...Object.values(scope));
    } catch (error) {
      // No expression: a text, or words.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return comment;
}
