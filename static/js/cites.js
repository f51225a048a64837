// Citing a figure: { opens the list of figures at the caret, found by name, pinyin or initials, with their present value.
// ↑ ↓ walk it, Enter or Tab takes one, Escape closes; a click or a touch takes one, too. Names that no figure has are
// marked below the text at once. ES2019, no inline code (strict CSP).
(function () {
  "use strict";

  const desk = document.querySelector("[data-editor]");
  if (!desk) return;
  const fields = Array.from(desk.querySelectorAll("textarea[name^=section_]"));
  const CITE = /\{([^{}\n]{1,80})\}/g;
  const OPEN = /\{([^{}\n]{0,40})$/;
  const MOST = 40;
  let figures = null;
  let asked = null;
  let here = 0;
  let shown = [];
  let field = null;

  const list = document.createElement("ul");
  list.className = "zs-cites";
  list.id = "zs-cites";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "可引用的数字");
  document.body.append(list);

  function load() {
    asked = asked || fetch(desk.dataset.figuresUrl, { credentials: "same-origin", headers: { Accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : { figures: [] }))
      .then((answer) => {
        figures = answer.figures;
        fields.forEach(check);
      })
      .catch(() => { asked = null; });
    return asked;
  }

  // --- names that no figure has

  function check(each) {
    const place = each.closest(".zs-typed").querySelector("[data-unknown]");
    if (!figures || !place) return;
    const names = new Set(figures.map((figure) => figure.name));
    const unknown = Array.from(each.value.matchAll(CITE), (found) => found[1].trim()).filter((name) => !names.has(name));
    place.textContent = unknown.length ? `没有这些数字：${Array.from(new Set(unknown)).join("、")}` : "";
  }

  // --- where the caret is

  const COPIED = [
    "boxSizing", "width", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft", "borderTopWidth", "borderRightWidth",
    "borderBottomWidth", "borderLeftWidth", "fontFamily", "fontSize", "fontWeight", "lineHeight", "letterSpacing",
  ];

  function caret(each) {
    const mirror = document.createElement("div");
    const style = window.getComputedStyle(each);
    COPIED.forEach((name) => { mirror.style[name] = style[name]; });
    Object.assign(mirror.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word", top: "0", left: "-9999px", borderStyle: "solid" });
    mirror.textContent = each.value.slice(0, each.selectionStart);
    const mark = document.createElement("span");
    mark.textContent = "{";
    mirror.append(mark);
    document.body.append(mirror);
    const box = each.getBoundingClientRect();
    const at = {
      left: box.left + mark.offsetLeft + window.scrollX,
      top: box.top + mark.offsetTop - each.scrollTop + window.scrollY,
      height: parseFloat(style.lineHeight) || 24,
    };
    mirror.remove();
    return at;
  }

  // --- the list

  function found(text) {
    const words = text.normalize("NFKC").toLowerCase().split(/[\s·]+/).filter(Boolean);
    const whole = text.trim();
    return figures
      .filter((figure) => words.every((word) => figure.search.includes(word)))
      .map((figure, place) => [figure.name === whole ? -2 : figure.name.startsWith(whole) ? -1 : 0, place, figure])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1])
      .slice(0, MOST)
      .map((row) => row[2]);
  }

  function render() {
    list.textContent = "";
    shown.forEach((figure, place) => {
      const row = document.createElement("li");
      row.id = `zs-cite-${place}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(place === here));
      const name = document.createElement("b");
      name.textContent = figure.name;
      const value = document.createElement("span");
      value.textContent = figure.text;
      row.append(name, value);
      row.addEventListener("mousedown", (event) => event.preventDefault()); // the caret stays in the text
      row.addEventListener("click", () => take(figure));
      list.append(row);
    });
    if (!shown.length) {
      const none = document.createElement("li");
      none.className = "zs-cites-none";
      none.textContent = "没有这样的数字";
      list.append(none);
    }
  }

  async function open(each, text) {
    field = each;
    if (!figures) await load();
    if (!figures || document.activeElement !== each) return;
    shown = found(text);
    here = 0;
    render();
    const at = caret(each);
    list.hidden = false;
    const right = window.scrollX + document.documentElement.clientWidth - list.offsetWidth - 12;
    list.style.left = `${Math.max(12, Math.min(at.left, right))}px`;
    const below = at.top + at.height + 2;
    const isRoom = below + list.offsetHeight < window.scrollY + window.innerHeight || at.top - list.offsetHeight < window.scrollY;
    list.style.top = `${isRoom ? below : at.top - list.offsetHeight - 2}px`;
    each.setAttribute("aria-controls", list.id);
    each.setAttribute("aria-activedescendant", "zs-cite-0");
  }

  function close() {
    list.hidden = true;
    if (field) field.removeAttribute("aria-activedescendant");
  }

  function go(step) {
    if (!shown.length) return;
    here = (here + step + shown.length) % shown.length;
    Array.from(list.children).forEach((row, place) => row.setAttribute("aria-selected", String(place === here)));
    list.children[here].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", `zs-cite-${here}`);
  }

  function take(figure) {
    const end = field.selectionStart;
    const start = end - OPEN.exec(field.value.slice(0, end))[0].length;
    const after = field.value[end] === "}" ? end + 1 : end;
    field.focus();
    field.setSelectionRange(start, after);
    if (!document.execCommand("insertText", false, `{${figure.name}}`)) { // keeps "undo"
      field.setRangeText(`{${figure.name}}`, start, after, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    close();
  }

  fields.forEach((each) => {
    each.addEventListener("input", (event) => {
      check(each);
      if (event.isComposing) return;
      const typed = OPEN.exec(each.value.slice(0, each.selectionStart));
      if (typed) open(each, typed[1]);
      else close();
    });
    each.addEventListener("compositionend", () => {
      const typed = OPEN.exec(each.value.slice(0, each.selectionStart));
      if (typed) open(each, typed[1]);
    });
    each.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        go(event.key === "ArrowDown" ? 1 : -1);
      } else if ((event.key === "Enter" || event.key === "Tab") && shown[here]) {
        event.preventDefault();
        take(shown[here]);
      } else if (event.key === "Escape") {
        event.preventDefault();
        close();
      }
    });
    each.addEventListener("blur", () => window.setTimeout(() => { if (document.activeElement !== field) close(); }, 150));
  });
  if (fields.some((each) => each.value.includes("{"))) load();
})();
