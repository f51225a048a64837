// A list: a row the keys are on, rows that are ticked, panels that close. Every list works without it. ES2019.
//   j k        next and previous row · Enter opens it · x ticks it · n the button for a new record · ? the keys
//   data-list  the card of the list; data-bulk the form of what is done to the ticked rows
(function () {
  "use strict";

  const list = document.querySelector("[data-list]");
  if (!list) return;
  const rows = Array.from(list.querySelectorAll(".zs-table tbody tr"));
  const bulk = list.querySelector("[data-bulk]");
  let here = -1;

  // --- ticked rows
  const boxes = Array.from(list.querySelectorAll('input[name="row"]'));
  const page = list.querySelector("[data-pick-page]");
  const all = list.querySelector("[data-pick-all]");

  function tell() {
    if (!bulk) return;
    const picked = boxes.filter((box) => box.checked);
    boxes.forEach((box) => box.closest("tr").classList.toggle("is-picked", box.checked));
    bulk.querySelector("[data-picked]").textContent = all.checked ? "全部" : String(picked.length);
    bulk.hidden = !picked.length && !all.checked;
    if (page) {
      page.checked = picked.length === boxes.length;
      page.indeterminate = picked.length > 0 && picked.length < boxes.length;
    }
  }

  list.addEventListener("change", (event) => {
    if (event.target === page) boxes.forEach((box) => { box.checked = page.checked; });
    if (event.target === page || boxes.includes(event.target)) all.checked = false;
    tell();
  });
  window.addEventListener("pageshow", tell);
  tell();

  // --- the row the keys are on
  function go(to) {
    if (!rows.length) return;
    if (rows[here]) rows[here].classList.remove("is-here");
    here = Math.max(0, Math.min(rows.length - 1, to));
    const row = rows[here];
    row.classList.add("is-here");
    row.scrollIntoView({ block: "nearest" });
    const link = row.querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
  }

  const keys = document.querySelector("[data-keys]");
  const ACTS = {
    j: () => go(here + 1),
    k: () => go(here - 1),
    x: () => {
      const box = rows[here] && rows[here].querySelector('input[name="row"]');
      if (!box) return;
      box.checked = !box.checked;
      all.checked = false;
      tell();
    },
    n: () => {
      const link = document.querySelector("[data-new]");
      if (link) link.click();
    },
    "?": () => { if (keys && keys.showModal && !keys.open) keys.showModal(); },
    Enter: (event) => {
      const link = rows[here] && rows[here].querySelector("a[href]");
      if (!link || event.target === link) return false;
      link.click();
      return true;
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, button, summary, dialog, [contenteditable]")) return;
    if (event.key === "Enter" && event.target.closest("a") && !list.contains(event.target)) return;
    const act = ACTS[event.key];
    if (act && act(event) !== false) event.preventDefault();
  });

  // --- panels: one at a time; they close with Escape and a click elsewhere
  const panels = Array.from(document.querySelectorAll("details[data-closes]"));

  document.addEventListener("click", (event) => {
    panels.forEach((panel) => { if (panel.open && !panel.contains(event.target)) panel.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    panels.filter((panel) => panel.open).forEach((panel) => {
      panel.open = false;
      if (panel.contains(document.activeElement)) panel.querySelector("summary").focus();
    });
  });

  // --- the order of the columns
  document.querySelectorAll("[data-ordered] .zs-order").forEach((part) => { part.hidden = false; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const item = button.closest("li");
    const other = button.dataset.move === "up" ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (button.dataset.move === "up") other.before(item);
    else other.after(item);
    button.focus();
  });
})();
