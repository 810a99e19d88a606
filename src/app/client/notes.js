// @ts-check

/**
 * Adds notes without a new page: the stream shows them when they have happened.
 *
 * @param {HTMLFormElement} form
 * @param {(trouble: string | null) => void} told
 */
export function mountNotes(form, told) {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("text"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams({ text: field.value });
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
      if (!response.ok) throw new Error(`the app answered ${response.status}`);
      field.value = "";
      told(null);
    } catch {
      told("The note was not added. Please try again.");
    }
  });
}
