// @ts-check
import { SignedOut } from "./session.js";
import { backOff, pause } from "./waking.js";

/**
 * @typedef {"connecting" | "live" | "waiting"} ConnectionState
 * @typedef {{ send(value: unknown): boolean, stop(): void }} Connection
 */

/**
 * Keeps a WebSocket open for as long as somebody is signed in. One that ends, for whatever reason, or is refused says nothing of the
 * session: the session endpoint is asked, which may renew it as an upgrade may not, and then comes the next one.
 *
 * @param {object} parts
 * @param {string} parts.url
 * @param {import("./session.js").SessionOfPage} parts.session
 * @param {(text: string) => void} parts.said
 * @param {(state: ConnectionState) => void} parts.changed
 * @param {() => void} parts.signedOut
 * @returns {Connection}
 */
export function connect({ url, session, said, changed, signedOut }) {
  const stopping = new AbortController();
  /** @type {WebSocket | null} */
  let socket = null;

  async function keepOpen() {
    for (let failures = 0; !stopping.signal.aborted; ) {
      changed(failures === 0 ? "connecting" : "waiting");
      await session.current();
      if (stopping.signal.aborted) return;
      const wasOpen = await one();
      if (stopping.signal.aborted) return;
      // Refused, stale, ended, broken: a script is not told which. The endpoint knows.
      session.forget();
      failures = wasOpen ? 0 : failures + 1;
      if (failures > 0) await pause(backOff(failures), stopping.signal);
    }
  }

  /** @returns {Promise<boolean>} whether it was ever open */
  function one() {
    return new Promise((resolve) => {
      let wasOpen = false;
      const open = new WebSocket(url);
      socket = open;
      open.addEventListener("open", () => {
        wasOpen = true;
        changed("live");
      });
      open.addEventListener("message", (event) => said(String(event.data)));
      open.addEventListener("close", () => {
        socket = null;
        resolve(wasOpen);
      });
    });
  }

  keepOpen().catch((error) => {
    if (!(error instanceof SignedOut)) throw error;
    if (!stopping.signal.aborted) signedOut();
  });
  return {
    send(value) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(value));
      return true;
    },
    stop() {
      stopping.abort();
      socket?.close();
      // Whoever comes back to the page must not read that it is live before it is.
      changed("waiting");
    },
  };
}
