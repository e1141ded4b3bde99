// What htmx does not do by itself: keys, the running clock, and words when the server cannot be reached.
// Every page works without this file.

"use strict";

// htmx takes forms and links over in a task of its own, which a busy browser may run after a quick player's first key;
// that answer would then leave the page, and offline the choice would be gone with it. So this is done before any key.
window.htmx?.process(document.body);

const typing = (element) => element?.closest("input:not([type=radio]):not([type=checkbox]), select, textarea");

// 1 to 5 and A to E choose, Enter answers or goes on. Links and buttons keep their own Enter.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const form = document.querySelector("form[data-answers]");
  if (event.key === "Enter") {
    if (event.repeat) return;
    if (event.target.closest("a, button, summary")) return;
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    } else {
      document.querySelector("[data-goes-on]")?.click();
    }
    return;
  }
  if (!form || event.key.length !== 1) return;
  const index = "12345".includes(event.key) ? Number(event.key) - 1 : "abcde".indexOf(event.key.toLowerCase());
  const input = form.querySelectorAll("input[name=choice]")[index];
  if (input) {
    event.preventDefault();
    input.focus();
    input.click();
  }
});

// The clock only informs; the server keeps the time.
// In a sprint (data-left) it runs down, and at its end sends the form as it is.
let started = performance.now();
let clocked = null;
setInterval(() => {
  const timer = document.querySelector(".timer[data-seconds], .timer[data-left]");
  if (timer !== clocked) {
    clocked = timer;
    started = performance.now();
  }
  if (!timer) return;
  const gone = Math.floor((performance.now() - started) / 1000);
  const runsDown = "left" in timer.dataset;
  const seconds = runsDown ? Math.max(Number(timer.dataset.left) - gone, 0) : Number(timer.dataset.seconds) + gone;
  timer.lastElementChild.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (!runsDown) return;
  timer.classList.toggle("is-short", seconds <= 5);
  // Some seconds are granted for the way to the server and back; by then it agrees that the time is over.
  if (gone >= Number(timer.dataset.left) + Number(timer.dataset.grace) + 1) {
    delete timer.dataset.left;
    document.querySelector("form[data-answers]")?.requestSubmit();
  }
}, 1000);

// A time zone that was not chosen yet is suggested by the browser.
document.addEventListener("DOMContentLoaded", () => {
  const select = document.querySelector("select[data-suggests-zone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (select && !select.value && [...select.options].some((option) => option.value === zone)) select.value = zone;
});

// A part that asks for the focus gets it, so that keys and screen readers go on from there.
const focusNews = () => document.querySelector("main [autofocus]")?.focus({ preventScroll: true });
document.addEventListener("htmx:after:swap", focusNews);
document.addEventListener("DOMContentLoaded", focusNews);

// Nothing is lost when a request fails: the choice stays, and sending it again is safe.
const say = (text) => {
  const trouble = document.getElementById("trouble");
  if (!trouble) return;
  trouble.textContent = text;
  trouble.hidden = !text;
};
document.addEventListener("htmx:error", () =>
  say("Examprep cannot be reached. Your choice is still here: try again when you are back online."),
);
document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail?.ctx?.response?.status;
  if (status === 422) return;
  if (status === 503) say("Examprep will be back in a moment. Your choice is still here: please try again.");
  else if (status >= 500) say("Something broke on our side. Your choice is still here: please try again.");
  else say("This page is out of date, perhaps since you signed in or out elsewhere. Reload it to go on.");
});
