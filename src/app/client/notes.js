// @ts-check

/**
 * Adds notes without a new page: the stream shows them when they have happened.
 *
 * @param {HTMLFormElement} form
 * @param {(trouble: string | null) => void} told
 * @param {AbortSignal} signal ends it
 */
export function mountNotes(form, told, signal) {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("text"));
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const text = field.value;
    const body = new URLSearchParams({ text });
    // At once: by the time of the answer, the next note may be in it.
    field.value = "";
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
      if (!response.ok) throw new Error(`the app answered ${response.status}`);
      told(null);
    } catch {
      if (field.value === "") field.value = text;
      told("The note was not added. Please try again.");
    }
  };
  form.addEventListener("submit", submit, { signal });
}
