/* Asks the browser for a passkey, or to make one, and sends what it answers.

   Markup it reads: <form data-passkey="get|create" data-options="…" hidden> with a field `credential`
   and an element with data-trouble. The pages work without this file, by digits. */
"use strict";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !webauthnJSON.supported();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const trouble = form.querySelector("[data-trouble]");
    trouble.hidden = true;
    try {
      const options = JSON.parse(form.dataset.options);
      const answer = await webauthnJSON[form.dataset.passkey](options);
      form.elements.credential.value = JSON.stringify(answer);
    } catch {
      trouble.hidden = false;
      return;
    }
    form.submit();
  });
}
