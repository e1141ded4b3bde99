// A button that copies the invitation link. Without it the link is there to be marked and copied.

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-copies]");
  const link = document.getElementById(button?.dataset.copies);
  if (!link) return;
  link.addEventListener("focus", () => link.select());
  if (!navigator.clipboard) return; // browsers offer it to safe pages only: https, or this machine
  button.hidden = false;
  button.addEventListener("click", async () => {
    const said = document.getElementById("copied");
    try {
      await navigator.clipboard.writeText(link.value);
      said.textContent = "Copied.";
    } catch {
      link.focus();
      said.textContent = "The browser does not let the page copy it. It is marked: copy it by Ctrl+C, or ⌘C.";
    }
  });
});
