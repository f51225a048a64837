// The board: dragging a card, or m, ← and → on a focused one, opens the form that says what happened; nothing is
// written by a move itself. Without this file the links 移到… lead to the same form as a page.
(function () {
  "use strict";

  const board = document.querySelector("[data-board]");
  const dialog = document.getElementById("board-dialog");
  if (!board || !dialog) return;
  const inside = dialog.querySelector("section");
  const columns = Array.from(board.querySelectorAll("[data-column]"));
  let opener = null;

  function show(url) {
    if (typeof dialog.showModal !== "function" || typeof htmx === "undefined") {
      window.location.assign(url);
      return;
    }
    htmx.ajax("GET", url, { target: inside, swap: "innerHTML" }).then(() => {
      if (!dialog.open) dialog.showModal();
      const first = inside.querySelector("input:not([type=hidden]), select, a, button");
      if (first) first.focus();
    });
  }

  function move(card, stage) {
    if (!card.dataset.move) return;
    opener = card;
    const query = new URLSearchParams({ back: card.dataset.back || "" });
    if (stage) query.set("to", stage);
    show(card.dataset.move + "?" + query.toString());
  }

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("[data-move-link]");
    if (link) {
      event.preventDefault();
      opener = link.closest("[data-card]") || opener;
      show(link.href);
    } else if (dialog.open && event.target.closest("[data-close]")) {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => { if (opener) opener.focus(); });

  board.addEventListener("keydown", (event) => {
    const card = event.target;
    if (!card.matches("[data-card]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const stages = columns.map((column) => column.dataset.stage);
    const place = stages.indexOf(card.closest("[data-column]").dataset.stage);
    const steps = { ArrowRight: 1, ArrowLeft: -1 };
    if (event.key === "m") {
      event.preventDefault();
      move(card);
    } else if (event.key in steps && stages[place + steps[event.key]]) {
      event.preventDefault();
      move(card, stages[place + steps[event.key]]);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = event.key === "ArrowDown" ? card.nextElementSibling : card.previousElementSibling;
      if (next && next.matches("[data-card]")) {
        event.preventDefault();
        next.focus();
      }
    } else if (event.key === "Enter") {
      const link = card.querySelector("a");
      if (link) link.click();
    }
  });

  // a dragged card goes back to where it was: it moves once the fact is recorded
  if (typeof Sortable === "undefined" || window.matchMedia("(pointer: coarse)").matches) return;
  columns.forEach((column) => {
    let after = null;
    Sortable.create(column, {
      group: "stages",
      draggable: ".is-mine",
      filter: "a",
      preventOnFilter: false,
      animation: 120,
      ghostClass: "is-dragged",
      onStart: (event) => { after = event.item.nextElementSibling; },
      onEnd: (event) => {
        const stage = event.to.dataset.stage;
        event.from.insertBefore(event.item, after);
        if (event.to !== event.from) move(event.item, stage);
      },
    });
  });
})();
