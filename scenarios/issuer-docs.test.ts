import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

// What docs/issuer.md tells people to type, typed.

const ROOT = resolve(import.meta.dirname, "..");
const PAGE = readFileSync(join(ROOT, "docs/issuer.md"), "utf8");
const blocks = (language: string) => [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, text = ""]) => text);
/** curl: the time that it was given is over. */
const TIME_OVER = 28;

let folder = "";
let issuer: ChildProcess;
let origin = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-docs-"));
  writeFileSync(join(folder, "seed.json"), blocks("json")[0] ?? "");
  const command = blocks("sh").find((block) => block.includes("--seed-file seed.json --control-bearer")) ?? "";
  const [, options = ""] = /^npm run -s holdfast -- (.*)$/m.exec(command) ?? [];
  // Any port that is free, instead of the documented default.
  const words = [...options.split(" "), "--port", "0"];
  issuer = spawn(process.execPath, [join(ROOT, "harness/cli/holdfast.mjs"), ...words], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  issuer.stdout?.on("data", (chunk) => {
    said += chunk;
  });
  while (!said.includes("Ctrl+C")) await once(issuer.stdout as NonNullable<ChildProcess["stdout"]>, "data");
  origin = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? "";
});
afterAll(async () => {
  issuer.kill();
  await once(issuer, "close");
  rmSync(folder, { recursive: true, force: true });
});

/** The lines of both blocks that are typed in the other terminal. */
function typed(): string[] {
  const [signIn = "", operate = ""] = blocks("sh").filter((block) => block.includes("curl"));
  return `${signIn}${operate}`.trimEnd().replace("http://127.0.0.1:4100", origin).split("\n");
}

/** Types the lines into one shell, and tells what each of those with a number printed and how it ended. */
async function type(lines: readonly string[], numbers: readonly number[]): Promise<{ line: string; status: number; out: string }[]> {
  const script = lines.map((line, index) =>
    numbers.includes(index)
      ? `printf '\\036%d\\037' ${index}; ${line.replace("curl -s", "curl -s --fail-with-body")}\nprintf '\\037%d' $?`
      : line,
  );
  const { stdout } = await promisify(execFile)("sh", ["-c", script.join("\n")], { cwd: folder });
  return stdout
    .split("\u001e")
    .slice(1)
    .map((part) => {
      const [index, out = "", status] = part.split("\u001f");
      return { line: lines[Number(index)] ?? "", status: Number(status), out };
    });
}

test("every command of docs/issuer.md does what it says with the seed file that stands there", async () => {
  const lines = typed();
  const calls = lines.flatMap((line, index) => (line.startsWith("curl") ? [index] : []));
  const answers = await type(lines, calls);

  const failed = answers.filter(({ status, line }) => status !== (line.includes(" -m 1 ") ? TIME_OVER : 0));
  expect(failed).toEqual([]);
  expect(answers.length).toBeGreaterThan(15);
  const said = (part: string) => answers.find(({ line }) => line.includes(part))?.out;
  expect(said("grant_type")).toContain('"email":"eve@example.test"');
  expect(said("journal?format=text")).toContain("RT F1.g0 rotated → RT F1.g1: first redemption");
  expect(said("families?format=text")).toContain("F1  user_eve  client_mine");
  expect(said("journal/stream")).toContain("event: live");
  expect(said("$U/steal")).toContain('"name":"RT F1.g1"');
  expect(said("expire-access-tokens")).toBe('{"expired":2}');
  expect(said("keys/rotate")).toContain('"id":"K2"');
});
