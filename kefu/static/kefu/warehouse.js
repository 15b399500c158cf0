/* The warehouse desk's live parts: a field that keeps the focus, scans in a row of their own, keys, photos, a beep.
   Without them the page's forms do the same work. */
(() => {
  "use strict";
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const one = (selector, within = document) => within.querySelector(selector);
  const field = one("#scan");
  if (!field) return;
  const form = field.form, touch = matchMedia("(pointer: coarse)").matches;
  const typing = (it) => it?.matches?.("input:not([type=radio]):not([type=checkbox]):not([type=file]), textarea, select");

  // ---- sound: off until somebody wants it, remembered by this device
  const KEY = "kefu-warehouse-sound", sound = one("[data-sound]");
  const kept = (value) => { try { return value === undefined ? localStorage.getItem(KEY) : localStorage.setItem(KEY, value); } catch { return null; } };
  let loud = kept() === "on", audio = null;
  const NOTES = { good: [[880, 0.09]], done: [[520, 0.08]], ours: [[660, 0.08]], soon: [[440, 0.12], [440, 0.12]], late: [[180, 0.4]] };
  const showSound = () => {
    sound?.setAttribute("aria-pressed", String(loud));
    const word = one("b", sound ?? document);
    if (sound && word) word.textContent = loud ? word.dataset.on : word.dataset.off;
  };
  const beep = (tone) => {
    if (!loud || !NOTES[tone]) return;
    audio = audio ?? new AudioContext();
    let at = audio.currentTime;
    for (const [pitch, length] of NOTES[tone]) {
      const tune = audio.createOscillator(), volume = audio.createGain();
      tune.frequency.value = pitch;
      volume.gain.setValueAtTime(0.2, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + length);
      tune.connect(volume).connect(audio.destination);
      tune.start(at);
      tune.stop(at + length);
      at += length + 0.06;
    }
  };
  sound?.addEventListener("click", () => { loud = !loud; kept(loud ? "on" : "off"); showSound(); beep("good"); home(); });
  showSound();

  // ---- the focus: back in the field, unless a person is writing or choosing; a phone's keyboard stays away
  const home = () => { if (!touch) field.focus({ preventScroll: true }); };
  document.addEventListener("focusout", () => setTimeout(() => {
    if (document.activeElement === document.body && !one("dialog[open]") && !document.hidden) home();
  }, 150));
  if (document.activeElement === document.body) home();  // autofocus waits for the first picture; a scanner does not

  // ---- scans wait for each other, so that none is lost and each gets its own answer
  const waiting = [];
  let working = false;
  const failed = (number) => {
    const told = one("#wh-failed").content.cloneNode(true);
    one("[data-number]", told).textContent = number;
    one("#work > .verdict")?.remove();
    one("#work").prepend(told);
    beep("late");
  };
  const send = async () => {
    if (working) return;
    working = true;
    while (waiting.length) {
      const number = waiting.shift();
      one("#wh-busy").hidden = false;
      answered = false;
      try {
        await htmx.ajax("POST", form.action, { target: "#work", swap: "outerHTML", values: { number, csrfmiddlewaretoken: form.csrfmiddlewaretoken.value } });
      } catch { /* said below */ }
      if (!answered) failed(number);
    }
    working = false;
    one("#wh-busy").hidden = true;
  };
  let answered = false;
  form.addEventListener("submit", (event) => {
    if (!window.htmx) return;
    event.preventDefault();
    event.stopPropagation();  // a press counts once elsewhere; here a second scan is a second parcel
    if (!field.value.trim()) return;
    waiting.push(field.value);
    field.value = "";
    send();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (new URL(event.detail.xhr.responseURL || location.href).pathname.includes("/login/")) {  // logged out meanwhile
      event.detail.shouldSwap = false;
      location.reload();
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "work" && event.target?.id !== "work") return;
    answered = true;
    const work = one("#work");
    beep(work.dataset.tone);
    one(".errors", work)?.scrollIntoView({ block: "nearest" });
    if (one(".errors", work)) { put(one(".wh-part.wrong", work) ?? parts()[0]); return; }
    home();
  });
  for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(kind, (event) => { if (!working && event.detail.elt?.closest?.("#work")) failed(""); });
  }

  // ---- keys in the unpacking: lines, pieces, conditions
  const parts = () => all("#work [data-part]").filter((p) => !p.closest("details:not([open])"));
  const cursor = () => one("#work .wh-part.cursor");
  const put = (part) => {
    all("#work .wh-part.cursor").forEach((p) => p.classList.remove("cursor"));
    if (!part) return;
    part.classList.add("cursor");
    (one("input[type=radio]:checked", part) ?? one("input[type=radio]", part)).focus({ preventScroll: true });
    part.scrollIntoView({ block: "nearest" });
  };
  const go = (by) => {
    const those = parts(), at = those.indexOf(cursor());
    if (!those.length) return;
    if (at + by < 0) { put(null); return home(); }
    if (at + by >= those.length) return one("#work [data-book]")?.focus();
    put(those[at < 0 && by < 0 ? those.length - 1 : at + by]);
  };
  const pieces = (by) => one(`[data-add="${by}"]`, cursor())?.click();
  const judge = (n) => { const box = all("input[type=radio]", cursor())[n - 1]; if (box) { box.checked = true; box.focus(); } };
  const press = {
    ArrowDown: () => go(1), ArrowUp: () => go(-1), ArrowRight: () => pieces(1), ArrowLeft: () => pieces(-1),
    "+": () => pieces(1), "-": () => pieces(-1), 1: () => judge(1), 2: () => judge(2), 3: () => judge(3),
    a: () => one("#work [data-all-good]")?.click(), c: () => one("#work [data-photos] input[type=file]")?.click(),
    Enter: () => one("#work [data-book]")?.click(), Escape: () => { put(null); home(); }, "?": () => one("#keys")?.showModal(),
  };
  const digit = (key) => one(`#work[data-asks] [data-digit="${key}"]`);

  // A hand scanner is a keyboard too: what comes faster than fingers is a number, wherever the focus is, whatever is
  // asked. So a key alone waits a moment before it counts: the rest of a number would be another number.
  const TOGETHER = 160;  // milliseconds between the keys of the slowest scanners
  let burst = "", before = "", last = 0, later = 0;
  const flush = () => {
    const keys = burst;
    clearTimeout(later);
    later = 0;
    burst = "";
    if (keys.length === 1 && act(keys)) return;
    if (keys && !cursor() && !one("#work[data-asks]")) begun(keys);  // a hand begins to type a number
  };
  const act = (key) => {
    if (digit(key)) { digit(key).click(); return true; }
    if (!press[key] || !cursor() && /^[0-9-]$/.test(key)) return false;
    press[key]();
    return true;
  };
  // What stood in the field before goes; what came after, when the focus had found its way there, stays.
  const begun = (keys) => { field.value = keys + field.value.slice(before.length); put(null); field.focus({ preventScroll: true }); };
  const scanned = () => { const keys = burst; clearTimeout(later); later = 0; burst = ""; begun(keys); };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || one("dialog[open]")) return;
    const it = event.target, key = event.key;
    if (it === field) return inField(event, key);
    if (typing(it) && !it.closest("[data-part]")) return;
    if (typing(it) && /^[0-9]$/.test(key)) return;  // a quantity that is typed
    if (key.length === 1 && /[\w-]/.test(key)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const now = event.timeStamp;  // when it was pressed: a busy page hears of it later
      if (now - last > TOGETHER) flush();
      if (document.activeElement === field) { field.value += key; return; }
      if (!burst) before = field.value;
      burst += key;
      last = now;
      clearTimeout(later);
      if (burst.length >= 4) return scanned();
      later = setTimeout(flush, TOGETHER + 10);
      return;
    }
    if (!["Shift", "CapsLock"].includes(key)) flush();
    if (key === "Enter" && it.matches?.("button, a, summary, label")) return;
    if (!cursor() && !["ArrowDown", "Escape", "?"].includes(key)) return;
    if (press[key]) { event.preventDefault(); event.stopImmediatePropagation(); press[key](); }
  }, true);
  const inField = (event, key) => {
    if (key === "Escape") { field.value = ""; event.stopImmediatePropagation(); return; }
    if (field.value) return;
    if (key === "ArrowDown" && parts().length) { event.preventDefault(); return put(parts()[0]); }
    if (key === "?") { event.preventDefault(); return one("#keys")?.showModal(); }
    if (digit(key)) { event.preventDefault(); choose(key); }
  };
  // A digit in the empty field answers the question, unless more follow at once: then it was a scan.
  const choose = (key) => {
    field.value = key;
    setTimeout(() => { if (field.value === key) { field.value = ""; digit(key)?.click(); } }, TOGETHER);
  };
  document.addEventListener("click", (event) => { const part = event.target.closest?.("[data-part]"); if (part) { all("#work .wh-part.cursor").forEach((p) => p.classList.remove("cursor")); part.classList.add("cursor"); } });

  // ---- photos go up at once, each with its progress; the form carries on meanwhile
  const up = (box, file) => {
    const item = document.createElement("li"), image = document.createElement("img"), bar = document.createElement("progress");
    image.src = URL.createObjectURL(file);
    image.alt = file.name;
    bar.max = 1;
    item.append(image, bar);
    one("ul", box).append(item);
    const wrong = (why) => { item.className = "failed"; item.textContent = why || box.dataset.failed; item.setAttribute("role", "alert"); };
    const body = new FormData(), request = new XMLHttpRequest();
    body.append("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
    body.append("upload", file);
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
    request.onerror = () => { wrong(""); };
    request.onload = () => {
      let said = {};
      try { said = JSON.parse(request.responseText); } catch { /* no answer of ours */ }
      if (request.status === 200 && said.pk) bar.remove(); else wrong(said.why);
    };
    const ended = new Promise((done) => { request.onloadend = done; });
    request.open("POST", box.dataset.address);
    request.send(body);
    uploads.add(ended);
    ended.then(() => uploads.delete(ended));
  };
  const uploads = new Set();
  document.addEventListener("change", (event) => {
    const box = event.target.closest?.("[data-photos]");
    if (!box || event.target.type !== "file") return;
    for (const file of event.target.files) up(box, file);
    event.target.value = "";
  });
  // What is booked names the photos: it waits for those that are still on their way.
  document.addEventListener("htmx:confirm", (event) => {
    if (!uploads.size || !event.target.matches?.("[data-unpack]")) return;
    event.preventDefault();
    one("#wh-busy").hidden = false;
    Promise.allSettled([...uploads]).then(() => { one("#wh-busy").hidden = true; event.detail.issueRequest(true); });
  });
})();
