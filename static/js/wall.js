// The wall screen: fetches one page after the other into the same document, so that full screen stays. ES2019.
//   body data-part-url   where a page comes from (?page=n) · data-seconds  how long a page stays
// When nothing comes any more the last page stays with a line that says since when; a revoked address shows nothing.
(function () {
  "use strict";

  const STALE_AFTER = 60 * 1000; // without an answer
  const GIVE_UP = 15 * 1000; // on one answer
  const wall = document.getElementById("wall");
  const warning = document.querySelector(".zs-wall-stale");
  const button = document.querySelector(".zs-wall-full");
  const url = document.body.dataset.partUrl;
  const every = Number(document.body.dataset.seconds) * 1000;
  let answeredAt = Date.now();
  let asking = false;
  let closed = false;

  function shown() {
    return wall.querySelector(".zs-wall-page");
  }

  function warn(text) {
    warning.textContent = text;
    warning.hidden = !text;
  }

  function close() {
    closed = true;
    wall.textContent = "";
    warn("这个大屏地址已停用，请向编报员索取新的地址");
  }

  async function turn() {
    if (asking || closed) return;
    asking = true;
    const page = shown();
    const next = page ? Number(page.dataset.page) + 1 : 0;
    const stop = new AbortController();
    const timer = window.setTimeout(() => stop.abort(), GIVE_UP);
    try {
      const answer = await fetch(`${url}?page=${next}`, {
        cache: "no-store", credentials: "omit", signal: stop.signal, headers: { "X-Background": "wall" },
      });
      if (answer.status === 404) {
        close();
      } else if (answer.ok) {
        const text = await answer.text();
        if (text.includes("zs-wall-page")) {
          wall.innerHTML = text;
          answeredAt = Date.now();
        }
      }
    } catch (error) {
      // the line is down: the next turn tries again, check() says so
    } finally {
      window.clearTimeout(timer);
      asking = false;
    }
    check();
  }

  function check() {
    if (closed) return;
    const minutes = Math.floor((Date.now() - answeredAt) / 60000);
    const at = shown() ? shown().dataset.at : "";
    warn(Date.now() - answeredAt >= STALE_AFTER ? `连接中断，画面停在 ${at}，已 ${minutes} 分钟未更新` : "");
  }

  function offerFullScreen() {
    button.hidden = Boolean(document.fullscreenElement) || !document.fullscreenEnabled;
  }

  button.addEventListener("click", () => document.documentElement.requestFullscreen());
  document.addEventListener("fullscreenchange", offerFullScreen);
  offerFullScreen();
  window.setInterval(turn, every);
  window.setInterval(check, 5000);
})();
