/** The files that the pages refer to. They are few and small, so they stand here and no bundler is needed. */

export const STYLE = `:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #14171a);
  --ink: light-dark(#1b1f24, #e6e9ec);
  --quiet: light-dark(#57606a, #9aa4ae);
  --line: light-dark(#d0d7de, #3a424a);
  --raised: light-dark(#f3f5f7, #1d2126);
  --warn: light-dark(#9a5b00, #e0a64b);
  --accent: light-dark(#0b5c8f, #7cc4f4);
  --on-accent: light-dark(#ffffff, #10202c);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  padding: 0 1rem 3rem;
  max-width: 46rem;
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere;
}
header {
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem 1rem;
  align-items: center;
  justify-content: space-between;
  min-height: 4.25rem;
  padding: 0.75rem 0;
  border-bottom: 1px solid var(--line);
}
nav { display: flex; flex-basis: 100%; gap: 0.25rem; margin: 0 -0.75rem; }
nav a { padding: 0.6rem 0.75rem; border-radius: 0.4rem; color: inherit; text-decoration: none; }
nav a:hover { background: var(--raised); }
nav a[aria-current] { font-weight: 600; box-shadow: inset 0 -3px var(--accent); border-radius: 0.4rem 0.4rem 0 0; }
header form { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; }
.home { color: inherit; font-weight: 600; text-decoration: none; }
.who { color: var(--quiet); }
.quiet { color: var(--quiet); }
h1:focus { outline: none; }
h1 { margin: 2rem 0 1rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.1rem; }
a { color: var(--accent); }
button, input, select { font: inherit; border-radius: 0.4rem; padding: 0.5rem 0.9rem; min-height: 2.75rem; }
button { border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); cursor: pointer; }
button.quiet { border-color: var(--line); background: transparent; color: inherit; }
input, select { width: 100%; border: 1px solid var(--quiet); background: var(--ground); color: inherit; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.stack { display: grid; gap: 0.5rem; max-width: 24rem; }
.stack button { justify-self: start; margin-top: 0.5rem; }
.stack p { margin: 0; }
.inline { display: grid; grid-template-columns: 1fr auto; gap: 0.5rem; margin-top: 1.5rem; }
.inline label { grid-column: 1 / -1; }
.notice { margin: 1rem 0 0; padding: 0.75rem 1rem; border: 1px solid var(--warn); border-radius: 0.4rem; background: var(--raised); }
.refused { padding: 0.75rem 1rem; border: 1px solid var(--warn); border-radius: 0.4rem; }
.stream-frame { position: relative; }
.stream { height: min(28rem, 60vh); overflow-y: auto; overflow-anchor: none; border: 1px solid var(--line); border-radius: 0.4rem; }
.stream ol { --row: 3.5rem; position: relative; margin: 0; padding: 0; list-style: none; }
.stream li { display: flex; gap: 0 1rem; align-items: center; justify-content: space-between; height: var(--row); padding: 0 1rem; border-bottom: 1px solid var(--line); }
.stream .placed li { position: absolute; left: 0; right: 0; }
.stream .what { overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-height: 1.3; }
.stream time { flex: none; font-size: 0.85rem; }
.stream .skeleton { color: var(--quiet); }
.latest { position: absolute; right: 1rem; bottom: 1rem; }
.note { padding: 0.25rem 1rem 1rem; border: 1px solid var(--line); border-radius: 0.4rem; background: var(--raised); }
.rows { margin: 0; padding: 0; list-style: none; }
.rows li { display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
time { color: var(--quiet); font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.5rem; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
dd time { color: inherit; }
code { font: 0.9em ui-monospace, monospace; }
.secret { display: block; padding: 0.75rem; border: 1px solid var(--line); border-radius: 0.4rem; background: var(--raised); user-select: all; }
@media (max-width: 30rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.5rem; }
  header form { flex-basis: 100%; justify-content: space-between; }
  .stream ol { --row: 4.5rem; }
  .stream li { flex-direction: column; align-items: flex-start; justify-content: center; }
}
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5c8f"/><path d="M10 8v16M22 8v16M10 16h12" stroke="#fff" stroke-width="4" stroke-linecap="round"/></svg>
`;
