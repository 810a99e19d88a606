/** The style sheet of the report. Colours are variables, so that light and dark differ in one place; each pair has a contrast of at least 4.5. */
export const CSS = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f6f7f9; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --lane: #b4bcc6; --shade: #8b95a1;
  --link: #0550ae; --good: #116329; --bad: #b3131b; --bad-panel: #ffebe9; --warn: #7d4e00; --warn-panel: #fff4d6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1419; --panel: #181e25; --text: #e6edf3; --soft: #9aa5b1; --line: #39424d; --lane: #4d5866; --shade: #000000;
    --link: #79b8ff; --good: #6fdd8b; --bad: #ff8f88; --bad-panel: #3c1618; --warn: #f0c05a; --warn-panel: #33280d;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem clamp(1rem, 3vw, 2.5rem) 4rem; max-width: 90rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 0 0 .35rem; }
h3 .soft { font-weight: 400; font-size: .95rem; }
h4 { font-size: .95rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0 .75rem; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
code, pre, .mono { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .85rem; }
.soft { color: var(--soft); }
.lead { font-size: 1.1rem; }
.scroll { overflow-x: auto; margin: 0 0 1.5rem; position: relative; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .5rem; }

table { border-collapse: collapse; font-size: .9rem; min-width: 100%; }
th, td { text-align: left; padding: .4rem .75rem; border: 1px solid var(--line); white-space: nowrap; }
td.surprise { white-space: normal; }
thead th { background: var(--panel); }
tbody th { font-weight: 600; position: sticky; left: 0; background: var(--page); }
td.holds { color: var(--good); }
td.violated { background: var(--bad-panel); }
td.violated a { color: var(--bad); font-weight: 700; }
td.violated.expected { background: var(--panel); }
td.violated.expected a { color: var(--soft); font-weight: 400; }
td.error, td.cannot-be-had { background: var(--warn-panel); color: var(--warn); }
td.cannot-be-had a { color: var(--warn); }
td:target { outline: 3px solid var(--link); outline-offset: -3px; }
td[id] { scroll-margin-top: 30vh; }
td.surprise { outline: 3px solid var(--bad); outline-offset: -3px; font-weight: 700; }
.mark { color: var(--soft); font-weight: 400; font-size: .8rem; }
td.surprise .mark { color: var(--bad); font-weight: 700; }
.narrow { display: none; }
@media (max-width: 80rem) {
  table { font-size: .85rem; }
  th, td { padding: .4rem .5rem; }
}
@media (max-width: 74rem) {
  .narrow { display: inline; }
  .wide { display: none; }
  .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .scroll { overflow: visible; }
  .matrix, .matrix tbody, .matrix th, .matrix td { display: block; min-width: 0; }
  .matrix thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .matrix tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); border: 1px solid var(--line); }
  .matrix tr + tr { border-top: 0; }
  .matrix th, .matrix td { position: relative; border: 0; white-space: normal; padding: .35rem .6rem; overflow-wrap: anywhere; }
  .matrix td.wide { display: none; }
  .matrix tbody th { grid-column: 1 / -1; background: var(--panel); }
  .matrix td .narrow { display: block; }
  .matrix th .narrow { font-weight: 400; }
}
.legend dl { display: grid; gap: .5rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); margin: .25rem 0; font-size: .9rem; }
.legend dt { font-weight: 600; }
.legend dd { margin: 0; color: var(--soft); }

