// @ts-check
import { navigateWithin } from "./navigation.js";
import { mountNotes } from "./notes.js";
import { createSession, SignedOut } from "./session.js";
import { mountStream } from "./stream.js";

const snapshot = document.getElementById("session-snapshot");
const state = document.body.dataset.session;
const session = createSession(snapshot === null ? null : JSON.parse(snapshot.textContent ?? ""), told);
/** @type {() => void} */
let unmount = () => {};

/** @param {string | null} trouble */
function told(trouble) {
  const notice = /** @type {HTMLElement} */ (document.getElementById("notice"));
  notice.hidden = trouble === null;
  notice.textContent = trouble ?? "";
}

/** What only its own person may see goes at once, and the server says the rest. */
function signedOut() {
  unmount();
  document.querySelector("main")?.replaceChildren();
  location.replace("/");
}

function mount() {
  const stream = document.getElementById("stream");
  const form = document.getElementById("note");
  unmount();
  const ending = new AbortController();
  unmount = () => ending.abort();
  if (form instanceof HTMLFormElement) mountNotes(form, told, ending.signal);
  if (stream !== null) mountStream(stream, session, { signedOut, signal: ending.signal });
}

/** A page that was put aside may come back when its person is gone, or another one is here. It shows nothing until the app has said. */
async function comeBack() {
  const shown = JSON.parse(snapshot?.textContent ?? "{}").user_id;
  session.forget();
  try {
    const { user_id } = await session.current();
    if (user_id !== shown) return location.reload();
    setAside(false);
    mount();
  } catch (error) {
    if (!(error instanceof SignedOut)) throw error;
    signedOut();
  }
}

/**
 * Hides what the page says, and keeps its place: what is not laid out forgets how far it was scrolled.
 *
 * @param {boolean} isAside
 */
function setAside(isAside) {
  const main = document.querySelector("main");
  if (main !== null) main.style.visibility = isAside ? "hidden" : "";
}

if (state === "known") {
  mount();
  navigateWithin({ session, shown: mount, told, signedOut });
  window.addEventListener("pagehide", () => {
    unmount();
    unmount = () => {};
    setAside(true);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) comeBack();
  });
}

// The server could not tell who this is. The session endpoint will; then the page is asked for again.
if (state === "unknown")
  session
    .current()
    .catch(() => {})
    .then(() => location.reload());
