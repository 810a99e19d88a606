import { writeFile } from "node:fs/promises";
import type { TestInfo } from "@playwright/test";
import type { TestIssuer } from "../lanes/browser/issuer.ts";
import type { Timeline } from "../lanes/browser/timeline.ts";
import { renderTracePage } from "../report/html-trace.ts";

/** What is needed of Playwright's information about a test: the folder in which it keeps traces and screenshots, too. */
type Folder = Pick<TestInfo, "attachments" | "outputPath" | "titlePath">;

/** Keeps the issuer's journal of a test that failed, and the trees of its refresh tokens. */
export async function keepJournal({ journalText, control }: TestIssuer, folder: Folder): Promise<void> {
  await keep(folder, "journal.txt", "text/plain", `${control.familiesText()}\n${journalText()}`);
}

/** Keeps the picture of who asked whom. */
export async function keepSequence(timeline: Timeline, folder: Folder): Promise<void> {
  await keep(folder, "sequence.html", "text/html", renderTracePage(timeline.entries(), folder.titlePath.slice(1).join(" › ")));
}

async function keep(folder: Folder, name: string, contentType: string, text: string): Promise<void> {
  const path = folder.outputPath(name);
  await writeFile(path, text);
  // Not by `attach`, which would make a copy in a folder below.
  folder.attachments.push({ name, path, contentType });
}
