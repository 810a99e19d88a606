import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that systems hand out by themselves: Linux begins at 32768, the others at 49152 (RFC 6335 §6). One from there that is free
 * now may be somebody's outgoing connection by the time it is wanted.
 */
const FIRST = 20_000;
const LAST = 32_767;

/** Those that this process has named. A run wants a few of twelve thousand. */
const named = new Set<number>();

/** A port of this machine that is free, that nobody is given by chance, and that this process names only once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST + 1);
    if (named.has(port)) continue;
    named.add(port);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch {
    return false;
  }
  probe.close();
  await once(probe, "close");
  return true;
}
