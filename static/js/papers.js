// Papers of records. ES2019, no inline code; everything works without it.
//   a[data-view]   a picture: opens in a dialog instead of a page of its own; ← → leaf, Esc closes
//                  data-name: its caption, data-file: where it is downloaded
//   [data-drop]    around a file input: files may be dropped on it; lists what was chosen
(function () {
  "use strict";

  const LARGEST = 20 * 1024 * 1024; // as projects/actions/evidence.py

  function make(tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text) node.textContent = text;
    return node;
  }

  function button(text, label, onClick) {
    const node = make("button", "btn btn-light", text);
    node.type = "button";
    if (label) node.setAttribute("aria-label", label);
    node.addEventListener("click", onClick);
    return node;
  }

  function view(links, start) {
    let at = start;
    const dialog = make("dialog", "zs-viewer");
    const picture = make("img");
    const caption = make("p");
    caption.setAttribute("aria-live", "polite");
    const file = make("a", "btn btn-light", "下载");
    const back = button("‹", "上一张", () => show(at - 1));
    const next = button("›", "下一张", () => show(at + 1));
    const foot = make("div", "zs-viewer-foot");
    const close = button("关闭", "", () => dialog.close());
    foot.append(back, next, caption, file, close);
    dialog.append(picture, foot);

    function show(place) {
      at = (place + links.length) % links.length;
      const link = links[at];
      picture.alt = link.dataset.name;
      picture.src = link.href;
      caption.textContent = link.dataset.name + (links.length > 1 ? `（${at + 1}/${links.length}）` : "");
      file.href = link.dataset.file;
    }

    picture.addEventListener("error", () => { caption.textContent = "这张图片无法预览，请下载后查看"; });
    back.hidden = next.hidden = links.length < 2;
    dialog.setAttribute("aria-label", "查看图片");
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") show(at - 1);
      else if (event.key === "ArrowRight") show(at + 1);
      else return;
      event.preventDefault();
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => {
      dialog.remove();
      links[at].focus();
    });
    show(at);
    document.body.append(dialog);
    dialog.showModal();
    close.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || typeof HTMLDialogElement === "undefined") return;
    event.preventDefault();
    const links = Array.from(document.querySelectorAll("a[data-view]"));
    view(links, links.indexOf(link));
  });

  // a picture that cannot be drawn leaves its name to be read; errors of images do not bubble
  document.addEventListener("error", (event) => {
    if (event.target.matches && event.target.matches(".zs-thumb img")) event.target.parentNode.classList.add("is-blank");
  }, true);

  function size(bytes) {
    return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  }

  function list(box) {
    const files = Array.from(box.querySelector("input[type=file]").files);
    const rows = box.querySelector(".zs-drop-files");
    rows.replaceChildren(...files.map((file) => {
      const row = make("span", file.size > LARGEST ? "zs-bad" : "", `${file.name}（${size(file.size)}）`);
      if (file.size > LARGEST) row.append("：超过 20 MB，请压缩后再传");
      return row;
    }));
    rows.hidden = !files.length;
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-drop]").forEach((box) => {
      const input = box.querySelector("input[type=file]");
      box.classList.add("is-ready");
      box.querySelector(".zs-drop-hint").hidden = false;
      input.addEventListener("change", () => list(box));
      ["dragenter", "dragover"].forEach((name) => box.addEventListener(name, (event) => {
        event.preventDefault();
        box.classList.add("is-over");
      }));
      ["dragleave", "drop"].forEach((name) => box.addEventListener(name, () => box.classList.remove("is-over")));
      box.addEventListener("drop", (event) => {
        event.preventDefault();
        if (!event.dataTransfer.files.length) return;
        input.files = event.dataTransfer.files;
        list(box);
      });
    });
  });
})();
