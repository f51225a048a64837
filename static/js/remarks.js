// Words chosen in a text are quoted in the remark that is written beside it. Without this file they are typed. ES2019.
//   form[data-remark]   the remark; textarea[name^=section_] and [data-quoted] within [data-section]: what is quoted from
(function () {
  "use strict";

  const form = document.querySelector("form[data-remark]");
  if (!form) return;
  const { section, quote, text, replacement, is_suggestion: suggests } = form.elements;
  const LONGEST = 500;

  function chosenIn(place) {
    if (place.matches("textarea")) return place.value.slice(place.selectionStart, place.selectionEnd);
    const selection = window.getSelection();
    return selection.rangeCount && place.contains(selection.anchorNode) && place.contains(selection.focusNode) ? String(selection) : "";
  }

  function take(event) {
    if (!event.target.closest) return;
    const place = event.target.closest("textarea[name^=section_], [data-quoted]");
    if (!place || text.value || replacement.value) return;
    const words = chosenIn(place);
    if (!words.trim() || words.length > LONGEST) return;
    quote.value = words;
    section.value = place.closest("[data-section]").dataset.section;
  }

  document.addEventListener("mouseup", take);
  document.addEventListener("keyup", take);
  document.addEventListener("touchend", (event) => window.setTimeout(() => take(event), 50));
  suggests.addEventListener("change", () => {
    if (suggests.checked && !replacement.value) replacement.value = quote.value;
  });
})();
