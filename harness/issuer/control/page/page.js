// The control page. Everything is made with DOM calls: no text from anywhere is ever read as HTML.

const $ = (id) => document.getElementById(id);
const rows = $("rows");
/** Rows kept in the page; beyond it the oldest go, as in the journal itself. */
const MOST_ROWS = 3000;
/** Entries that the page begins with, and that one look at older ones loads. */
const RANGE = 200;

let bearer = location.hash.slice(1) || sessionStorage.getItem("holdfast-bearer") || "";
if (location.hash !== "") history.replaceState(null, "", location.pathname);

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children.filter((child) => child !== null));
  return node;
}

function say(text, isBad = false) {
  $("status").textContent = text;
  $("status").className = isBad ? "bad" : "";
}

async function call(path, body) {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`/_holdfast/api/${path}`, {
    ...init,
    headers: { authorization: `Bearer ${bearer}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
  });
  if (response.ok) return response.status === 204 ? null : response.json();
  const { error_description, message } = await response.json().catch(() => ({}));
  throw Object.assign(new Error(error_description ?? message ?? `the issuer answered ${response.status}`), { status: response.status });
}

/** Does something at the issuer, says what came of it, and shows the state that it led to. */
async function act(path, body, done) {
  try {
    const answer = await call(path, body);
    say(typeof done === "function" ? await done(answer) : done);
    await showState();
  } catch (error) {
    say(error.message, true);
  }
}

function button(text, onclick, label = text) {
  const node = element("button", { type: "button", textContent: text, onclick });
  node.dataset.key = label;
  if (label !== text) node.setAttribute("aria-label", label);
  return node;
}

// State: families, faults, keys, the clock.

const shown = new Map();

/** Draws a part anew only when it has changed, and gives the focus back to the button that had it. */
function draw(id, value, items, none) {
  const text = JSON.stringify(value);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  const focused = document.activeElement?.dataset?.key;
  $(id).replaceChildren(...(items.length === 0 ? [element("p", { className: "soft", textContent: none })] : items));
  if (focused !== undefined) [...$(id).querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused)?.focus();
}

async function showState() {
  const state = await call("state");
  moveClock(state);
  draw("families", state.families, state.families.slice(-50).reverse().map(familyItem), "Nobody has signed in yet.");
  draw("held", state.held, state.held.map(heldItem), "");
  draw("faults", state.faults, state.faults.map(faultItem), "No fault is in force.");
  draw("keys", state.keys, state.keys.map(keyItem), "");
}

function familyItem(family) {
  const { family: name, user, clientId, ended, earlier, tokens } = family;
  const item = element("div", { className: "item" });
  item.append(
    element(
      "p",
      {},
      element("strong", { textContent: name }),
      ` ${user} · ${clientId} · `,
      element("span", { className: ended === null ? "good" : "bad", textContent: ended === null ? "live" : `ended (${ended})` }),
    ),
    element(
      "ul",
      { className: "tree" },
      earlier > 0 ? element("li", { className: "soft", textContent: `… ${earlier} before` }) : null,
      ...tokens.map((token) => branch(token)),
    ),
  );
  if (ended === null) {
    item.append(
      element(
        "div",
        { className: "row" },
        button("Revoke", () => act("revoke", { family: name }, `${name} is revoked.`), `Revoke ${name}`),
        button("Expire", () => act("expire", { family: name }, `${name} has expired.`), `Expire ${name}`),
        button("Revoke user", () => act("revoke", { user }, `All of ${user} is revoked.`), `Revoke all of ${user} (${name})`),
        button("Copy token", () => act("steal", { family: name }, stolen), `Copy the live token of ${name}`),
      ),
    );
  }
  return item;
}

async function stolen({ name, refreshToken }) {
  try {
    await navigator.clipboard.writeText(refreshToken);
    return `${name} is in the clipboard.`;
  } catch {
    return `${name} could not be copied: this page may not write to the clipboard.`;
  }
}

/** An only child of an only child is not set in: a chain stays narrow. */
function branch({ name, state, replays, next }, only = true) {
  const said = `${name.replace("RT ", "")} ${state}${replays > 0 ? `, replayed ${replays}×` : ""}`;
  const item = element("li", {}, element("span", { className: { live: "good", revoked: "bad" }[state] ?? "soft", textContent: said }));
  if (next.length === 0) return item;
  item.append(
    element("ul", { className: next.length === 1 && only ? "only" : "" }, ...next.map((token) => branch(token, next.length === 1 && only))),
  );
  return item;
}

function heldItem({ id, request, when, fault }) {
  return element(
    "div",
    { className: "item row" },
    element("span", { textContent: `${request} waits ${when} (${fault})` }),
    button("Release", () => act("release", { id }, ({ released }) => `${released} released.`), `Release ${id}`),
  );
}

function faultItem({ id, rule, seen, struck }) {
  const at = Object.values(rule.at ?? {}).join(" ") || "anything";
  const detail = Object.entries(rule.effect)
    .map(([name, value]) => (name === "kind" ? value : `${name} ${value}`))
    .join(" ");
  return element(
    "div",
    { className: "item row" },
    element("span", { textContent: `${id}: ${detail}, ${rule.when}, at ${at} · struck ${struck} of ${seen}` }),
    button("Release", () => act("release", { id }, ({ released }) => `${released} released.`), `Release what ${id} holds`),
    button("Remove", () => act("faults/remove", { id }, `${id} is over.`), `Remove ${id}`),
  );
}

function keyItem({ id, kid, signs, published }) {
  return element(
    "div",
    { className: "item row" },
    element("span", { textContent: `${id} ${kid} · ${signs ? "signs" : "does not sign"} · ${published ? "published" : "not published"}` }),
    published && !signs ? button("Retire", () => act("keys/retire", { id }, `${id} is retired.`), `Retire ${id}`) : null,
  );
}

// The clock goes on between two looks.

let clock = { now: 0, at: 0 };

function moveClock({ now, offset }) {
  clock = { now, at: performance.now() };
  $("offset").textContent = offset === 0 ? "" : `(${offset > 0 ? "+" : ""}${Math.round(offset / 1000)} s)`;
}

function tick() {
  if (clock.now === 0) return;
  const now = new Date(clock.now + performance.now() - clock.at);
  $("now").textContent = now.toISOString().slice(0, 19).replace("T", " ");
}

// The journal: rows that are there stay, whatever is loading.

let first = Number.POSITIVE_INFINITY;
let last = 0;
let unseen = 0;

function isAtEnd() {
  return rows.scrollHeight - rows.scrollTop - rows.clientHeight < 8;
}

function row(entry) {
  const item = element("li", {}, element("time", { textContent: new Date(entry.at).toISOString().slice(11, 23) }));
  if (entry.type === "control") {
    item.append(entry.text);
    return item;
  }
  const words = [entry.method, entry.endpoint, entry.grantType, entry.clientId, entry.presented].filter((word) => word !== null);
  const isGood = typeof entry.outcome === "number" && entry.outcome < 400;
  const said = `${entry.outcome}${entry.error === null ? "" : ` ${entry.error}`}`;
  item.append(`${words.join(" ")} → `, element("span", { className: isGood ? "good" : "bad", textContent: said }));
  if (entry.faults.length > 0) item.append(` (${entry.faults.join(", ")})`);
  if (entry.events.length > 0)
    item.append(element("ul", { className: "events" }, ...entry.events.map(({ text }) => element("li", { textContent: text }))));
  return item;
}

let pending = [];

/** Entries come in bursts; they are put into the page once a frame. */
function take(entry) {
  if (entry.order <= last) return;
  last = entry.order;
  first = Math.min(first, entry.order);
  pending.push(entry);
  if (pending.length === 1) setTimeout(commit, 50);
}

function commit() {
  const follow = isAtEnd();
  rows.append(...pending.map(row));
  unseen = follow ? 0 : unseen + pending.length;
  pending = [];
  if (follow) {
    // Who reads further up keeps every row; only at the end may the oldest go.
    while (rows.childElementCount > MOST_ROWS) rows.firstElementChild.remove();
    rows.scrollTop = rows.scrollHeight;
  }
  showUnseen();
  void showState().catch(() => {});
}

function showUnseen() {
  $("newer").hidden = unseen === 0;
  $("newer").textContent = `${unseen} new ↓`;
}

async function older() {
  rows.setAttribute("aria-busy", "true");
  try {
    const { entries, dropped } = await call(`journal?before=${Number.isFinite(first) ? first : last + 1}&limit=${RANGE}`);
    const fromEnd = rows.scrollHeight - rows.scrollTop;
    rows.prepend(...entries.map(row));
    // What was being read stays where it was.
    rows.scrollTop = rows.scrollHeight - fromEnd;
    first = entries[0]?.order ?? first;
    $("range").textContent = entries.length > 0 ? "" : `nothing older is kept${dropped > 0 ? `; ${dropped} are gone` : ""}`;
  } catch (error) {
    say(error.message, true);
  } finally {
    rows.removeAttribute("aria-busy");
  }
}

async function listen() {
  for (;;) {
    try {
      // Begins with the newest range; what is older is loaded when it is asked for.
      if (last === 0) for (const entry of (await call(`journal?limit=${RANGE}`)).entries) take(entry);
      const response = await fetch(`/_holdfast/api/journal/stream?after=${last}`, { headers: { authorization: `Bearer ${bearer}` } });
      if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
      say("");
      let text = "";
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const events = text.split("\n\n");
        text = events.pop();
        for (const event of events) {
          const data = /^event: entry\ndata: (.*)$/m.exec(event)?.[1];
          if (data !== undefined) take(JSON.parse(data));
        }
      }
    } catch {
      // Said below: a stream that ends is as lost as one that breaks.
    }
    say("The issuer cannot be reached; trying again.", true);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

// What the reader does.

rows.addEventListener("scroll", () => {
  if (!isAtEnd()) return;
  unseen = 0;
  showUnseen();
});
$("newer").onclick = () => {
  rows.scrollTop = rows.scrollHeight;
  rows.focus();
};
$("older").onclick = older;
$("rotate").onclick = () => act("keys/rotate", {}, ({ id, kid }) => `${id} (${kid}) signs now.`);
$("rotate-unknown").onclick = () => act("keys/rotate", { publish: null }, ({ id, kid }) => `${id} (${kid}) signs, and nobody can know it.`);
for (const one of document.querySelectorAll("[data-advance]")) {
  one.onclick = () => act("clock", { advance: Number(one.dataset.advance) }, `The clock went ${one.textContent}.`);
}

const EFFECTS = {
  hold: { kind: "hold" },
  reset: { kind: "reset" },
  truncate: { kind: "truncate" },
  408: { kind: "answer", status: 408 },
  429: { kind: "answer", status: 429, retryAfter: 2 },
  502: { kind: "answer", status: 502, body: "html" },
  503: { kind: "answer", status: 503, retryAfter: 2 },
  slow: { kind: "slow", ms: 3000 },
  "empty-key-set": { kind: "answer", status: 200, body: "empty-key-set" },
};

$("fault").onsubmit = (event) => {
  event.preventDefault();
  const given = Object.fromEntries([...new FormData($("fault"))].filter(([, value]) => value !== ""));
  const { endpoint, grantType, family, generation, nth, times, requests, kind, when } = given;
  const at = { endpoint, grantType, family, ...(generation === undefined ? {} : { generation: Number(generation) }) };
  const effect = { ...EFFECTS[kind], ...(kind === "hold" && requests !== undefined ? { requests: Number(requests) } : {}) };
  const counts = { ...(nth === undefined ? {} : { nth: Number(nth) }), ...(times === undefined ? {} : { times: Number(times) }) };
  void act("faults", [{ at, ...counts, when, effect }], ({ ids }) => `${ids[0]} is in force.`);
};

$("sign-in").onsubmit = (event) => {
  event.preventDefault();
  bearer = $("bearer").value;
  void open();
};

async function open() {
  try {
    await showState();
    sessionStorage.setItem("holdfast-bearer", bearer);
    $("sign-in").hidden = true;
    $("main").hidden = false;
    setInterval(() => void showState().catch(() => {}), 2000);
    setInterval(tick, 250);
    tick();
    void listen();
  } catch (error) {
    $("sign-in").hidden = false;
    if (bearer !== "") say(error.message, true);
    $("bearer").focus();
  }
}

void open();
