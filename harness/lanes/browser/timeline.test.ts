import { EventEmitter } from "node:events";
import type { BrowserContext, Page } from "@playwright/test";
import { beforeEach, expect, test } from "vitest";
import type { Entry } from "../../issuer/control/journal.ts";
import { createTimeline, type Timeline } from "./timeline.ts";

const [APP, ISSUER] = ["http://localhost:3000", "http://127.0.0.1:4000"];

let now: number;
let tell: (entry: Entry) => void;
let context: EventEmitter & { pages(): Page[] };
let timeline: Timeline;
beforeEach(() => {
  now = 1_000;
  const subscribe = (listener: (entry: Entry) => void) => {
    tell = listener;
    return () => {};
  };
  timeline = createTimeline({ origin: ISSUER, subscribe }, APP, () => now);
  context = Object.assign(new EventEmitter(), { pages: () => [] });
  timeline.watch(context as unknown as BrowserContext);
});

function open(): Page {
  const page = new EventEmitter() as unknown as Page;
  context.emit("page", page);
  return page;
}

function request(page: Page | null, url: string, resourceType = "document", errorText = "") {
  const frame = () => {
    if (page === null) throw new Error("the frame is not there yet");
    return { page: () => page };
  };
  return {
    url: () => url,
    method: () => "GET",
    resourceType: () => resourceType,
    serviceWorker: () => null,
    frame,
    failure: () => ({ errorText }),
  };
}

const told = () =>
  timeline.entries().map(({ from, to, label, kind }) => `${from} > ${to}: ${label}${kind.startsWith("fault") ? ` (${kind})` : ""}`);

const answered: Extract<Entry, { type: "request" }> = {
  ...{ type: "request", order: 1, at: 0, arrivedAt: 0, method: "POST", endpoint: "token", grantType: "refresh_token", clientId: "client" },
  ...{ presented: "RT F1.g0", outcome: 200, error: null, faults: ["fault 1"], events: [{ order: 1, at: 0, text: "RT F1.g0 rotated" }] },
};

test("tabs, the app and the issuer are told apart, in the order of what happened, and of addresses only the path is kept", () => {
  const [one, two] = [open(), open()];
  const asked = request(two, `${APP}/projects?secret=1`);
  context.emit("request", asked);
  now = 1_250;
  tell(answered);
  context.emit("response", { request: () => asked, status: () => 200 });
  context.emit("request", request(one, `${ISSUER}/user_management/authorize?code=secret`));
  expect(told()).toEqual([
    "tab-2 > app: GET /projects",
    "app > issuer: POST token → 200 [RT F1.g0]",
    "app > tab-2: 200 to GET /projects",
    "tab-1 > issuer: GET /user_management/authorize",
  ]);
  expect(timeline.entries().map(({ at }) => at)).toEqual([0, 200, 200, 200]);
  expect(timeline.entries()[1]?.events).toEqual(["struck by fault 1", "RT F1.g0 rotated"]);
  expect(JSON.stringify(timeline.entries())).not.toContain("secret");
});

test("what fails is a fault, and what the test does to the issuer is the test's", () => {
  const page = open();
  context.emit("requestfailed", request(page, `${APP}/`, "document", "net::ERR_INTERNET_DISCONNECTED"));
  tell({ type: "control", order: 1, at: 0, text: "control: F1 was ended (admin)" });
  expect(told()).toEqual([
    "app > tab-1: ERR_INTERNET_DISCONNECTED: GET / (fault:ERR_INTERNET_DISCONNECTED)",
    "test > issuer: F1 was ended (admin)",
  ]);
});

test("a stream has a beginning and an end", () => {
  const page = open();
  const socket = Object.assign(new EventEmitter(), { url: () => "ws://localhost:3000/events/live" });
  (page as unknown as EventEmitter).emit("websocket", socket);
  socket.emit("close");
  expect(told()).toEqual(["tab-1 > app: WebSocket /events/live", "app > tab-1: end of WebSocket /events/live"]);
});

test("what belongs to no story is left out: scripts, other servers, a page that is not there yet, and what browsers ask the issuer as the issuer tells it", () => {
  const page = open();
  context.emit("request", request(page, `${APP}/client/main.js`, "script"));
  context.emit("request", request(page, "http://elsewhere.test/"));
  context.emit("request", request(null, `${APP}/`));
  tell({ ...answered, endpoint: "authorize", grantType: null });
  expect(told()).toEqual([]);
});
