// What was typed outlives a line that is down. ES2019, no inline code (strict CSP).
//   data-offline="…"        on a form: what is entered, in words; it is sent by fetch and waits here if it cannot go out
//   data-offline-keeps="…"  on that form: names of the fields that the next one starts with
//   data-offline-value="…"  on a button that only checks: the value it waits under, as nothing can be checked then
//   data-sign-out           on the form that signs out: what is kept here goes first
//   #zs-waiting             says how many wait; body[data-user] whose they are
// Kept in IndexedDB under the user's key, for a week at most: forms that wait (with their photographs) and what is
// typed just now. No page is kept, nor a token: one is fetched when a form goes out, and only if the same user is
// signed in then. A form goes out under the nonce it was typed with, so the server stores it once however often it comes.
(function () {
  "use strict";

  const user = document.body.dataset.user;
  const place = document.getElementById("zs-waiting");
  if (!user || !place || !window.indexedDB || !window.fetch) return;

  const WEEK = 7 * 24 * 3600 * 1000;
  const MOST = 50; // forms that wait
  const LARGEST = 20 * 1024 * 1024; // bytes of files with one form
  const ROOM = 60 * 1024 * 1024; // bytes of files with all of them
  const AGAIN = 60 * 1000; // between two tries
  const PATIENCE = 8000; // for an answer to a question; a form has longer, by its size
  const OWN = IDBKeyRange.bound([user, ""], [user, []]);
  const TOLD = {
    line: "线路不通，联网后自动上传。",
    out: "登录已过期，重新登录后自动上传。",
    other: "现在登录的是另一个账号，原账号登录后才会上传。",
  };
  let note = "";
  let sent = [];

  // --- what is kept on the device

  let opened = null;
  function database() {
    opened = opened || new Promise((resolve, reject) => {
      const request = indexedDB.open("zhanbao", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("queue", { keyPath: ["user", "nonce"] });
        request.result.createObjectStore("drafts", { keyPath: ["user", "page"] });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opened;
  }

  async function run(store, mode, work) {
    const base = await database();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(store, mode);
      const request = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  const put = (store, row) => run(store, "readwrite", (rows) => rows.put(row));
  const drop = (store, key) => run(store, "readwrite", (rows) => rows.delete([user, key]));
  const find = (store, key) => run(store, "readonly", (rows) => rows.get([user, key]));
  const waiting = async () => (await run("queue", "readonly", (rows) => rows.getAll(OWN))).sort((a, b) => a.at - b.at);

  // where a draft is written (js/editor.js), what is not saved yet is kept in the same place, under the same rules
  window.zsKept = {
    keep: (fields) => put("drafts", { user, page: window.location.pathname, nonce: "", fields, at: Date.now() }),
    find: () => find("drafts", window.location.pathname),
    drop: () => drop("drafts", window.location.pathname),
  };

  async function forgetAll() {
    await run("queue", "readwrite", (rows) => rows.delete(OWN));
    await run("drafts", "readwrite", (rows) => rows.delete(OWN));
  }

  // whoever typed it: nothing stays longer than a week
  async function forgetOld() {
    const since = Date.now() - WEEK;
    for (const store of ["queue", "drafts"]) {
      await run(store, "readwrite", (rows) => {
        const request = rows.openCursor();
        request.onsuccess = () => {
          const cursor = request.result;
          if (!cursor) return;
          if (cursor.value.at < since) cursor.delete();
          cursor.continue();
        };
        return request;
      });
    }
  }

  // --- talking to the server

  async function ask(url, options, patience) {
    const stop = new AbortController();
    const clock = window.setTimeout(() => stop.abort(), patience);
    try {
      return await fetch(url, {
        credentials: "same-origin", cache: "no-store", redirect: "manual", signal: stop.signal, ...options,
      });
    } catch (error) {
      return null;
    } finally {
      window.clearTimeout(clock);
    }
  }

  function headers(background) {
    return background ? { Accept: "application/json", "X-Background": "1" } : { Accept: "application/json" };
  }

  const isJson = (response) => (response.headers.get("Content-Type") || "").startsWith("application/json");

  // who is signed in, with a token: {user, token}, or {state} where that cannot be told
  async function whoIsThere(background) {
    const response = await ask(document.body.dataset.tokenUrl, { headers: headers(background) }, PATIENCE);
    if (response === null || response.status >= 500) return { state: "line" };
    if (response.type === "opaqueredirect" || !isJson(response)) return { state: "out" };
    const answer = await response.json();
    return String(answer.user) === user ? answer : { state: "other" };
  }

  // send one form: {state: sent, url | refused, told | page (only the server's own page tells) | line | out | other}
  async function send(item, background) {
    const who = await whoIsThere(background);
    if (who.state) return who;
    const body = item.files.length ? new FormData() : new URLSearchParams();
    item.fields.forEach(([name, value]) => body.append(name, value));
    body.append("csrfmiddlewaretoken", who.token);
    item.files.forEach(([name, file]) => body.append(name, new File([file.bytes], file.name, { type: file.type })));
    const patience = 30000 + sizeOf(item) / 10;
    const response = await ask(item.url, { method: "POST", body, headers: headers(background) }, patience);
    return { token: who.token, ...(await read(response)) };
  }

  async function read(response) {
    if (response === null || response.status >= 500) return { state: "line" };
    if (response.type === "opaqueredirect") return { state: "out" };
    if (response.ok && isJson(response)) {
      const answer = await response.json();
      return answer.errors ? { state: "refused", told: answer.errors } : { state: "sent", url: answer.url || "/" };
    }
    if (response.ok) return { state: "page", told: ["没有保存，请打开核对后再提交"] };
    if (response.status === 413) return { state: "refused", told: ["照片太大，请换小一些的"] };
    return { state: "page", told: ["没有保存：对象已不在，或您已没有权限"] };
  }

  // --- a form and what is in it

  const sizeOf = (item) => item.files.reduce((sum, [, file]) => sum + file.bytes.byteLength, 0);
  const pageOf = () => window.location.pathname + window.location.search;
  const HIDDEN = ["csrfmiddlewaretoken", "nonce"];

  function newNonce() {
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
  }

  function typedIn(form) {
    return Array.from(new FormData(form)).filter(([name, value]) => typeof value === "string" && !HIDDEN.includes(name));
  }

  async function pack(form, button) {
    const files = [];
    for (const [name, value] of new FormData(form)) {
      if (!(value instanceof File) || !value.size) continue;
      files.push([name, { name: value.name, type: value.type, bytes: await value.arrayBuffer() }]);
    }
    const first = Array.from(form.querySelectorAll("input[type=text]")).find((field) => field.value.trim());
    const named = first ? `${form.dataset.offline}：${first.value.trim()}` : form.dataset.offline;
    const fields = [...typedIn(form), ["nonce", form.elements.nonce.value]];
    if (button && button.name) fields.push([button.name, button.value]);
    return {
      user, nonce: form.elements.nonce.value, url: form.action.split("#")[0], page: pageOf(), title: named.slice(0, 60),
      fields, files, at: Date.now(), state: "waiting", told: [],
    };
  }

  function controlsOf(form) {
    return Array.from(form.elements).filter((field) => field.name && !["hidden", "file", "submit"].includes(field.type));
  }

  function fill(form, fields) {
    controlsOf(form).forEach((field) => {
      const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    });
  }

  // the same form for the next one: an own nonce, some values of the last
  function startNext(form) {
    const kept = (form.dataset.offlineKeeps || "").split(" ");
    const values = typedIn(form).filter(([name]) => kept.includes(name));
    const refused = form.querySelector(".zs-errors");
    form.querySelectorAll(".zs-errors, .zs-error, .zs-similar > *").forEach((part) => part.remove());
    form.reset();
    controlsOf(form).forEach((field) => {
      if (kept.includes(field.name)) {
        const own = values.filter(([name]) => name === field.name).map(([, value]) => value);
        if (field.type === "checkbox" || field.type === "radio") field.checked = own.includes(field.value);
        else field.value = own.length ? own[0] : "";
      } else if (refused) {
        if (field.type === "checkbox" || field.type === "radio") field.checked = false;
        else field.value = "";
      }
    });
    form.elements.nonce.value = newNonce();
  }

  // --- sending

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.matches("form[data-offline]") && form.dataset.offline && form.elements.nonce) {
      event.preventDefault();
      submit(form, event.submitter);
    } else if (form.matches("form[data-sign-out]")) {
      event.preventDefault();
      signOut(form);
    }
  });

  async function submit(form, button) {
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    window.clearTimeout(saving);
    try {
      const item = await pack(form, button);
      const answer = await first(item, button);
      if (answer.state === "sent") {
        await Promise.all([drop("drafts", pageOf()), drop("queue", item.nonce)]).catch(() => {});
        window.location.assign(answer.url);
        return; // busy until the next page is there
      }
      if (answer.state === "refused" || answer.state === "page") {
        sendPlainly(form, button, answer.token);
        return;
      }
      await keep(form, item, button, answer.state);
    } catch (error) {
      say("没有提交，也没能存在这台设备上：内容仍在本页，请不要关闭，联网后再提交。", "error");
    }
    delete form.dataset.sending;
    form.removeAttribute("aria-busy");
  }

  async function first(item, button) {
    if (!navigator.onLine) return { state: "line" };
    if (!button || !button.dataset.offlineValue) return send(item, false);
    const who = await whoIsThere(false); // a page is wanted: only ask whether it can come
    return who.state ? who : { state: "page", token: who.token };
  }

  function sendPlainly(form, button, token) {
    if (button && button.name) {
      const value = document.createElement("input");
      value.type = "hidden";
      value.name = button.name;
      value.value = button.value;
      form.append(value);
    }
    form.elements.csrfmiddlewaretoken.value = token;
    HTMLFormElement.prototype.submit.call(form);
  }

  async function keep(form, item, button, state) {
    if (!form.reportValidity()) return;
    const others = (await waiting()).filter((other) => other.nonce !== item.nonce);
    const size = sizeOf(item);
    if (others.length >= MOST) {
      say(`这台设备上已有 ${MOST} 条待上传，请先联网上传。`, "error");
      return;
    }
    if (size > LARGEST || others.reduce((sum, other) => sum + sizeOf(other), size) > ROOM) {
      say("照片太大，没有线路时存不下（每条 20 MB，合计 60 MB）。可先不选照片提交，联网后在记录页补传。", "error");
      return;
    }
    if (button && button.dataset.offlineValue) {
      item.fields = item.fields.map(([name, value]) => [name, name === button.name ? button.dataset.offlineValue : value]);
    }
    await put("queue", item);
    await drop("drafts", pageOf());
    note = state;
    startNext(form);
    say(`已存在这台设备上：${item.title}。${TOLD[state]}`, "success is-kept");
    if (window.location.hash.startsWith("#queued=")) window.history.replaceState(null, "", pageOf());
    await render();
    window.scrollTo(0, 0);
  }

  let draining = false;
  async function drain() {
    if (draining || !navigator.onLine) return;
    draining = true;
    try {
      for (const item of (await waiting()).filter((row) => row.state === "waiting")) {
        const answer = await send(item, true);
        if (answer.state === "sent") {
          await drop("queue", item.nonce);
          sent.push({ title: item.title, url: answer.url });
          document.querySelectorAll("#messages .is-kept").forEach((told) => told.remove());
          note = "";
        } else if (answer.told) {
          await put("queue", { ...item, state: "refused", told: answer.told });
        } else {
          note = answer.state;
          break;
        }
        await render();
      }
      await render();
    } finally {
      draining = false;
    }
  }

  async function signOut(form) {
    form.removeAttribute("aria-busy");
    const who = navigator.onLine ? await whoIsThere(false) : { state: "line" };
    if (who.state === "line") {
      say("线路不通，现在不能退出；存在这台设备上的内容没有动。", "error");
      return;
    }
    await forgetAll().catch(() => {});
    HTMLFormElement.prototype.submit.call(form);
  }

  // --- what the page says

  function part(tag, text, className) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function link(text, href) {
    const made = part("a", text);
    made.href = href;
    return made;
  }

  function say(text, tone) {
    const box = document.getElementById("messages");
    box.textContent = "";
    box.append(part("p", text, `zs-message zs-message-${tone}`));
    window.scrollTo(0, 0);
  }

  const two = (number) => String(number).padStart(2, "0");
  function clockOf(at) {
    const day = new Date(at);
    return `${day.getMonth() + 1}月${day.getDate()}日 ${two(day.getHours())}:${two(day.getMinutes())}`;
  }

  function line(item) {
    const row = part("li");
    const what = part("div");
    what.append(part("b", item.title), part("small", clockOf(item.at)));
    row.append(what);
    if (item.state === "refused") row.append(part("p", `未保存：${item.told.join("；")}`, "zs-waiting-told"));
    const does = part("div", "", "zs-waiting-does");
    if (item.state === "refused") does.append(link("打开更正", `${item.page}#queued=${item.nonce}`));
    const gone = part("button", "删除", "zs-link");
    gone.type = "button";
    gone.dataset.confirm = "这一条还没有上传，删除后不能恢复。确定删除？";
    gone.addEventListener("click", () => drop("queue", item.nonce).then(render));
    does.append(gone);
    row.append(does);
    return row;
  }

  async function render() {
    const items = await waiting();
    place.textContent = "";
    place.hidden = !items.length && !sent.length;
    warnBeforeSigningOut(items.length);
    if (sent.length) {
      const done = part("p", `已上传 ${sent.length} 条：`, "zs-waiting-sent");
      sent.forEach((row) => done.append(link(row.title, row.url)));
      place.append(done);
    }
    if (!items.length) return;
    const head = part("header");
    head.append(part("h2", `待上传 ${items.length} 条`));
    if (items.some((item) => item.state === "waiting")) {
      head.append(part("small", TOLD[note] || (navigator.onLine ? "正在上传……" : TOLD.line)));
      if (note === "out" || note === "other") {
        head.append(link("登录", `${document.body.dataset.signInUrl}?next=${encodeURIComponent(pageOf())}`));
      } else {
        const now = part("button", "立即上传", "btn btn-light btn-sm");
        now.type = "button";
        now.addEventListener("click", drain);
        head.append(now);
      }
    }
    const list = part("ul");
    items.forEach((item) => list.append(line(item)));
    place.append(head, list, part("small", "只存在这台设备上，只有您本人能看到；退出登录即删除，最多保留 7 天。"));
  }

  function warnBeforeSigningOut(count) {
    document.querySelectorAll("form[data-sign-out] button").forEach((button) => {
      if (count) button.dataset.confirm = `还有 ${count} 条没有上传，退出登录会从这台设备上删除。仍要退出？`;
      else delete button.dataset.confirm;
    });
  }

  // --- what is typed just now

  let saving = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!event.isTrusted || !form || !form.dataset.offline || !form.elements.nonce) return;
    window.clearTimeout(saving);
    saving = window.setTimeout(() => {
      const row = { user, page: pageOf(), nonce: form.elements.nonce.value, fields: typedIn(form), at: Date.now() };
      put("drafts", row).catch(() => {});
    }, 300);
  });

  // hidden fields say what a form is about; what was typed about something else is left alone
  function isAboutTheSame(form, fields) {
    return Array.from(form.elements)
      .filter((field) => field.type === "hidden" && field.name && !HIDDEN.includes(field.name))
      .every((field) => fields.some(([name, value]) => name === field.name && value === field.value));
  }

  async function restore(form) {
    const draft = await find("drafts", pageOf());
    if (!draft || form.querySelector(".zs-errors") || !isAboutTheSame(form, draft.fields)) return;
    fill(form, draft.fields);
    form.elements.nonce.value = draft.nonce;
    const box = part("p", `已恢复 ${clockOf(draft.at)} 填写、没有提交的内容。`, "zs-message");
    const clear = part("button", "清空重填", "zs-link");
    clear.type = "button";
    clear.addEventListener("click", () => drop("drafts", pageOf()).then(() => window.location.reload()));
    box.append(clear);
    document.getElementById("messages").append(box);
  }

  async function openQueued(form, nonce) {
    const item = await find("queue", nonce);
    if (!item) return;
    fill(form, item.fields);
    form.elements.nonce.value = item.nonce;
    const inputs = Array.from(form.querySelectorAll("input[type=file]"));
    const known = new Map(inputs.reverse().map((input) => [input.name, input]));
    known.forEach((input, name) => {
      const chosen = new DataTransfer();
      item.files.filter(([field]) => field === name).forEach(([, file]) => {
        chosen.items.add(new File([file.bytes], file.name, { type: file.type }));
      });
      input.files = chosen.files;
    });
    say(`未保存：${item.told.join("；")}。请更正后再提交。`, "error");
  }

  async function lookUp() {
    const form = document.querySelector("form[data-offline]");
    if (!form || !form.dataset.offline || !form.elements.nonce) return;
    const nonce = /^#queued=([\w-]+)$/.exec(window.location.hash);
    if (nonce) await openQueued(form, nonce[1]);
    else await restore(form);
  }

  // what cannot be answered is not asked
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!navigator.onLine) event.preventDefault();
  });
  window.addEventListener("online", () => { note = ""; drain(); });
  window.addEventListener("offline", () => { note = "line"; render(); });
  window.addEventListener("hashchange", lookUp);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) drain(); });
  window.setInterval(() => { if (!document.hidden) drain(); }, AGAIN);
  forgetOld().then(lookUp).then(render).then(drain).catch(() => { place.hidden = true; });
})();
