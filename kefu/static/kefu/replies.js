/* Quick replies in a composer: `;` opens the list, arrows choose, Enter fills in; empty variables are asked about. */
(() => {
  "use strict";
  const BOX = "[data-replies]", OPENS = /(^|\s)[;\uff1b]$/;
  const field = (box) => box.closest("form")?.querySelector("textarea[name=words]");
  const box_of = (it) => it.closest("form")?.querySelector(BOX);
  const pop_of = (box) => box.querySelector(".replies-pop");
  const noting = (box) => box.closest("form")?.querySelector("[name=mode]:checked")?.value === "note";
  const options = (box) => Array.from(box.querySelectorAll("[role=option]"));

  // ---- the list
  const open = (box) => {
    const pop = pop_of(box), search = pop.querySelector("input");
    pop.hidden = false;
    place(box);
    search.value = "";
    delete box.dataset.taking;
    search.focus();
    search.dispatchEvent(new Event("kefu:find"));
  };
  // Above the composer where there is room, else below it; the list takes what is left of the window.
  const place = (box) => {
    const pop = pop_of(box), at = box.getBoundingClientRect(), least = 260, rim = 130;
    const above = at.top - 56, below = window.innerHeight - at.bottom;
    const down = above < least + rim && below > above;
    pop.classList.toggle("down", down);
    pop.querySelector("ul").style.maxHeight = `${Math.max(140, Math.min(380, (down ? below : above) - rim))}px`;
  };
  const close = (box, back = true) => {
    pop_of(box).hidden = true;
    if (back) field(box)?.focus();
  };
  const choose = (box, option) => {
    const search = pop_of(box).querySelector("input");
    options(box).forEach((o) => o.setAttribute("aria-selected", String(o === option)));
    if (!option) return search.removeAttribute("aria-activedescendant");
    search.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const chosen = (box) => options(box).find((o) => o.getAttribute("aria-selected") === "true");
  const step = (box, by) => {
    const those = options(box), at = those.indexOf(chosen(box));
    if (those.length) choose(box, those[(at + by + those.length) % those.length]);
  };

  // ---- filling in
  const blanks = (box, text) => {
    const known = new Set(box.dataset.variables.split("|"));
    return Array.from(text.matchAll(/[{\uff5b]([^{}\uff5b\uff5d]*)[}\uff5d]/g)).filter((m) => known.has(m[1].trim()));
  };
  const to_blank = (box) => {
    const words = field(box), first = blanks(box, words.value)[0];
    words.focus();
    if (first) words.setSelectionRange(first.index, first.index + first[0].length);
  };
  const insert = (words, text) => {
    words.focus();
    words.setRangeText(text, words.selectionStart, words.selectionEnd, "end");
    words.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const use = (box, option) => {
    const words = field(box);
    if (!words) return;
    close(box);
    insert(words, option.dataset.text);
    box.querySelector("[name=quick_reply]").value = option.dataset.reply;
    to_blank(box);
  };

  // Who types fast and presses Enter means what the letters will find, not what still stands there.
  const asked = (box) => pop_of(box).querySelector("input").value.trim();
  const take = (box) => {
    if (box.querySelector("[data-q]")?.dataset.q.trim() !== asked(box)) { box.dataset.taking = asked(box); return; }
    const option = chosen(box) ?? options(box)[0];
    delete box.dataset.taking;
    if (option) use(box, option);
  };

  // ---- keys: in the list before the desk's own
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.(BOX);
    if (box && !pop_of(box).hidden) {
      const does = {
        ArrowDown: () => step(box, 1), ArrowUp: () => step(box, -1), Escape: () => close(box),
        Enter: () => take(box),
      }[event.key];
      if (!does || event.isComposing || !event.target.matches("input")) return;
      event.preventDefault();
      event.stopPropagation();
      return does();
    }
    const free = !event.target.matches?.("input, textarea, select, [contenteditable]") && !event.ctrlKey && !event.metaKey && !event.altKey;
    const only = document.querySelector(BOX);
    if (free && only && (event.key === ";" || event.key === "\uff1b") && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      open(only);
    }
  }, true);
  document.addEventListener("input", (event) => {
    const words = event.target, box = words.matches?.("textarea[name=words]") && box_of(words);
    if (!box || event.isComposing) return;
    if (!words.value.trim()) box.querySelector("[name=quick_reply]").value = "";
    box.querySelector("[name=with_blanks]").checked = false;
    warn(box, []);
    if (noting(box)) return;
    const at = words.selectionStart;
    if (event.inputType?.startsWith("insert") && OPENS.test(words.value.slice(0, at))) {
      words.setRangeText("", at - 1, at, "end");
      open(box);
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const box = event.target.closest?.(BOX);
    if (!box || !event.target.matches("[role=listbox]")) return;
    choose(box, options(box)[0]);
    if (box.dataset.taking === asked(box)) take(box);
  });

  // ---- clicks
  document.addEventListener("click", (event) => {
    const it = event.target, box = it.closest(BOX);
    const opens = it.closest("[data-opens]"), option = it.closest("[data-reply]"), variable = it.closest("[data-insert]");
    if (opens && box) { event.preventDefault(); return pop_of(box).hidden ? open(box) : close(box); }
    if (option && box) return use(box, option);
    if (variable) {
      const words = document.querySelector("textarea[data-words]");
      insert(words, `{${variable.dataset.insert}}`);
      return document.body.dispatchEvent(new Event("kefu:written"));
    }
    if (box && it.closest("[data-fill]")) { warn(box, []); return to_blank(box); }
    if (box && it.closest("[data-anyway]")) {
      box.querySelector("[name=with_blanks]").checked = true;
      warn(box, []);
      return box.closest("form").requestSubmit();
    }
    for (const other of document.querySelectorAll(BOX)) if (other !== box && !pop_of(other).hidden) close(other, false);
  });

  // ---- what nobody filled in is asked about before it goes out
  const warn = (box, found) => {
    const said = box.querySelector(".replies-warn");
    said.hidden = !found.length;
    said.querySelector("p").textContent = box.dataset.ask + [...new Set(found.map((m) => `{${m[1].trim()}}`))].join(" ");
    if (found.length) said.querySelector("[data-fill]").focus();
  };
  document.addEventListener("submit", (event) => {
    const box = event.target.querySelector?.(BOX), words = box && field(box);
    if (!words || noting(box) || box.querySelector("[name=with_blanks]").checked) return;
    const found = blanks(box, words.value);
    warn(box, found);
    if (found.length) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
})();
