/* The desk's keys, the live search and the paper preview. Every page works without this file.

   Markup it reads:
     data-key="KeyE F4"      these keys click the element (a text field: move into it)
     data-opens="id"         clicking opens that <dialog> instead of following the link
     data-digits             inside it, number keys, then letters, choose the element with that data-digit
     data-many               … and several may be chosen: the next group is not moved to
     data-arrows             ↑ ↓ move between its buttons and links
     data-focus              gets the focus after the page or a part of it has changed
     data-primary            what the page is for; takes the focus when the choices are made
   Keys are compared by event.code, so the keyboard's layout and an IME do not matter. */
"use strict";

(() => {
  const SEARCH_PAUSE = 300;
  const CLOCK = 20_000;
  const MARGINS = 210 / 186; // an A4 page is that much wider than its sheet of boxes
  const modifiers = ["ctrl", "alt", "shift"];

  const isTyping = (element) =>
    element.matches("textarea, select, [contenteditable]") ||
    (element.matches("input") && !["radio", "checkbox", "submit", "button"].includes(element.type));
  const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
  const usesCharacters = () => document.body.dataset.shortcuts === "on";
  const within = (element, selector) => [...element.querySelectorAll(selector)].filter(isShown);

  /* Keys */

  const chordOf = (event) =>
    (event.key === "?" && "shift+Slash") ||
    modifiers.filter((name) => event[`${name}Key`]).map((name) => `${name}+`).join("") + event.code;

  const isCharacter = (chord) => /^(shift\+)?(Key|Digit|Numpad|Slash)/.test(chord);

  function onKey(event) {
    if (event.isComposing || event.keyCode === 229 || event.metaKey || event.defaultPrevented) return;
    const chord = chordOf(event);
    if (isCharacter(chord) && (!usesCharacters() || isTyping(event.target))) return;
    if (document.querySelector("dialog[open]")) return;
    const done =
      onArrow(chord, event.target) || onDigit(chord, event.target) || onShortcut(chord, event.target);
    if (done) event.preventDefault();
  }

  function onShortcut(chord, target) {
    if (chord === "KeyE" || chord === "F4") return editFocused(target);
    const found = within(document, "[data-key]").find((element) =>
      element.dataset.key.split(" ").includes(chord),
    );
    if (!found || found.getAttribute("aria-disabled") === "true") return false;
    if (isTyping(found)) {
      found.focus();
      found.select();
    } else {
      found.click();
    }
    return true;
  }

  function editFocused(target) {
    const row = target.closest(".check-row") ?? document.querySelector(".check-row");
    const link = row?.querySelector("[data-edit]");
    if (!link) return false;
    link.click();
    return true;
  }

  function onDigit(chord, target) {
    const digit = /^(?:(?:Digit|Numpad)(?=\d)|Key)(\w)$/.exec(chord)?.[1];
    if (!digit) return false;
    const groups = within(document.getElementById("main"), "[data-digits]");
    const isOpen = (group) => !group.querySelector("input[type=radio]:checked");
    const group = target.closest("[data-digits]") ?? groups.find(isOpen) ?? groups[0];
    const choice = group && within(group, `[data-digit="${digit}"]`)[0];
    if (!choice) return false;
    choice.focus();
    choice.click();
    if (choice.matches("input")) moveOn(group, groups);
    return true;
  }

  /* After a choice the hands stay where they are: the next group, the next field, or the button. */
  function moveOn(group, groups) {
    if ("many" in group.dataset) return;
    const next = groups[groups.indexOf(group) + 1];
    const form = group.closest("form");
    const fields = within(form, "input.input, [data-digits] input");
    const last = within(group, "input").at(-1);
    const after = fields[fields.indexOf(last) + 1];
    const goal = after ?? next?.querySelector("input") ?? primaryOf(form);
    goal?.focus();
  }

  const primaryOf = (form) =>
    form.querySelector("[data-primary]") ?? document.querySelector(`[data-primary][form="${form.id}"]`);

  function onArrow(chord, target) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[chord];
    if (!step || target.matches("input[type=radio], select, textarea")) return false;
    if (target.id === "q") return moveAmong(document.getElementById("hits"), -1, step);
    const list = target.closest("[data-arrows]") ?? document.querySelector("main [data-arrows]");
    if (!list) return false;
    return moveAmong(list, within(list, "button, a").indexOf(target), step);
  }

  function moveAmong(list, from, step) {
    const stops = within(list, "button, a");
    const to = from + step;
    if (to < 0 && list.id === "hits") document.getElementById("q").focus();
    else stops[Math.min(Math.max(to, 0), stops.length - 1)]?.focus();
    return stops.length > 0;
  }

  /* Search: after a pause, never while an IME is composing. */

  let pause = 0;
  let asked = "";

  function askSoon(field) {
    clearTimeout(pause);
    pause = setTimeout(() => ask(field), SEARCH_PAUSE);
  }

  function ask(field) {
    const query = field.value.trim();
    if (query === asked) return;
    asked = query;
    if (query) htmx.trigger(field.form, "desk:search");
    else closeHits();
  }

  function closeHits() {
    asked = "";
    document.getElementById("hits")?.replaceChildren();
  }

  function onSearchKey(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.code === "Escape") closeHits();
    if (event.code !== "Enter" && event.code !== "NumpadEnter") return;
    event.preventDefault();
    const field = event.target;
    if (!field.value.trim()) return document.querySelector("main .list .bundle-row")?.click();
    const rows = within(document.getElementById("hits"), ".hit");
    if (asked !== field.value.trim() || !rows.length) return ask(field);
    if (rows.length === 1) rows[0].click();
    else rows[0].focus();
  }

  function watchSearch(field) {
    field.addEventListener("input", (event) => event.isComposing || askSoon(field));
    field.addEventListener("compositionend", () => askSoon(field));
    field.addEventListener("keydown", onSearchKey);
    document.addEventListener("click", (event) => event.target.closest(".finder") || closeHits());
    // Someone quick has typed before this file was there.
    if (field === document.activeElement && field.value) askSoon(field);
    document.getElementById("hits").addEventListener("keydown", (event) => {
      if (event.code === "Escape") field.focus();
    });
  }

  /* Sending: a second click does nothing twice. */

  function onSubmit(event) {
    const form = event.target;
    if (form.method === "dialog" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.matches(".finder-form")) return;
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
  }

  function release(root) {
    for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of root.querySelectorAll("[aria-disabled=true]")) {
      button.removeAttribute("aria-disabled");
    }
  }

  /* What the server itself says about being busy (plain text) stands in place of the usual. */
  function sayTrouble(isTrouble, answer) {
    const notice = document.getElementById("trouble");
    const text = notice.querySelector("p");
    notice.dataset.usual ??= text.textContent;
    const isSaid = answer?.getResponseHeader("Content-Type")?.startsWith("text/plain");
    text.textContent = isSaid ? answer.responseText : notice.dataset.usual;
    notice.hidden = !isTrouble;
    if (isTrouble) release(document);
  }

  /* 同意: one key sets every row; the person still sees it before it is recorded. */
  function setAll(event) {
    const button = event.target.closest("[data-all]");
    if (!button) return;
    event.preventDefault();
    for (const radio of document.querySelectorAll(`.yes-no [value=${button.dataset.all}]`)) {
      radio.checked = true;
    }
    document.querySelector("[data-primary]")?.focus();
  }

  /* The paper preview: as wide as its frame, with the focused value's box outlined. */

  const preview = () => document.getElementById("preview");

  function fitPreview() {
    const page = preview()?.contentDocument;
    const sheet = page?.querySelector(".sheet");
    if (!sheet) return;
    const look = page.documentElement.style;
    look.zoom = "1";
    const a4 = sheet.getBoundingClientRect().width * MARGINS;
    look.zoom = String(Math.min(1, page.documentElement.clientWidth / a4));
    outline(document.activeElement);
  }

  function outline(target) {
    const places = target.closest?.(".check-row")?.dataset.shows?.split(" ").filter(Boolean);
    const page = preview()?.contentDocument;
    if (!places?.length || !page) return;
    const [paper] = places[0].split(":");
    const link = document.querySelector(`[data-paper="${paper}"]`);
    if (link?.getAttribute("aria-current") !== "true") return link?.click();
    for (const box of page.querySelectorAll(".shown")) box.classList.remove("shown");
    const keys = places.filter((place) => place.startsWith(`${paper}:`)).map((place) => place.split(":")[1]);
    const boxes = keys.flatMap((key) => boxesOf(page, key));
    for (const box of boxes) box.classList.add("shown");
    if (boxes.length) scrollFrameTo(boxes[0]);
  }

  /* The whole cell of the form where it holds nothing else, else the place itself. */
  function boxesOf(page, key) {
    const places = [...page.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
    return places.map((place) => {
      const cell = place.closest("td");
      const isAlone = cell && [...cell.querySelectorAll("[data-key]")].every((other) => other.dataset.key === key);
      return isAlone ? cell : place;
    });
  }

  /* Not scrollIntoView: that would also move the page around the frame. */
  function scrollFrameTo(box) {
    const frame = box.ownerDocument.defaultView;
    frame.scrollBy(0, box.getBoundingClientRect().top - frame.innerHeight / 3);
  }

  function markTab(event) {
    const link = event.target.closest("[data-paper]");
    if (!link) return;
    for (const other of document.querySelectorAll("[data-paper]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    link.closest("details").open = false;
  }

  /* The key map lists what this page's elements say about themselves. */

  const KEY_NAMES = { Slash: "/", "shift+Slash": "?", Escape: "Esc", "alt+ArrowLeft": "Alt+←" };
  const nameOf = (chord) => KEY_NAMES[chord] ?? chord.replace("Key", "").replace("ctrl+", "Ctrl+");
  const labelOf = (element) =>
    element.dataset.keyLabel ??
    [...element.childNodes]
      .filter((node) => node.nodeName !== "KBD")
      .map((node) => node.textContent)
      .join("")
      .trim();

  function openKeymap(event) {
    const link = event.target.closest("[data-opens]");
    if (!link) return;
    event.preventDefault();
    const dialog = document.getElementById(link.dataset.opens);
    const lines = within(document, "[data-key]").map((element) => [
      labelOf(element),
      element.dataset.key.split(" ").map(nameOf),
    ]);
    dialog.querySelector("[data-keymap]").replaceChildren(...lines.flatMap(asRow));
    dialog.showModal();
  }

  function asRow([label, keys]) {
    const term = document.createElement("dt");
    const keysCell = document.createElement("dd");
    term.textContent = label;
    for (const key of keys) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      keysCell.append(cap, " ");
    }
    return [term, keysCell];
  }

  /* Setting up, again after each part htmx has put in. */

  function settle(root) {
    const goal = root.querySelector("[data-focus]");
    if (root.id === "bundle") window.scrollTo(0, 0);
    goal?.focus();
    const frame = preview();
    if (frame && !frame.dataset.watched) {
      frame.dataset.watched = "yes";
      frame.addEventListener("load", fitPreview);
      fitPreview();
    }
    tick();
  }

  function tick() {
    for (const clock of document.querySelectorAll("[data-since]")) {
      const minutes = Math.floor((Date.now() - Date.parse(clock.dataset.since)) / 60_000);
      clock.textContent = clock.textContent.replace(/\d+/, String(Math.max(0, minutes)));
    }
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("click", openKeymap);
  document.addEventListener("click", setAll);
  document.addEventListener("click", markTab);
  document.addEventListener("focusin", (event) => outline(event.target));
  document.addEventListener("htmx:afterRequest", (event) => release(event.target.ownerDocument));
  document.addEventListener("htmx:beforeRequest", () => sayTrouble(false));
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => sayTrouble(true, event.detail.xhr));
  }
  document.addEventListener("htmx:afterSettle", (event) => settle(event.target));
  window.addEventListener("pageshow", () => release(document));
  window.addEventListener("resize", fitPreview);
  setInterval(tick, CLOCK);
  const field = document.getElementById("q");
  if (field) watchSearch(field);
  settle(document);
})();
