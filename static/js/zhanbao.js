// Small conveniences; every page works without them. ES2019, no inline code anywhere (strict CSP).
//   data-search        a field focused by the key "/"
//   data-confirm="…"   on a submit button or link: asks first
//   data-autosubmit    on a form: sends it when a select, date or checkbox changes
//   data-toggle-side   opens and closes the navigation on a phone
//   data-print         on a button: prints the page
//   data-fill="…"      on a button below a text field: writes that into the field
(function () {
  "use strict";

  function ask(question, onYes) {
    if (typeof HTMLDialogElement === "undefined") {
      if (window.confirm(question)) onYes();
      return;
    }
    const dialog = document.createElement("dialog");
    dialog.className = "zs-dialog";
    const text = document.createElement("p");
    text.id = "zs-dialog-text";
    text.textContent = question;
    dialog.setAttribute("aria-labelledby", text.id);
    const row = document.createElement("div");
    const no = document.createElement("button");
    no.type = "button";
    no.className = "btn btn-light";
    no.textContent = "取消";
    const yes = document.createElement("button");
    yes.type = "button";
    yes.className = "btn btn-danger";
    yes.textContent = "确定";
    row.append(no, yes);
    dialog.append(text, row);
    document.body.append(dialog);
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => { dialog.close(); onYes(); });
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
    no.focus();
  }

  // asks before what cannot simply be undone; the click is repeated once the answer is yes
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-confirm]");
    if (!target || target.dataset.confirmed === "yes") return;
    event.preventDefault();
    event.stopPropagation();
    if (target.form && !target.form.noValidate && !target.form.reportValidity()) return;
    ask(target.dataset.confirm, () => {
      target.dataset.confirmed = "yes";
      target.click();
      delete target.dataset.confirmed;
    });
  }, true);

  // the button stands where it works; what is folded is printed, too
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("main .zs-card details:not([open]):not(.zs-grid-tool)").forEach((part) => {
      part.open = true;
      part.dataset.opened = "";
    });
  });
  window.addEventListener("afterprint", () => {
    document.querySelectorAll("main details[data-opened]").forEach((part) => {
      part.open = false;
      delete part.dataset.opened;
    });
  });

  // a form is sent once; a page restored by the back button may send again
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || form.hasAttribute("hx-post")) return;
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    window.setTimeout(() => form.removeAttribute("aria-busy"), 10000); // the answer may be a download
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy"));
  });

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form || !form.hasAttribute("data-autosubmit")) return;
    if (event.target.closest(".zs-menu-panel")) return; // several are set there before it is sent
    if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.submit();
  });

  document.addEventListener("keydown", (event) => {
    const side = document.getElementById("zs-side");
    if (event.key === "Escape" && side && side.classList.contains("is-open")) setSide(side, false);
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input, textarea, select, [contenteditable]")) return;
    const fields = Array.from(document.querySelectorAll("[data-search]")).filter((field) => field.offsetParent);
    const field = fields.pop(); // the list's own search box comes after the one in the top bar
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  function setSide(side, open) {
    side.classList.toggle("is-open", open);
    side.classList.toggle("is-shut", !open);
    document.querySelectorAll(".zs-top-menu").forEach((menu) => menu.setAttribute("aria-expanded", String(open)));
  }

  document.addEventListener("click", (event) => {
    const side = document.getElementById("zs-side");
    if (!side) return;
    const open = side.classList.contains("is-open");
    if (event.target.closest("[data-toggle-side]")) {
      event.preventDefault();
      setSide(side, !open);
    } else if (open && !side.contains(event.target)) {
      setSide(side, false);
    }
  });

  // names much alike, below a field: one may be taken over; they go with Escape and with the focus
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const control = button.closest(".zs-control");
    const field = control.querySelector("input");
    field.value = button.dataset.fill;
    control.querySelector(".zs-similar").textContent = "";
    field.focus();
  });
  document.addEventListener("focusout", (event) => {
    const control = event.target.closest(".zs-control");
    const list = control && control.querySelector(".zs-similar");
    if (list && event.relatedTarget && !control.contains(event.relatedTarget)) list.hidden = true;
  });
  document.addEventListener("focusin", (event) => {
    const control = event.target.closest(".zs-control");
    const list = control && control.querySelector(".zs-similar");
    if (list) list.hidden = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll(".zs-similar").forEach((list) => { list.textContent = ""; });
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("input[list][hx-get]").forEach((field) => field.removeAttribute("list"));
    const errors = document.querySelector(".zs-errors");
    if (errors) errors.focus();
    const here = document.querySelector(".zs-side-in .is-active");
    const side = here && here.closest(".zs-side-in");
    if (side && here.offsetTop + here.offsetHeight > side.clientHeight) {
      side.scrollTop = here.offsetTop - side.clientHeight / 2; // the navigation is longer than the window
    }
  });
})();
