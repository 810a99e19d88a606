import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that systems hand out by themselves: Linux begins at 32768, the others at 49152 (RFC 6335 §6). A port from there that is
 * free now may be somebody's outgoing connection by the time an instance wants it.
 */
const FIRST = 20_000;
const LAST = 32_767;

const claimed = new Set<number>();

/** A port of this machine that is free, that nobody is given by chance, and that this process claims for nobody else until it is given back. */
export async function claimPort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST + 1);
    if (claimed.has(port)) continue;
    claimed.add(port);
    if (await isFree(port)) return port;
    claimed.delete(port);
  }
}

export function giveBack(port: number): void {
  claimed.delete(port);
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
