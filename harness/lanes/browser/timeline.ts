import type { BrowserContext, Page, Request } from "@playwright/test";
import type { Entry } from "../../issuer/control/journal.ts";
import type { TraceEntry } from "../../model/trace.ts";
import type { TestIssuer } from "./issuer.ts";

/** Milliseconds within which things are drawn as of one moment. */
const MOMENT = 100;

/** What a test's browser, app and issuer did, as lines of a sequence picture. */
export interface Timeline {
  /** Begins to watch a browser context. */
  watch(context: BrowserContext): void;
  entries(): readonly TraceEntry[];
  /** Ends the watching of the issuer. */
  stop(): void;
}

/**
 * Notes what tabs ask, and what the issuer's journal says meanwhile. Of an address only the path is noted: what stands behind it may be a
 * secret, as the code of a sign-in is.
 *
 * @param app the app's origin
 * @param clock milliseconds, for instance `performance.now`
 */
export function createTimeline(issuer: Pick<TestIssuer, "origin" | "subscribe">, app: string, clock: () => number): Timeline {
  const start = clock();
  const entries: TraceEntry[] = [];
  const tabs = new Map<Page, string>();

  function note(kind: string, from: string, to: string, label: string, events: readonly string[] = []): void {
    const at = Math.floor((clock() - start) / MOMENT) * MOMENT;
    entries.push({ step: entries.length + 1, at, kind, from, to, label, choice: 0, of: 1, events });
  }

  function nameOf(page: Page): string {
    const name = tabs.get(page) ?? `tab-${tabs.size + 1}`;
    tabs.set(page, name);
    return name;
  }

  /** Null for what neither the app nor the issuer is asked. */
  function ends(request: Request): { readonly tab: string; readonly server: string; readonly what: string } | null {
    const { origin, pathname } = new URL(request.url());
    const server = origin === app ? "app" : origin === issuer.origin ? "issuer" : null;
    if (server === null || request.serviceWorker() !== null) return null;
    if (!TOLD.has(request.resourceType())) return null;
    const page = pageOf(request);
    return page === null ? null : { tab: nameOf(page), server, what: `${request.method()} ${pathname}` };
  }

  function watchSockets(page: Page): void {
    const tab = nameOf(page);
    page.on("websocket", (socket) => {
      const { pathname } = new URL(socket.url());
      note("request", tab, "app", `WebSocket ${pathname}`);
      socket.on("close", () => note("response", "app", tab, `end of WebSocket ${pathname}`));
    });
  }

  const unsubscribe = issuer.subscribe((entry) => {
    if (entry.type === "control") note("control", "test", "issuer", entry.text.replace(/^control: /, ""));
    else if (entry.grantType !== null || !BROWSERS.has(entry.endpoint)) note("issuer", "app", "issuer", labelOf(entry), textsOf(entry));
  });

  return {
    watch(context) {
      for (const page of context.pages()) watchSockets(page);
      context.on("page", watchSockets);
      context.on("request", (request) => {
        const found = ends(request);
        if (found !== null) note("request", found.tab, found.server, found.what);
      });
      context.on("response", (response) => {
        const found = ends(response.request());
        if (found !== null) note("response", found.server, found.tab, `${response.status()} to ${found.what}`);
      });
      context.on("requestfailed", (request) => {
        const found = ends(request);
        const why = request.failure()?.errorText.replace(/^net::/, "") ?? "failed";
        if (found !== null) note(`fault:${why}`, found.server, found.tab, `${why}: ${found.what}`);
      });
    },
    entries: () => [...entries],
    stop: unsubscribe,
  };
}

/** What is part of the story: no style, no script and no icon is. */
const TOLD: ReadonlySet<string> = new Set(["document", "fetch", "xhr", "eventsource"]);

/** Where browsers go themselves; the timeline has that from them. */
const BROWSERS: ReadonlySet<string> = new Set(["authorize", "logout", "other"]);

/** A request of a page that is not there yet has none. */
function pageOf(request: Request): Page | null {
  try {
    return request.frame().page();
  } catch {
    return null;
  }
}

function labelOf({ method, endpoint, outcome, error, presented }: Extract<Entry, { type: "request" }>): string {
  const secret = presented?.startsWith("RT ") ? ` [${presented}]` : "";
  return `${method} ${endpoint} → ${outcome}${error === null ? "" : ` ${error}`}${secret}`;
}

function textsOf({ events, faults }: Extract<Entry, { type: "request" }>): readonly string[] {
  return [...faults.map((fault) => `struck by ${fault}`), ...events.map(({ text }) => text)];
}
