// @ts-check
import { connect } from "./connection.js";
import { createFollowing } from "./following.js";
import { createRows } from "./rows.js";

const STATES = {
  connecting: "Connecting…",
  live: "Live: new events appear as they happen.",
  waiting: "The connection is interrupted. It will be tried again.",
};

/**
 * What a page had before it was put aside.
 *
 * @type {WeakMap<HTMLElement, ReturnType<typeof createRows>>}
 */
const kept = new WeakMap();

/**
 * Brings the list of events to life: it is as long as there are events, has elements for those that are seen, follows the end while the
 * reader is there, and never moves a reader who is not.
 *
 * @param {HTMLElement} stream
 * @param {import("./session.js").SessionOfPage} session
 * @param {object} options
 * @param {() => void} options.signedOut
 * @param {AbortSignal} options.signal ends it
 */
export function mountStream(stream, session, { signedOut, signal }) {
  const list = /** @type {HTMLOListElement} */ (stream.querySelector("ol"));
  const latest = /** @type {HTMLButtonElement} */ (document.getElementById("latest"));
  const status = /** @type {HTMLElement} */ (document.getElementById("connection"));
  const before = kept.get(stream);
  const rows = before ?? createRows();
  kept.set(stream, rows);
  /** @type {Map<number, HTMLLIElement>} */
  const elements = new Map();
  const following = createFollowing(stream, { changed: later, isNew: before === undefined, signal });
  let frame = 0;

  if (before === undefined) rows.add(rowsOfMarkup(stream, list));
  list.replaceChildren();
  list.classList.add("placed");

  const address = new URL("/events/live", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const connection = connect({
    ...{ url: address.href, session, signedOut },
    changed(state) {
      status.textContent = STATES[state];
      status.dataset.state = state;
      rows.forgetQuestions();
      if (state === "live") later();
    },
    said(text) {
      rows.add(JSON.parse(text));
      later();
    },
  });

  latest.addEventListener("click", () => following.toEnd(), { signal });
  const resized = new ResizeObserver(() => {
    if (following.wanted) following.toEnd();
    later();
  });
  draw();
  if (before === undefined) following.toEnd();
  resized.observe(stream);

  /** Many messages of one moment are drawn at once. */
  function later() {
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  function draw() {
    frame = 0;
    const rowHeight = Number.parseFloat(getComputedStyle(list).getPropertyValue("--row")) * rootSize();
    const height = `${rows.total * rowHeight}px`;
    if (list.style.height !== height) {
      // Asked before the list grows: whoever is at its end now is taken along.
      const isTaken = following.now;
      list.style.height = height;
      if (isTaken) following.toEnd();
    }

    const { from, until } = rows.window({ top: stream.scrollTop, height: stream.clientHeight, rowHeight });
    for (const [place, element] of elements) {
      if (place >= from && place < until) continue;
      element.remove();
      elements.delete(place);
    }
    for (let place = from; place < until; place++) put(place, rowHeight);
    const missing = rows.missing(from, until);
    if (missing !== null && connection.send(missing)) rows.ask(missing);
    latest.hidden = following.isAtEnd();
  }

  /**
   * @param {number} place
   * @param {number} rowHeight
   */
  function put(place, rowHeight) {
    const row = rows.at(place);
    const element = elements.get(place) ?? insert(place);
    element.style.top = `${place * rowHeight}px`;
    element.ariaSetSize = String(rows.total);
    if (row === null || element.dataset.kind === row.kind) return;
    element.className = "";
    element.dataset.kind = row.kind;
    fill(element, row);
  }

  /**
   * In the order of their places, for those who do not see them.
   *
   * @param {number} place
   */
  function insert(place) {
    const element = document.createElement("li");
    element.className = "skeleton";
    element.dataset.place = String(place);
    element.ariaPosInSet = String(place + 1);
    element.textContent = "Loading…";
    let next = null;
    for (const other of list.children) {
      if (Number(/** @type {HTMLElement} */ (other).dataset.place) > place) {
        next = other;
        break;
      }
    }
    list.insertBefore(element, next);
    elements.set(place, element);
    return element;
  }

  signal.addEventListener("abort", () => {
    resized.disconnect();
    cancelAnimationFrame(frame);
    connection.stop();
  });
}

function rootSize() {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/**
 * @param {HTMLLIElement} element
 * @param {import("./rows.js").Row} row
 */
function fill(element, { text, at }) {
  const what = document.createElement("span");
  what.className = "what";
  what.textContent = text;
  const when = document.createElement("time");
  when.dateTime = at;
  when.textContent = `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
  element.replaceChildren(what, " ", when);
}

/**
 * What the server has put into the page.
 *
 * @param {HTMLElement} stream
 * @param {HTMLOListElement} list
 */
function rowsOfMarkup(stream, list) {
  const events = [...list.children].map((element) => ({
    kind: /** @type {HTMLElement} */ (element).dataset.kind ?? "",
    text: element.querySelector(".what")?.textContent ?? "",
    at: element.querySelector("time")?.dateTime ?? "",
  }));
  return { first: Number(stream.dataset.first), total: Number(stream.dataset.total), events };
}
