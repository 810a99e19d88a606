/**
 * The only script of the report. A link opens the card that it leads to, or into, also when the page is opened with it
 * and when it leads to where one is already. Arrow keys go through the steps of a picture. The copy buttons are hidden until it runs, so that nobody finds a button
 * that does nothing; a page opened from disk may have no clipboard, and then the text is selected and copied the old way.
 */
export const SCRIPT = `
function reveal(hash) {
  const target = hash.length > 1 ? document.getElementById(hash.slice(1)) : null;
  const closed = [];
  for (let at = target; at !== null; at = at.parentElement) if (at.matches("details:not([open])")) closed.push(at);
  const card = target?.matches(".cell") ? target.querySelector("details:not([open])") : null;
  if (card !== null && card === target.firstElementChild) closed.push(card);
  for (const each of closed) each.open = true;
  if (closed.length > 0) target.scrollIntoView();
}
addEventListener("hashchange", () => reveal(location.hash));
addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (link) reveal(link.hash);
});
reveal(location.hash);
for (const picture of document.querySelectorAll(".picture")) {
  const told = picture.nextElementSibling;
  const steps = [...picture.querySelectorAll("g.row")];
  let at = -1;
  const mark = (next) => {
    steps[at]?.classList.remove("marked");
    at = next;
    const step = steps[at];
    step.classList.add("marked");
    step.scrollIntoView({ block: "nearest", inline: "nearest" });
    told.textContent = step.querySelector("title").textContent;
  };
  told.textContent = "\u2191 and \u2193 go through the steps";
  told.hidden = steps.length === 0;
  picture.addEventListener("keydown", (event) => {
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: steps.length - 1 }[event.key];
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey || next < 0 || next >= steps.length) return;
    event.preventDefault();
    mark(next);
  });
  steps.forEach((step, index) => step.addEventListener("click", () => mark(index)));
}
for (const button of document.querySelectorAll("button[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    let done = false;
    try {
      await navigator.clipboard.writeText(source.textContent);
      done = true;
    } catch {
      getSelection().selectAllChildren(source);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Selected: press Ctrl+C";
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
`;