.cell { border: 1px solid var(--line); border-radius: 8px; padding: .25rem 1rem; margin: 0 0 .75rem; scroll-margin-top: 1rem; }
.cell:target { border-color: var(--link); }
.cell.surprise, .cell.unstated { border-left: 5px solid var(--bad); }
.cell.limit { --bad: var(--warn); --bad-panel: var(--warn-panel); }
.cell > details { margin: 0; }
.cell > details > summary { color: var(--text); padding: .5rem 0; }
.cell > details > summary h3 { display: inline; }
.outcome { display: block; padding-left: 1.1rem; }
.outcome b { color: var(--bad); }
.expected .outcome b, .expected:not(.limit) .broken { color: var(--soft); font-weight: 600; }
.story { display: grid; gap: 1rem 2rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 78rem) {
  .story:not(.broad) { grid-template-columns: minmax(16rem, 20rem) minmax(0, 1fr); }
  .story:not(.broad) .why { position: sticky; top: 1rem; align-self: start; }
}
.story.broad .why { max-width: 50rem; }
.broken { color: var(--bad); }
.because { padding-left: 1.75rem; margin: .25rem 0 .75rem; }
.because li { margin: .3rem 0; }
.short { border-left: 4px solid var(--bad); padding: .1rem 0 .1rem .75rem; }
.hint { display: none; margin: .25rem 0; font-size: .85rem; }
@media (max-width: 52rem) { .hint { display: block; } }
.picture { border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; background:
  linear-gradient(90deg, var(--panel) 1rem, transparent) local 0 / 3rem 100% no-repeat,
  linear-gradient(270deg, var(--panel) 1rem, transparent) local 100% / 3rem 100% no-repeat,
  linear-gradient(90deg, var(--shade), transparent) 0 / 1rem 100% no-repeat,
  linear-gradient(270deg, var(--shade), transparent) 100% / 1rem 100% no-repeat, var(--panel); }
.picture svg { display: block; }
details { margin: .75rem 0; }
summary { cursor: pointer; padding: .25rem 0; color: var(--link); }
.replay { display: flex; gap: .5rem; align-items: flex-start; }
.replay pre { flex: 1; min-width: 0; margin: 0; padding: .6rem .75rem; background: var(--panel); border: 1px solid var(--line); border-radius: 6px;
  overflow-x: auto; white-space: pre; }
button { font: inherit; font-size: .9rem; padding: .45rem .9rem; border: 1px solid var(--line); border-radius: 6px; background: var(--page); color: var(--link); cursor: pointer; }
button:hover { background: var(--panel); }
.problem { background: var(--warn-panel); border-left: 4px solid var(--warn); padding: .75rem 1rem; margin: 0 0 1rem; white-space: pre-wrap; }

svg text { font: 12px ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: var(--text); }
svg .lane { stroke: var(--lane); }
svg .who { fill: var(--page); stroke: var(--line); }
svg .name { font-weight: 700; }
svg .quiet { fill: var(--soft); }
svg .rule { stroke: var(--lane); stroke-dasharray: 2 4; }
svg .arrow { stroke: var(--text); stroke-width: 1.5; fill: none; }
svg .head { fill: var(--text); stroke: none; }
svg .veil { fill: var(--panel); }
svg .fatal .arrow { stroke: var(--bad); stroke-width: 3.5; }
svg .fatal .head, svg .fatal .on { fill: var(--bad); }
svg .fatal .on { font-weight: 700; }
svg .fault .arrow { stroke: var(--warn); stroke-dasharray: 6 4; }
svg .cross { stroke: var(--warn); stroke-width: 3; }
svg .fault .on { fill: var(--warn); }
svg .note { fill: var(--page); stroke: var(--line); }
svg .note.key { fill: var(--bad-panel); stroke: var(--bad); }
svg .badge { fill: var(--bad); }
svg .number { fill: var(--page); font-weight: 700; font-size: 11px; }
svg .row:target .hit, svg .row.marked .hit { fill: var(--link); fill-opacity: .15; }
svg .hit { fill: transparent; }

figure { margin: 1rem 0; max-width: 46rem; }
figcaption, caption { color: var(--soft); font-size: .9rem; text-align: left; padding: .25rem 0; }
.numbers { overflow-x: auto; margin: 0 0 1.5rem; }
.plot { display: block; width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); }
.plot .curve { fill: none; stroke: var(--series); stroke-width: 2; }
.plot circle { fill: var(--series); }
.plot .series-0 { --series: var(--link); }
.plot .series-1 { --series: var(--good); }
.plot .series-2 { --series: var(--bad); }
.plot .series-3 { --series: var(--warn); }
`;
