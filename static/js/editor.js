// The page where a draft is written. What is typed is saved by itself, with the text the typing began from: what
// others save in other sections comes in, in the same section both texts are shown. While the line is down it stays on
// this device (js/offline.js keeps it). Without this file the page is one form. ES2019, no inline code (strict CSP).
//   [data-editor]   data-save-url; [data-draft] the form; [data-saved] says how far it is
//   [data-sheets]   a document, laid out as sheets of A4
(function () {
  "use strict";

  // --- the document as sheets

  function layOut(preview) {
    const sheet = preview.querySelector(".zs-doc-sheet");
    if (!sheet || window.matchMedia("(max-width: 767px)").matches) return;
    const parts = Array.from(sheet.children);
    let page = sheet;
    let count = 1;
    page.textContent = "";
    page.classList.add("is-sheet");
    const room = page.clientHeight - parseFloat(window.getComputedStyle(page).paddingBottom);
    const close = () => {
      const number = document.createElement("span");
      number.className = "zs-sheet-number";
      number.textContent = `— ${count} —`;
      page.append(number);
    };
    parts.forEach((part) => {
      page.append(part);
      if (part.offsetTop + part.offsetHeight <= room || page.children.length === 1) return;
      part.remove();
      const headings = []; // never alone at the foot of a sheet
      while (page.children.length > 1 && /^H[2-5]$/.test(page.lastElementChild.nodeName)) {
        headings.unshift(page.lastElementChild);
        page.lastElementChild.remove();
      }
      close();
      const next = page.cloneNode(false);
      page.after(next);
      page = next;
      count += 1;
      page.append(...headings, part);
      if (part.offsetHeight > room) page.classList.remove("is-sheet"); // taller than a sheet: shown whole
    });
    close();
  }

  const layOutAll = (within) => within.querySelectorAll("[data-sheets]").forEach(layOut);
  layOutAll(document);
  document.addEventListener("htmx:afterSwap", (event) => layOutAll(event.target));

  const desk = document.querySelector("[data-editor]");
  if (!desk) return;
  const form = desk.querySelector("[data-draft]");
  const fields = Array.from(form.querySelectorAll("textarea[name^=section_]"));
  const bases = new Map(fields.map((field) => [field, field.defaultValue])); // what the typing began from
  const clashes = new Set();
  const WAIT = 1500; // after the last key
  const AGAIN = 15000; // between two tries
  const PATIENCE = 20000;
  let timer = 0;
  let running = null;

  const isTyped = (field) => field.value !== bases.get(field);
  const typed = () => fields.filter((field) => isTyped(field) && !clashes.has(field));

  function say(text, isKept) {
    document.querySelectorAll("[data-saved]").forEach((place) => {
      place.textContent = text;
      place.classList.toggle("is-kept", Boolean(isKept));
    });
  }

  // --- kept on this device until it is saved

  function keep() {
    if (!window.zsKept) return Promise.resolve();
    const rows = fields.filter(isTyped).map((field) => [field.name, field.value, bases.get(field)]);
    return (rows.length ? window.zsKept.keep(rows) : window.zsKept.drop()).catch(() => {});
  }

  async function takeUp() {
    const kept = window.zsKept ? await window.zsKept.find().catch(() => null) : null;
    if (!kept) return;
    kept.fields.forEach(([name, value, base]) => {
      const field = fields.find((each) => each.name === name);
      if (!field || field.value === value) return;
      if (field.value === base) field.value = value;
      else clash(field, value, field.value);
    });
    if (typed().length) {
      say("已取回这台设备上没有保存的文字", true);
      save();
    }
  }

  // --- saving

  async function send(rows) {
    const body = new URLSearchParams();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("version", form.elements.version.value);
    rows.forEach(([field, text]) => {
      body.append(field.name, text);
      body.append(field.name.replace("section_", "base_"), bases.get(field));
    });
    const stop = new AbortController();
    const clock = window.setTimeout(() => stop.abort(), PATIENCE);
    try {
      return await fetch(desk.dataset.saveUrl, {
        method: "POST", body, credentials: "same-origin", cache: "no-store", redirect: "manual",
        headers: { Accept: "application/json" }, signal: stop.signal,
      });
    } catch (error) {
      return null;
    } finally {
      window.clearTimeout(clock);
    }
  }

  async function saveOnce() {
    const rows = typed().map((field) => [field, field.value]);
    if (!rows.length) return !clashes.size;
    say("正在保存……");
    await keep();
    const response = navigator.onLine ? await send(rows) : null;
    if (response === null || response.status >= 500) {
      say("线路不通，文字存在这台设备上，恢复后自动保存", true);
      schedule(AGAIN);
      return false;
    }
    if (response.type === "opaqueredirect") {
      say("登录已过期，文字存在这台设备上；重新登录后打开本页接着保存", true);
      return false;
    }
    if (!response.ok) {
      say("没有保存：本期已不能修改，或您已没有权限。文字仍在本页，请另行复制", true);
      return false;
    }
    return read(await response.json(), rows);
  }

  function read(answer, rows) {
    if (answer.errors) {
      say(`没有保存：${answer.errors.join("；")}`, true);
      return false;
    }
    if (answer.conflicts) {
      answer.conflicts.forEach((row) => {
        const field = fields.find((each) => each.name === `section_${row.section}`);
        if (field) clash(field, field.value, row.theirs);
      });
      say("有一段他人也改了，请在那一段选择", true);
      return false;
    }
    form.elements.version.value = answer.version;
    const sent = new Map(rows);
    fields.forEach((field) => {
      const text = answer.texts[field.name.replace("section_", "")];
      if (text === undefined) return;
      if (sent.has(field)) {
        if (field.value === sent.get(field) && field.value !== text) replace(field, text); // cleaned by the server
        bases.set(field, text);
        const section = field.closest("[data-section]");
        section.querySelectorAll("[data-until-touched]").forEach((mark) => mark.remove());
        document.querySelectorAll(`[data-until-touched="${section.id}"]`).forEach((mark) => mark.remove());
      } else if (!isTyped(field) && !clashes.has(field)) {
        if (field.value !== text) replace(field, text); // somebody else wrote here
        bases.set(field, text);
      }
    });
    const now = new Date();
    say(`已保存 ${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`);
    keep();
    refresh();
    return !typed().length || null;
  }

  async function save() {
    window.clearTimeout(timer);
    if (running) await running;
    running = saveOnce();
    const done = await running;
    running = null;
    if (done === null) schedule(WAIT); // typed on meanwhile
    return done !== false;
  }

  function schedule(wait) {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, wait);
  }

  function replace(field, text) {
    const place = field.selectionStart;
    field.value = text;
    if (document.activeElement === field) field.setSelectionRange(place, place);
  }

  function refresh() {
    const side = desk.querySelector(".zs-desk-side");
    const top = side.scrollTop;
    document.addEventListener("htmx:afterSettle", () => { side.scrollTop = top; }, { once: true });
    if (window.htmx) window.htmx.trigger("#side", "zs-saved");
  }

  // --- two texts of one section

  function clash(field, mine, theirs) {
    clashes.add(field);
    field.value = mine;
    const place = field.closest(".zs-typed");
    place.querySelectorAll(".zs-clash").forEach((old) => old.remove());
    const box = document.createElement("div");
    box.className = "zs-clash";
    const told = document.createElement("p");
    told.textContent = theirs === null ? "他人已移除这一段；您写的还在上面，请复制到别处。" : "他人也改了这一段。上面是您写的，下面是已保存的：";
    box.append(told);
    if (theirs !== null) {
      const text = document.createElement("pre");
      text.textContent = theirs || "（空）";
      box.append(text);
      choice(box, "用我写的", () => settle(field, box, theirs, field.value));
      choice(box, "用已保存的", () => settle(field, box, theirs, theirs));
      choice(box, "两段都留", () => settle(field, box, theirs, `${field.value}\n${theirs}`));
    }
    place.append(box);
    box.scrollIntoView({ block: "nearest" });
  }

  function choice(box, label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-light btn-sm";
    button.textContent = label;
    button.addEventListener("click", act);
    box.append(button);
  }

  function settle(field, box, theirs, text) {
    box.remove();
    clashes.delete(field);
    bases.set(field, theirs);
    field.value = text;
    field.focus();
    save();
  }

  // --- when

  let keeping = 0;
  form.addEventListener("input", (event) => {
    if (!bases.has(event.target)) return;
    say("未保存");
    window.clearTimeout(keeping);
    keeping = window.setTimeout(keep, 300);
    schedule(WAIT);
  });

  // a form that is sent waits for what was just typed: the version it carries is then the newest
  document.addEventListener("submit", (event) => {
    const sent = event.target;
    if (!desk.contains(sent) || sent.getAttribute("method") !== "post" || (!typed().length && !running && !clashes.size)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    save().then((isSaved) => {
      if (isSaved && !typed().length && !clashes.size) sent.requestSubmit(button);
    });
  }, true);

  window.addEventListener("online", () => save());
  window.addEventListener("beforeunload", (event) => {
    if (typed().length) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden && typed().length) save(); });
  takeUp();
})();
