// @ts-check

/** Pixels that count as none: layouts have fractions. */
const CLOSE = 1;
/** Milliseconds after which a hand, and the scrolling that it caused, have come to rest. */
const SETTLING = 500;
const UPWARDS = new Set(["ArrowUp", "PageUp", "Home"]);

/**
 * Knows whether the reader of a scroller is at its end and wants to stay there.
 *
 * Browsers scroll on a thread of their own, and tell a script where to only afterwards. Whoever has just turned the wheel upwards seems to
 * be at the end still, and must not be pulled back: so from the first sign of a hand until all is at rest, nobody is.
 *
 * @param {HTMLElement} scroller
 * @param {object} options
 * @param {() => void} options.changed
 * @param {boolean} options.isNew whoever sees it for the first time is at its end
 * @param {AbortSignal} options.signal ends it
 */
export function createFollowing(scroller, { changed, isNew, signal }) {
  let wants = isNew || isAtEnd();
  let touched = 0;
  /** @type {ReturnType<typeof setTimeout> | null} */
  let settling = null;
  const options = { signal, passive: true };

  function isAtEnd() {
    return scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop <= CLOSE;
  }

  function rest() {
    if (settling !== null) clearTimeout(settling);
    settling = null;
  }

  function leave() {
    wants = false;
    rest();
    settling = setTimeout(() => {
      settling = null;
      wants = isAtEnd();
      changed();
    }, SETTLING);
  }

  scroller.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && leave(), options);
  scroller.addEventListener("keydown", ({ key, shiftKey }) => (UPWARDS.has(key) || (key === " " && shiftKey)) && leave(), options);
  scroller.addEventListener(
    "touchstart",
    ({ touches }) => {
      touched = touches[0]?.clientY ?? 0;
    },
    options,
  );
  // A finger that goes down pulls what is above into view.
  scroller.addEventListener("touchmove", ({ touches }) => (touches[0]?.clientY ?? 0) > touched && leave(), options);
  scroller.addEventListener(
    "scroll",
    () => {
      if (settling !== null) leave();
      else wants = isAtEnd();
      changed();
    },
    options,
  );
  signal.addEventListener("abort", rest);

  return {
    /** Whether the reader stays at the end, whatever has happened to it meanwhile. */
    get wanted() {
      return wants;
    },
    /** Whether the reader is to be taken along by what is added now. */
    get now() {
      return wants && isAtEnd();
    },
    isAtEnd,
    toEnd() {
      rest();
      wants = true;
      scroller.scrollTop = scroller.scrollHeight;
    },
  };
}
