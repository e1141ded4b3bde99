// The preview of a fact: what htmx does not do by itself. The page works without this file.

"use strict";

const panel = document.getElementById("preview");
const trouble = document.getElementById("preview-trouble");
const isOurs = (event) => event.detail?.ctx?.sourceElement === panel;
const say = (text) => {
  trouble.textContent = text;
  panel.classList.toggle("is-stale", Boolean(text));
};

// Who was signed out is sent to a page that does not belong into the panel.
document.addEventListener("htmx:before:swap", (event) => {
  if (!isOurs(event)) return;
  const { response } = event.detail.ctx;
  if (response?.raw?.redirected) {
    event.preventDefault();
    say("You have been signed out. Sign in in another tab: what you typed stays here.");
  } else if (response?.status < 400) {
    say("");
  }
});
document.addEventListener("htmx:error", (event) => {
  if (isOurs(event)) say("The preview cannot be reached. What you typed stays here.");
});
document.addEventListener("htmx:response:error", (event) => {
  if (isOurs(event)) say("The preview is not up to date. What you typed stays here.");
});

// A row that is taken out of the form fires no event of its inputs.
document.addEventListener("formset:removed", () => panel.dispatchEvent(new Event("removed")));
