import { type Credential, credentialLabel } from "../model/credential.ts";
import type { Event, EventOf } from "../model/event.ts";

/** Tokens, or generations, whose success or rejection is known, each with who knows: isolates by name, or {@link STORE}. */
export type Knowledge = Record<string, string[]>;

/** The store knows: it has a successor. */
const STORE = "store";

/**
 * Takes an event into what the target knows of its tokens: an answer teaches its isolate, a successor that is stored the store, and an
 * isolate that has lost its heap has forgotten.
 *
 * @param nameOf what a token goes by: its label, or that of its whole generation
 */
export function learn(knowledge: Knowledge, event: Event, nameOf: (token: Credential) => string): void {
  if (event.type === "token-answered" && isSettled(event)) know(knowledge, nameOf(event.token), event.isolate);
  if (event.type === "token-stored") {
    for (const name of Object.keys(knowledge)) if (isParent(name, event.token)) know(knowledge, name, STORE);
  }
  if (event.type === "isolate-killed" || event.type === "isolate-dropped") forget(knowledge, event.isolate);
}

/** Whether an answer is a success or a rejection. An issuer that keeps the token has not settled it: it is there to be presented again. */
function isSettled({ token, answer }: EventOf<"token-answered">): boolean {
  if (answer.kind === "issued") return credentialLabel(answer.successor) !== credentialLabel(token);
  return answer.kind === "rejected";
}

function know(knowledge: Knowledge, name: string, who: string): void {
  knowledge[name] = [...new Set([...(knowledge[name] ?? []), who])].sort();
}

/** What only a heap knew that is gone, nobody knows. */
function forget(knowledge: Knowledge, isolate: string): void {
  for (const [name, knowing] of Object.entries(knowledge)) {
    const left = knowing.filter((who) => who !== isolate);
    if (left.length > 0) knowledge[name] = left;
    else delete knowledge[name];
  }
}

/** Whether a name, such as `RT F1.g0`, is that of an older generation of a token's family. */
function isParent(name: string, token: Credential): boolean {
  const [, family, generation] = /^RT (.+)\.g(\d+)/.exec(name) ?? [];
  return family === token.family && Number(generation) < token.generation;
}
