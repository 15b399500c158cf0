/* The desk's live parts: ticking countdowns, keys, steppers, the switch. Every page works without them. */
(() => {
  "use strict";
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const one = (selector) => document.querySelector(selector);
  document.documentElement.classList.add("scripted-page");

  // ---- countdowns: the server said it once, here it goes on
  const words = one("#countdown")?.dataset ?? {};
  const say = (pattern, parts) => (pattern ?? "").replace(/%\((\w)\)s|%s/g, (_, part) => (part ? parts[part] : parts));
  const span = (seconds) => {
    const d = Math.floor(seconds / 86400), h = Math.floor(seconds / 3600) % 24, m = Math.floor(seconds / 60) % 60;
    return say(d ? words.days : h ? words.hours : m ? words.minutes : words.seconds, { d, h, m, s: seconds % 60 });
  };
  const tick = () => {
    const now = Math.floor(Date.now() / 1000);
    for (const time of all("time[data-due]")) {
      const left = Number(time.dataset.due) - now, shown = time.querySelector("[data-left]");
      const said = left > 0 ? say(words.left, span(left)) : say(words.over, span(-left));
      if (shown && said && shown.textContent !== said) shown.textContent = said;
      const due = time.closest(".due");
      if (due && !due.classList.contains("tone-held")) {
        const tone = left <= 0 ? "late" : left <= Number(time.dataset.warn) ? "soon" : "";
        if (tone === "late" || (tone === "soon" && due.classList.contains("tone-calm"))) {
          due.classList.remove("tone-calm", "tone-soon");
          due.classList.add(`tone-${tone}`);
        }
      }
    }
    for (const since of all("[data-since]")) {
      const waited = Math.max(0, now - Number(since.dataset.since)), two = (n) => String(n).padStart(2, "0");
      const m = Math.floor(waited / 60) % 60, h = Math.floor(waited / 3600), s = two(waited % 60);
      since.textContent = waited >= 86400 ? span(waited) : h ? `${h}:${two(m)}:${s}` : `${m}:${s}`;
    }
    for (const ring of all("[data-ring]")) {
      const start = Number(ring.dataset.start), due = Number(ring.dataset.due);
      if (due > start) ring.setAttribute("stroke-dasharray", `${Math.max(0, Math.min(100, (100 * (due - now)) / (due - start)))} 100`);
    }
  };
  tick();
  setInterval(tick, 1000);

  // ---- a queue's rows: where the cursor is, which are ticked; both outlive a refresh
  let cursor = null;
  const rows = () => all("[data-row]");
  const put = (row) => {
    all("[data-row].cursor").forEach((r) => r.classList.remove("cursor"));
    if (!row) return;
    cursor = row.dataset.row;
    row.classList.add("cursor");
    row.querySelector("a.open")?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const move = (by) => {
    const those = rows(), at = those.findIndex((r) => r.dataset.row === cursor);
    put(those[Math.max(0, Math.min(those.length - 1, at < 0 ? 0 : at + by))]);
  };
  const count = () => {
    const ticked = all("#queue input[name=pk]:checked").length, said = one("[data-picked]");
    if (said) {
      said.dataset.word = said.dataset.word || said.textContent;
      said.textContent = ticked ? `${said.dataset.word} ${ticked}` : said.dataset.word;
    }
    for (const box of all("#queue input[name=pk]")) box.closest("tr")?.classList.toggle("ticked", box.checked);
  };
  document.addEventListener("change", (event) => {
    const it = event.target;
    if (it.matches("[data-all]")) all("#queue input[name=pk]").forEach((box) => { box.checked = it.checked; });
    if (it.matches("[data-all], #queue input[name=pk]")) count();
    if (it.matches("[data-submits]")) it.form.submit();
  });
  // Nothing moves under a hand: a queue with ticked rows, or an open explanation, waits with its refresh.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const it = event.target;
    if (it.id === "queue" && it.querySelector("input[name=pk]:checked, .due:focus, .due:hover, button:focus")) event.preventDefault();
    if (it.id === "people" && it.querySelector("button:focus, button:hover")) event.preventDefault();
    if (document.hidden && it.id !== "queues" && !it.matches("[data-beats]")) event.preventDefault(); // a desk behind another window is there
  });
  // How many customers wait for this very person stands in the tab's title, also while it lies behind others.
  const title = document.title;
  const call = () => {
    const waiting = Number(one("#queues")?.dataset.waiting ?? 0);
    document.title = waiting ? `(${waiting}) ${title}` : title;
  };
  call();
  document.addEventListener("htmx:afterSwap", () => {
    tick();
    count();
    call();
    const row = cursor && rows().find((r) => r.dataset.row === cursor);
    if (row) {
      row.classList.add("cursor");
      if (document.activeElement === document.body) row.querySelector("a.open")?.focus({ preventScroll: true });
    }
  });

  // ---- keys
  let going = false, sitting = false;
  const typing = (it) => it.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
  const keys = {
    "/": () => one("#find")?.select() ?? one("#find")?.focus(),
    "?": () => one("#keys")?.showModal(),
    j: () => move(1),
    k: () => move(-1),
    x: () => { const box = one("[data-row].cursor input[name=pk]"); if (box) { box.checked = !box.checked; count(); } },
    m: () => one("[data-main]")?.focus(),
    s: () => { sitting = true; setTimeout(() => { sitting = false; }, 1500); },
    g: () => { going = true; setTimeout(() => { going = false; }, 1500); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target) || one("dialog[open]")) return;
    if (going && /^[1-9]$/.test(event.key)) return all("#queues a")[Number(event.key) - 1]?.click();
    if (sitting && /^[1-3]$/.test(event.key)) return all("#seat button")[Number(event.key) - 1]?.click();
    if (event.key === "Enter" && event.target === document.body) return one("[data-row].cursor a.open")?.click();
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });

  // ---- small hands
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add]");
    if (add) {
      const input = add.parentElement.querySelector("input"), most = Number(input.max || Infinity);
      input.value = Math.max(Number(input.min || 0), Math.min(most, Number(input.value || 0) + Number(add.dataset.add)));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (event.target.closest("[data-print]")) window.print();
    const copies = event.target.closest("[data-copies]");
    if (copies) {
      const field = one(copies.dataset.copies), said = () => { copies.textContent = copies.dataset.copied; };
      field.select();
      // Only a page that came safely may write the clipboard by itself; else the old command.
      if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(said, () => {});
      else if (document.execCommand("copy")) said();
    }
    if (event.target.closest("[data-keys]")) { event.preventDefault(); one("#keys")?.showModal(); }
    for (const menu of all("details.me[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  // A press counts once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("hx-post")) return;  // it drops a second press by itself
    if (form.method !== "post" || form.dataset.sent) { if (form.dataset.sent) event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 3000);
  });
  if (matchMedia("(max-width: 900px)").matches) all("nav.side > details.fold").forEach((d) => { d.open = false; });
  one(".errors[autofocus]")?.focus();
  one("[data-selects]")?.select();
})();
