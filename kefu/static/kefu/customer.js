/* The customer's page: photos that go up at once and show how far, a carrier read off its number, buttons that copy.
   Every form works without it. */
(() => {
  "use strict";
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const MOST = 10 * 1024 * 1024;
  document.documentElement.classList.add("scripted");

  // ---- what was just done is said once
  if (location.search) history.replaceState(null, "", location.pathname);

  // ---- copying
  for (const button of all("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const words = document.querySelector(button.dataset.copy).innerText;
      try { await navigator.clipboard.writeText(words); } catch { return; }
      const was = button.textContent;
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = was; }, 2000);
    });
  }

  // ---- photos: one request each, three at a time, each with its progress
  const fail = (item, why) => {
    item.classList.add("failed");
    item.querySelector("progress")?.remove();
    item.append(why);
    delete item.dataset.busy;
  };
  const send = (pick, item, file) => new Promise((done) => {
    const body = new FormData(), request = new XMLHttpRequest(), bar = item.querySelector("progress");
    body.append("form", pick.closest("form").elements.form.value);
    body.append("stage", pick.dataset.stage);
    body.append("photos", file);
    request.open("POST", pick.dataset.upload);
    request.responseType = "json";
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
    request.onload = () => {
      if (request.status === 201) {
        const key = Object.assign(document.createElement("input"), { type: "hidden", name: "evidence", value: request.response.key });
        bar.remove();
        delete item.dataset.busy;
        item.append(key);
      } else fail(item, request.response?.why ?? pick.dataset.failed);
      done();
    };
    request.onerror = request.ontimeout = () => { fail(item, pick.dataset.failed); done(); };
    request.timeout = 120000;
    request.send(body);
  });
  for (const pick of all("[data-photos]")) {
    const input = pick.querySelector("input[type=file]"), list = pick.querySelector(".photos"), waiting = [];
    let going = 0;
    const next = async () => {
      if (going >= 3 || !waiting.length) return;
      going += 1;
      await send(pick, ...waiting.shift());
      going -= 1;
      next();
    };
    input.addEventListener("change", () => {
      const files = Array.from(input.files);
      input.value = "";
      all(".failed", list).forEach((item) => item.remove());
      if (files.length + list.children.length > Number(pick.dataset.most)) {
        const item = document.createElement("li");
        list.append(item);
        return fail(item, pick.dataset.many);
      }
      for (const file of files) {
        const item = document.createElement("li"), image = document.createElement("img"), bar = document.createElement("progress");
        image.src = URL.createObjectURL(file);
        image.alt = file.name;
        bar.max = 1;
        item.append(image, bar);
        list.append(item);
        if (file.size > MOST) { fail(item, pick.dataset.large); continue; }
        item.dataset.busy = "1";
        waiting.push([item, file]);
        next();
      }
    });
  }

  // ---- whose number it is: filled in, unless the customer has said so
  for (const number of all("[data-number]")) {
    const carrier = number.closest("form").querySelector("[data-carrier]");
    let timer = 0, said = carrier.value !== "";
    carrier.addEventListener("input", () => { said = carrier.value !== ""; });
    number.addEventListener("input", () => {
      clearTimeout(timer);
      if (said) return;
      timer = setTimeout(async () => {
        try {
          const answer = await fetch(`${number.dataset.guess}?number=${encodeURIComponent(number.value.slice(0, 60))}`);
          if (answer.ok && !said) carrier.value = (await answer.json()).carrier;
        } catch { /* without a net the number alone is enough */ }
      }, 400);
    });
  }

  // ---- a press counts once, and waits for photos
  document.addEventListener("submit", (event) => {
    const form = event.target, busy = form.querySelector("[data-busy]");
    if (busy || form.dataset.sent) {
      event.preventDefault();
      if (busy) {
        const pick = busy.closest("[data-photos]"), said = pick.querySelector(".waits") ?? pick.appendChild(Object.assign(document.createElement("p"), { className: "waits help" }));
        said.textContent = pick.dataset.wait;
      }
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });

  // ---- back after a while: what is the case now, unless something was begun here
  let left = 0, begun = false;
  document.addEventListener("input", () => { begun = true; });
  document.addEventListener("change", () => { begun = true; });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left = Date.now();
    else if (left && !begun && Date.now() - left > 60000) location.assign(location.pathname.replace(/do\/.*$/, ""));
  });
  (document.querySelector("[aria-invalid=true]") ?? document.querySelector("[role=alert]"))?.scrollIntoView({ block: "center" });
})();
