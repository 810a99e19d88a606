/** Light and dark by the reader's choice, one column that fits a phone, and a focus that shows. */
export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1b1f24, #e8eaed); --soft: light-dark(#57606a, #a0a8b2); --line: light-dark(#8c959f, #6e7681);
  --page: light-dark(#f3f4f6, #0f1216); --card: light-dark(#fff, #191d23); --accent: light-dark(#0b57d0, #8ab4f8); --on: light-dark(#fff, #0f1216);
  --alert: light-dark(#a40e26, #ff9492); --hover: light-dark(#eef3fb, #232a33); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; align-content: center; justify-items: center; padding: 1.5rem 1rem;
  font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); }
main { width: 100%; max-width: 26rem; padding: 1.75rem; background: var(--card); border-radius: .75rem; box-shadow: 0 1px 4px #0003; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1rem; }
p { margin: .5rem 0; }
p + ul, p + form { margin-top: 1rem; }
ul { margin: 0; padding: 0; list-style: none; display: grid; gap: .5rem; }
form { margin: 0; }
label { display: block; margin: .75rem 0 .25rem; font-weight: 600; }
input { width: 100%; padding: .6rem .75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .4rem; }
button { padding: .6rem 1rem; font: inherit; font-weight: 600; color: inherit; background: transparent; border: 1px solid var(--line);
  border-radius: .4rem; cursor: pointer; }
button:hover { background: var(--hover); }
button.main { margin-top: 1rem; width: 100%; color: var(--on); background: var(--accent); border-color: transparent; }
button.main:hover { filter: brightness(1.1); }
button.choice { width: 100%; text-align: start; }
button.choice small { display: block; font-weight: 400; }
button.plain { padding-inline: 0; color: var(--accent); border-color: transparent; text-decoration: underline; background: transparent; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
summary { cursor: pointer; font-weight: 600; }
details { margin-top: 1.75rem; }
small, .soft { color: var(--soft); font-size: .875rem; }
.alert { margin: 1rem 0 0; padding: .6rem .75rem; color: var(--alert); border: 1px solid currentColor; border-radius: .4rem; }
.row { display: flex; flex-wrap: wrap; gap: .5rem 1rem; margin-top: 1rem; align-items: center; }
footer { max-width: 26rem; margin-top: 1rem; text-align: center; text-wrap: balance; }
`;
