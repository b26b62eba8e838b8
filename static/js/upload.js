/* How much of a hand-over has been sent, and a button to stop it. Without this file the form is sent
   as any other and the page waits.

   Markup it reads:
     form[data-upload]       sent by htmx, which tells how many bytes have gone
     #sending                inside: [data-bar] a <progress>, [data-amount] words beside it,
                             [data-said] a live region, told each tenth, [data-stop] the button;
                             data-going, data-tenth, data-waiting: the sentences, with %p %s %n in them
     #stopped, #cut-off      shown when somebody stopped it, or the line did; they say what to do */
"use strict";

(() => {
  const MB = 1 << 20;
  const id = (name) => document.getElementById(name);
  const within = (name) => id("sending").querySelector(`[data-${name}]`);
  const isOurs = (event) => event.target.matches?.("form[data-upload]");
  let tenth = 0;
  let isSent = false;

  const inMB = (bytes) => (bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0);

  function words(name, part, sent, all) {
    const said = id("sending").dataset[name];
    return said.replace("%p", part).replace("%s", inMB(sent)).replace("%n", inMB(all));
  }

  function onSend(event) {
    if (!isOurs(event)) return;
    tenth = 0;
    isSent = false;
    event.target.hidden = true;
    id("sending").hidden = false;
    within("stop").focus();
  }

  function onProgress(event) {
    const { lengthComputable, loaded, total } = event.detail;
    // What comes after the last byte sent is the answer's.
    if (!isOurs(event) || isSent || !lengthComputable || !total) return;
    isSent = loaded === total;
    const name = isSent ? "waiting" : "going";
    const part = Math.floor((100 * loaded) / total);
    within("bar").value = part;
    within("amount").textContent = words(name, part, loaded, total);
    within("stop").hidden = isSent;
    if (Math.floor(part / 10) === tenth) return;
    tenth = Math.floor(part / 10);
    within("said").textContent = words(isSent ? name : "tenth", tenth * 10, loaded, total);
  }

  function onEnd(name) {
    return (event) => {
      if (!isOurs(event)) return;
      // All of it is there: its own page knows what became of it.
      if (isSent) return location.assign(event.target.action);
      id("sending").hidden = true;
      id(name).hidden = false;
      id(name).focus();
    };
  }

  document.addEventListener("htmx:beforeSend", onSend);
  document.addEventListener("htmx:xhr:progress", onProgress);
  document.addEventListener("htmx:sendAbort", onEnd("stopped"));
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, onEnd("cut-off"));
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("#sending [data-stop]")) {
      htmx.trigger(document.querySelector("form[data-upload]"), "htmx:abort");
    }
  });
})();
