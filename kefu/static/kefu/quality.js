/* Quality: a better wording one click away; y and n judge the finding under the cursor. Everything works without it. */
(() => {
  "use strict";
  const one = (selector, within = document) => within.querySelector(selector);

  // ---- the composer's hints
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mend]"), words = one("#words");
    if (!button || !words) return;
    words.focus();
    words.setRangeText(button.dataset.text, Number(button.dataset.start), Number(button.dataset.end), "end");
    words.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const why = one("#quality-why");
    if (event.detail.target.id === "quality-hints" && why) why.open = one("[data-blocked='1']", event.detail.target) !== null;
  });

  // ---- the queue
  const row = () => one(".quality-row.cursor") ?? one(".quality-row:not(:has([aria-pressed=true]))");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.matches("input, textarea, select") || one("dialog[open]")) return;
    const here = row(), button = here && one(`[data-key="${CSS.escape(event.key)}"]`, here);
    if (!button) return;
    event.preventDefault();
    const next = here.nextElementSibling;
    button.form.requestSubmit(button);
    document.querySelectorAll(".quality-row.cursor").forEach((it) => it.classList.remove("cursor"));
    next?.classList.add("cursor");
    next?.scrollIntoView({ block: "nearest" });
  });
})();
