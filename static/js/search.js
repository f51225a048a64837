// The search box above every page: what is found drops down while typing (htmx); ↑ ↓ walk it, Enter opens, Escape closes.
// Without this script the box leads to the page of everything that is found. ES2019.
(function () {
  "use strict";

  const box = document.querySelector(".zs-top-search input");
  const found = document.getElementById("zs-found");
  if (!box || !found) return;
  let here = -1;

  const links = () => Array.from(found.querySelectorAll("a"));

  function mark(to) {
    const all = links();
    all.forEach((link) => link.removeAttribute("aria-selected"));
    here = all.length ? (to + all.length + 1) % (all.length + 1) : -1; // one place more: back in the box
    if (here < 0 || here === all.length) {
      here = -1;
      box.removeAttribute("aria-activedescendant");
      return;
    }
    all[here].setAttribute("aria-selected", "true");
    all[here].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", all[here].id);
  }

  function close() {
    found.textContent = "";
    here = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!links().length) return;
      event.preventDefault();
      mark(event.key === "ArrowDown" ? here + 1 : here < 0 ? links().length - 1 : here - 1);
    }
    if (event.key === "Enter" && links()[here]) {
      event.preventDefault();
      links()[here].click();
    }
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== found) return;
    here = -1;
    box.setAttribute("aria-expanded", String(links().length > 0));
    if (document.activeElement !== box) close();
  });
  document.addEventListener("click", (event) => {
    if (!found.contains(event.target) && event.target !== box) close();
  });
})();
