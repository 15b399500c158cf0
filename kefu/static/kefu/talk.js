/* A ticket's page: the words are kept as they are typed, sent by keys, and never lost; everything works without it. */
(() => {
  "use strict";
  const one = (selector, within = document) => within.querySelector(selector);
  const form = one("#composer"), words = one("#words"), typing = one("#typing");
  if (!form) return;
  const mode = () => one("input[name=mode]:checked", form)?.value ?? "note";

  // ---- a draft of each kind outlives whatever happens to the page
  const key = (of) => `draft:${form.dataset.draft}:${of}`;
  const kept = (of) => { try { return sessionStorage.getItem(key(of)) ?? ""; } catch { return ""; } };
  const keep = (of, text) => { try { if (text) sessionStorage.setItem(key(of), text); else sessionStorage.removeItem(key(of)); } catch { /* no room: it still stands in the page */ } };
  let of = mode();
  if (words) {
    if (!words.value && kept(of)) { words.value = kept(of); one("#draft-kept").hidden = false; }
    words.addEventListener("input", () => { keep(of, words.value); wrote = Date.now(); said(); });
    form.addEventListener("change", (event) => {
      if (event.target.name !== "mode") return;
      keep(of, words.value);
      held[of] = Array.from(picker.files);
      of = mode();
      words.value = kept(of);
      pick(held[of] ?? []);
      words.focus();
    });
  }

  // ---- files: what is picked for a note stays with the note
  const picker = one("input[type=file]", form), held = {};
  const named = () => { one(".attach .names").textContent = Array.from(picker.files, (f) => f.name).join(", "); };
  const pick = (files) => {
    const list = new DataTransfer();
    for (const file of files) list.items.add(file);
    picker.files = list.files;
    named();
  };
  picker?.addEventListener("change", named);

  // ---- whether somebody is typing, for the colleagues who look at the same ticket
  let wrote = 0;
  const said = () => { if (typing) { typing.disabled = false; typing.value = Date.now() - wrote < 6000 && words?.value ? "1" : "0"; } };
  setInterval(said, 1000);

  // ---- sending
  let sent = { of, text: "", files: [], given: new FormData() };
  const same = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
  const unsent = (files) => files.filter((f) => !sent.files.some((s) => same(f, s)));
  // What goes with the words: the reply that they were made from, a lead's reason, who is called. Said once.
  const spend = () => {
    for (const input of form.querySelectorAll("[name=quick_reply], [name=why], input[type=checkbox]:checked")) {
      if (!sent.given.getAll(input.name).includes(input.value)) continue;
      if (input.type === "checkbox") input.checked = false; else input.value = "";
    }
  };
  const send = () => form.requestSubmit(one("#send"));
  words?.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target !== form) return;
    if (words.value.trim() || picker.files.length) { sent = { of, text: words.value, files: Array.from(picker.files), given: new FormData(form) }; return; }
    event.preventDefault();
    words.focus();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // A refusal is an answer too: it is shown beside the words.
    if (event.detail.target.id === "composer-told" && [400, 409].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.body.addEventListener("kefu:said", () => {
    // What was typed while it was on its way stays, and what stands in the other kind of words; neither inherits a reason.
    spend();
    one("#once").value = crypto.getRandomValues(new Uint32Array(4)).join("");
    if (kept(sent.of) === sent.text) keep(sent.of, "");
    if (sent.of !== of) { held[sent.of] = unsent(held[sent.of] ?? []); return; }
    pick(unsent(Array.from(picker.files)));
    if (words.value !== sent.text) return;
    words.value = "";
    wrote = 0;
    one("#draft-kept").hidden = true;
    words.dispatchEvent(new Event("input", { bubbles: true }));
    words.focus();
  });
  for (const failed of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(failed, (event) => {
      if (event.target === form) one("#composer-told").replaceChildren(one("#unsent").content.cloneNode(true));
    });
  }

  // ---- what is new: nothing moves under a hand, the end of the story stays in sight
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const it = event.detail.target;
    if (it?.id === "now" && (it.classList.contains("open") || it.contains(document.activeElement) || it.matches(":has(button:hover, a.button:hover)"))) event.detail.shouldSwap = false;
  });

  // ---- @: colleagues by name
  const list = one("#suggests"), people = Array.from(document.querySelectorAll("#colleagues label"));
  let at = -1;
  const close = () => { if (list) { list.hidden = true; list.replaceChildren(); } };
  const typed = () => /@([^\s@]*)$/.exec(words.value.slice(0, words.selectionStart));
  const put = (login) => {
    const start = words.selectionStart - typed()[0].length;
    words.setRangeText(`@${login} `, start, words.selectionStart, "end");
    words.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  };
  const point = (n) => {
    at = (n + list.children.length) % list.children.length;
    Array.from(list.children).forEach((li, i) => li.setAttribute("aria-selected", String(i === at)));
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const suggest = () => {
    const found = mode() === "note" && typed();
    if (!list || !found) return close();
    const like = found[1].toLowerCase();
    const those = people.filter((p) => p.dataset.login.toLowerCase().startsWith(like) || p.dataset.name.toLowerCase().includes(like)).slice(0, 8);
    if (!those.length) return close();
    list.replaceChildren(...those.map((p) => {
      const li = document.createElement("li");
      li.setAttribute("role", "option");
      li.textContent = p.dataset.name === p.dataset.login ? p.dataset.login : `${p.dataset.name} @${p.dataset.login}`;
      li.dataset.login = p.dataset.login;
      return li;
    }));
    list.hidden = false;
    point(0);
  };
  words?.addEventListener("input", suggest);
  words?.addEventListener("keydown", (event) => {
    if (!list || list.hidden || event.isComposing) return;
    const moves = { ArrowDown: () => point(at + 1), ArrowUp: () => point(at - 1), Escape: close, Tab: () => put(list.children[at].dataset.login), Enter: () => put(list.children[at].dataset.login) };
    if (moves[event.key] && !event.ctrlKey && !event.metaKey) { event.preventDefault(); event.stopPropagation(); moves[event.key](); }
  });
  list?.addEventListener("mousedown", (event) => { event.preventDefault(); const li = event.target.closest("li"); if (li) put(li.dataset.login); });
  words?.addEventListener("blur", close);

  // ---- keys of this page: r answers, n notes
  const choose = (value) => { const radio = one(`input[name=mode][value=${value}]:not(:disabled)`, form); if (radio) { radio.checked = true; radio.dispatchEvent(new Event("change", { bubbles: true })); } words?.focus(); };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.matches("input, textarea, select") || one("dialog[open]")) return;
    if (event.key === "r" || event.key === "n") { event.preventDefault(); choose(event.key === "r" ? "reply" : "note"); }
  });
  document.addEventListener("click", (event) => { if (event.target.closest("a[href='#composer']")) { event.preventDefault(); choose("reply"); } });
  if (location.hash === "#composer") words?.focus();
})();
