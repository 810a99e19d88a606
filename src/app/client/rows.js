// @ts-check

/** @typedef {{ readonly kind: string, readonly text: string, readonly at: string }} Row */

/** Rows beyond the edges of what is seen, and rows that are asked for at once. */
const MARGIN = 15;
const MOST = 200;

/**
 * The rows of the stream that this page has, by their place. A row that was had once is never given up: whatever range is on its way,
 * what was shown stays as it was.
 */
export function createRows() {
  /** @type {Map<number, Row>} */
  const had = new Map();
  /** @type {Set<number>} */
  const asked = new Set();
  let total = 0;

  return {
    get total() {
      return total;
    },
    /** @param {number} place */
    at: (place) => had.get(place) ?? null,
    /** @param {{ first: number, events: readonly Row[], total: number }} range */
    add({ first, events, total: now }) {
      for (const [index, row] of events.entries()) {
        had.set(first + index, row);
        asked.delete(first + index);
      }
      total = Math.max(total, now);
    },
    /** Nobody answers any more what was asked. */
    forgetQuestions: () => asked.clear(),
    /**
     * The part of a range that has to be asked for, or null.
     *
     * @param {number} from
     * @param {number} until not included
     */
    missing(from, until) {
      let first = from;
      while (first < until && (had.has(first) || asked.has(first))) first++;
      let last = Math.min(until, first + MOST);
      while (last > first && (had.has(last - 1) || asked.has(last - 1))) last--;
      return last > first ? { first, count: last - first } : null;
    },
    /** @param {{ first: number, count: number }} range */
    ask({ first, count }) {
      for (let place = first; place < first + count; place++) asked.add(place);
    },
    /**
     * Which rows are to be there, given what is seen.
     *
     * @param {{ top: number, height: number, rowHeight: number }} view in pixels
     */
    window({ top, height, rowHeight }) {
      const from = Math.max(0, Math.floor(top / rowHeight) - MARGIN);
      const until = Math.min(total, Math.ceil((top + height) / rowHeight) + MARGIN);
      return { from: Math.min(from, until), until };
    },
  };
}
