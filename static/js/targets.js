// The quota grid: arrow keys and Enter move, a block copied from Excel or WPS is pasted into the cells, Esc brings
// back what was saved. One "undo" takes a whole paste back; sums follow, what is no number is marked at once. Without this file the grid is a form like any other.
(function () {
  "use strict";

  document.addEventListener("DOMContentLoaded", () => {
    const table = document.querySelector("[data-targets]");
    if (!table) return;
    const rows = Array.from(table.tBodies[0].rows)
      .map((row) => Array.from(row.querySelectorAll("input")))
      .filter((cells) => cells.length);
    const count = document.querySelector("[data-targets-count]");
    const undo = document.querySelector("[data-targets-undo]");
    let pasted = [];
    let outside = 0; // cells of the last paste that lay beyond the table
    document.querySelector("[data-targets-keys]").hidden = false;

    function place(input) {
      for (let y = 0; y < rows.length; y += 1) {
        const x = rows[y].indexOf(input);
        if (x >= 0) return { x, y };
      }
      return null;
    }

    function go(x, y) {
      const input = rows[y] && rows[y][x];
      if (!input) return false;
      input.focus();
      input.select();
      return true;
    }

    const sums = Array.from(table.querySelectorAll("[data-targets-sum]"));
    const shown = sums.map((cell) => cell.innerHTML);

    function isChanged(cell) {
      return cell.value.trim() !== cell.dataset.saved;
    }

    // A first look; the server reads what people write (9.29亿元, 八千万) and has the last word.
    function looksBad(cell) {
      const text = cell.value.trim();
      return cell.dataset.words === undefined && text !== "" && !/^[—–/-]$/.test(text) && !/[0-9０-９零〇一二三四五六七八九两十百千壹贰叁肆伍陆柒捌玖拾]/.test(text);
    }

    function mark(input) {
      const cells = Array.from(input.parentNode.querySelectorAll("input"));
      const bad = cells.some((cell) => looksBad(cell));
      input.parentNode.classList.toggle("is-changed", cells.some(isChanged));
      if (bad || input.dataset.bad) {
        input.dataset.bad = bad ? "1" : "";
        input.parentNode.classList.toggle("is-bad", bad);
        input.parentNode.title = bad ? "不是数字" : "";
      }
    }

    // Millionths of a plain number, null for anything that only the server can read.
    function millionths(text) {
      const plain = text.replace(/[,，]/g, "");
      if (plain === "" || /^[—–/-]$/.test(plain)) return 0;
      return /^\d{1,9}(\.\d{1,6})?$/.test(plain) ? Math.round(Number(plain) * 1e6) : null;
    }

    function addUp(x) {
      const perCell = rows[0].length / sums.length;
      const parts = rows.slice(1).map((cells) => cells[x * perCell]);
      if (![rows[0][x * perCell], ...parts].some(isChanged)) return shown[x];
      const values = parts.map((cell) => millionths(cell.value.trim()));
      const own = millionths(rows[0][x * perCell].value.trim());
      if (values.includes(null) || own === null) return "保存后合计";
      const total = values.reduce((sum, value) => sum + value, 0);
      const note = own ? '<small class="zs-sum-note zs-muted">' + Math.round(total / own * 1000) / 10 + "%（未保存）</small>" : "";
      return total / 1e6 + note;
    }

    function tell() {
      const changed = rows.reduce((sum, cells) => sum + cells.filter(isChanged).length, 0);
      const bad = rows.reduce((sum, cells) => sum + cells.filter((cell) => looksBad(cell)).length, 0);
      count.textContent = [
        changed ? changed + " 处修改未保存" : "",
        bad ? bad + " 格不是数字" : "",
        outside ? "粘贴的内容有 " + outside + " 格超出表格，没有填入" : "",
      ].filter(Boolean).join("，");
      sums.forEach((cell, x) => { if (shown[x].trim() !== "—") cell.innerHTML = addUp(x); });
    }

    // "1,599\t12\r\n—\t3" → [["1,599", "12"], ["—", "3"]]; a cell with a line break or a tab stands in quotes
    function blockOf(text) {
      const block = [[""]];
      let quoted = false;
      const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
      for (let i = 0; i < source.length; i += 1) {
        const char = source[i];
        const row = block[block.length - 1];
        if (quoted && char === '"' && source[i + 1] === '"') { row[row.length - 1] += '"'; i += 1; }
        else if (char === '"' && (quoted || row[row.length - 1] === "")) quoted = !quoted;
        else if (char === "\t" && !quoted) row.push("");
        else if (char === "\n" && !quoted) block.push([""]);
        else row[row.length - 1] += char;
      }
      return block.map((row) => row.map((cell) => cell.trim()));
    }

    table.addEventListener("paste", (event) => {
      const start = place(event.target);
      const text = (event.clipboardData || window.clipboardData).getData("text");
      if (!start || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
      event.preventDefault();
      pasted = [];
      outside = 0;
      blockOf(text).forEach((line, dy) => line.forEach((value, dx) => {
        const input = rows[start.y + dy] && rows[start.y + dy][start.x + dx];
        if (!input) { outside += value === "" ? 0 : 1; return; }
        pasted.push([input, input.value]);
        input.value = value;
        mark(input);
      }));
      undo.hidden = false;
      tell();
    });

    undo.addEventListener("click", () => {
      pasted.forEach(([input, value]) => { input.value = value; mark(input); });
      pasted = [];
      outside = 0;
      undo.hidden = true;
      tell();
    });

    table.addEventListener("keydown", (event) => {
      const at = place(event.target);
      if (!at || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const input = event.target;
      const atStart = input.selectionStart === 0 && (input.selectionEnd === 0 || input.selectionEnd === input.value.length);
      const atEnd = input.selectionEnd === input.value.length && (input.selectionStart === 0 || input.selectionStart === input.value.length);
      let moved = false;
      if (event.key === "ArrowDown" || (event.key === "Enter" && !event.shiftKey)) moved = go(at.x, at.y + 1);
      else if (event.key === "ArrowUp" || event.key === "Enter") moved = go(at.x, at.y - 1);
      else if (event.key === "ArrowLeft" && atStart) moved = go(at.x - 1, at.y);
      else if (event.key === "ArrowRight" && atEnd) moved = go(at.x + 1, at.y);
      else if (event.key === "Escape") { input.value = input.dataset.saved; mark(input); tell(); moved = true; }
      if (moved || event.key === "Enter") event.preventDefault(); // Enter in the last row does not send the form
    });

    table.addEventListener("input", (event) => { mark(event.target); tell(); });
    rows.forEach((cells) => cells.forEach(mark));
    tell();
  });
}());
