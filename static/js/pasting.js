// What is pasted from WPS or Word comes in as light markup: headings, bold and tables; no styles, no bullets, no numbers
// that the other program had made. The server cleans once more. ES2019, no inline code (strict CSP).
(function () {
  "use strict";

  const desk = document.querySelector("[data-editor]");
  if (!desk) return;
  const NUMBER = /^(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|\d{1,2}(?:[、．]|\.(?!\d)))\s*/;
  const SKIPPED = ["STYLE", "SCRIPT", "HEAD", "META", "LINK", "TITLE", "XML", "IMG", "OBJECT", "SVG"];
  const BLOCKS = "P,DIV,H1,H2,H3,H4,H5,H6,LI,TABLE,UL,OL,SECTION,ARTICLE,BLOCKQUOTE";
  const CHINESE = "[\\u3000-\\u303f\\u4e00-\\u9fff\\uff00-\\uffef]";
  const BROKEN = new RegExp(`(${CHINESE})\\s*\\n\\s*(?=${CHINESE})`, "g");

  // styles are only read: under the name "style" the page's policy would refuse each one aloud
  const STYLES = [/<style[^]*?<\/style>/gi, /(<[^<>]*?)\sstyle\s*=/gi];
  const styleOf = (node) => (node.getAttribute("data-style") || "").toLowerCase().replace(/\s/g, "");

  function isSkipped(node) {
    return SKIPPED.includes(node.nodeName.toUpperCase()) || /mso-list:ignore|display:none|mso-hide:all/.test(styleOf(node));
  }

  function levelOf(node) {
    const tag = /^H([1-6])$/.exec(node.nodeName);
    const outline = /mso-outline-level:(\d)/.exec(styleOf(node));
    const named = /(?:MsoHeading|Heading|标题)\s*([1-6])/i.exec(node.className || "");
    const found = tag || outline || named;
    return found ? Math.min(Number(found[1]), 4) : 0;
  }

  function isBold(node, bold) {
    const weight = /font-weight:(bold|[5-9]00|normal|[1-4]00)/.exec(styleOf(node));
    if (weight) return weight[1] === "bold" || /^[6-9]00$/.test(weight[1]);
    return bold || ["B", "STRONG"].includes(node.nodeName);
  }

  // the words of a node as runs [text, bold]
  function runs(node, bold, made) {
    node.childNodes.forEach((child) => {
      if (child.nodeType === Node.TEXT_NODE) made.push([child.data.replace(BROKEN, "$1").replace(/[\s\u00a0\u3000]+/g, " "), bold]);
      else if (child.nodeName === "BR") made.push(["\n", false]);
      else if (child.nodeType === Node.ELEMENT_NODE && !isSkipped(child)) runs(child, isBold(child, bold), made);
    });
    return made;
  }

  function words(node, plain) {
    const joined = [];
    runs(node, isBold(node, false), []).forEach(([text, bold]) => {
      const last = joined[joined.length - 1];
      if (last && last[1] === bold) last[0] += text;
      else joined.push([text, bold]);
    });
    return joined
      .map(([text, bold]) => (bold && !plain && text.trim() ? text.replace(/^(\s*)([^]*?)(\s*)$/, "$1**$2**$3") : text))
      .join("").replace(/[\ue000-\uf8ff\u200b-\u200f\ufeff]/g, "").split("\n").map((line) => line.trim()).filter(Boolean).join("\n");
  }

  function table(node) {
    const rows = Array.from(node.querySelectorAll("tr")).filter((row) => row.closest("table") === node).map((row) => {
      const cells = [];
      Array.from(row.cells).forEach((cell) => {
        cells.push(words(cell, true).replace(/\n/g, " ").replace(/\|/g, "｜"));
        for (let more = 1; more < Math.min(cell.colSpan, 30); more += 1) cells.push("");
      });
      return cells;
    }).filter((cells) => cells.length);
    const width = Math.max(0, ...rows.map((cells) => cells.length));
    if (!width) return [];
    const lines = rows.map((cells) => `| ${cells.concat(Array(width - cells.length).fill("")).join(" | ")} |`);
    lines.splice(1, 0, `|${" --- |".repeat(width)}`);
    return [lines.join("\n")];
  }

  function blocks(node) {
    const made = [];
    let loose = null; // words that stand in no block of their own
    const close = () => {
      const text = loose ? words(loose, false) : "";
      if (text) made.push(text);
      loose = null;
    };
    node.childNodes.forEach((child) => {
      const isElement = child.nodeType === Node.ELEMENT_NODE;
      if (isElement && isSkipped(child)) return;
      if (!isElement || !(child.matches(BLOCKS) || child.querySelector(BLOCKS))) {
        loose = loose || document.createElement("span");
        loose.append(child.cloneNode(true));
        return;
      }
      close();
      const level = levelOf(child);
      if (child.nodeName === "TABLE") made.push(...table(child));
      else if (level) {
        const text = words(child, true).replace(/\n/g, "").replace(NUMBER, "");
        if (text) made.push(`${"#".repeat(level)} ${text}`);
      } else if (child.querySelector(BLOCKS)) made.push(...blocks(child));
      else {
        const text = words(child, false);
        if (text) made.push(text);
      }
    });
    close();
    return made;
  }

  function markupOf(html) {
    return blocks(new DOMParser().parseFromString(html.replace(STYLES[0], "").replace(STYLES[1], "$1 data-style="), "text/html").body).join("\n");
  }

  desk.addEventListener("paste", (event) => {
    const field = event.target;
    if (!field.matches("textarea[name^=section_]") || !event.clipboardData) return;
    const html = event.clipboardData.getData("text/html");
    const text = html && markupOf(html);
    if (!text) return; // plain text comes in as it is
    event.preventDefault();
    if (!document.execCommand("insertText", false, text)) {
      field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
})();
