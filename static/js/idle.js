/* Says that the session is about to end, and leaves the page when it has ended: nobody's data stay on
   a screen that nobody sits at. The server decides; this file asks it, and tells it of keys and clicks
   that sent nothing, so that whoever types a long text is not taken for absent.

   Markup it reads: #idle with data-seconds (until the end), data-warning (how long before it is said),
   data-left (answers the seconds as JSON), data-page (where to go at the end), holding the form that stays. */
"use strict";

(() => {
  const LONGEST = 2_000_000;
  const AGAIN = 30;
  const box = document.getElementById("idle");
  const form = box.querySelector("form");
  const warning = Number(box.dataset.warning);
  let timer = 0;
  let isBusy = false;

  async function look() {
    if (isBusy) await stay();
    const answer = await fetch(box.dataset.left, { redirect: "manual" }).catch(() => null);
    if (!answer) return wait(AGAIN);
    if (!answer.ok) return location.assign(box.dataset.page);
    const { seconds } = await answer.json();
    box.hidden = seconds > warning;
    wait(seconds > warning ? seconds - warning : seconds + 1);
  }

  async function stay() {
    isBusy = false;
    await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
  }

  function wait(seconds) {
    clearTimeout(timer);
    timer = setTimeout(look, Math.min(seconds * 1000, LONGEST));
  }

  function note() {
    isBusy = true;
    if (!box.hidden) look();
  }

  box.addEventListener("click", (event) => {
    event.preventDefault();
    note();
  });
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, note, true);
  document.addEventListener("visibilitychange", () => document.hidden || look());
  wait(Math.max(0, Number(box.dataset.seconds) - warning));
})();
