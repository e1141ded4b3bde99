// The exam: choices are saved as they are made, the clock counts, keys go from question to question.
// Every page works without this file; then the buttons save.

"use strict";

const RETRY = [2, 5, 10, 20]; // seconds
const WARNINGS = [30, 5]; // minutes

// While it settles, htmx gives buttons the attributes that those with the same ids had before: for a moment, Next would
// lead where it led from the question before.
htmx.config.defaultSettleDelay = 0;

const isOfExam = (element) => element?.matches?.("form.exam-form, #choices");
const examForm = () => document.querySelector("form.exam-form");
const choices = () => document.getElementById("choices");
const tellTrouble = (text) => {
  const trouble = document.getElementById("trouble");
  if (!trouble) return;
  if (trouble.textContent !== text) trouble.textContent = text;
  trouble.hidden = !text;
};

// Saving. Requests of the form wait for each other; each takes the version that the one before it brought back.

let isUnsaved = false; // since the last change that the server has
let isMoving = false; // a button was pressed, which saves too
let failures = 0;
let retry = 0;

const chosenNow = () => (examForm() ? new FormData(examForm()).getAll("choice").join() : "");
const saveAgain = () => {
  clearTimeout(retry);
  retry = 0;
  if (isUnsaved && choices()) htmx.trigger(choices(), "change");
};

document.addEventListener("change", (event) => {
  if (event.target.name === "choice") isUnsaved = true;
});

document.addEventListener("htmx:config:request", (event) => {
  const source = event.detail.ctx.sourceElement;
  if (source === examForm()) isMoving = true;
  else if (source === choices() && isMoving) event.preventDefault();
});

document.addEventListener("htmx:before:request", (event) => {
  const { sourceElement: source, request } = event.detail.ctx;
  if (!isOfExam(source)) return;
  if (!source.isConnected) {
    event.detail.ctx.isDropped = true; // a second press, on a question that is gone
    event.preventDefault();
    return;
  }
  // What is chosen now, which may be more than when the request had to begin to wait.
  const now = new FormData(examForm());
  request.body.set("saves", now.get("saves") ?? "");
  request.body.delete("choice");
  if (!request.body.has("clear")) now.getAll("choice").forEach((value) => request.body.append("choice", value));
  event.detail.ctx.sent = chosenNow();
});

document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  if (!isOfExam(ctx.sourceElement) || ctx.isDropped) return;
  if (ctx.sourceElement !== choices()) isMoving = false;
  const status = ctx.response?.status;
  if (status && (status < 400 || status === 422)) {
    failures = 0;
    // What was chosen since is saved by its own change event.
    if (ctx.sourceElement !== choices() || ctx.sent === chosenNow()) isUnsaved = false;
    if (!isUnsaved) tellTrouble("");
  } else if (!status || status >= 500) {
    isUnsaved = true;
    const saved = document.querySelector("#saved .saved");
    if (saved) saved.textContent = "Not saved yet";
    const wait = RETRY[Math.min(failures++, RETRY.length - 1)];
    tellTrouble(
      status
        ? "Not saved: something broke on our side. Your choice is kept here and sent again until it gets through."
        : "Not saved: Examprep cannot be reached. Your choice is kept here and sent again until it gets through.",
    );
    clearTimeout(retry);
    retry = setTimeout(saveAgain, wait * 1000);
  }
});
window.addEventListener("online", saveAgain);

// Away before a choice was sent: it is sent after the page. If sending fails, the browser asks whether to leave.
window.addEventListener("pagehide", () => {
  if (!isUnsaved || !examForm()) return;
  const headers = { "HX-Request": "true" };
  fetch(examForm().action, {
    method: "POST",
    headers,
    body: new URLSearchParams(new FormData(examForm())),
    keepalive: true,
  }).catch(() => {});
});
window.addEventListener("beforeunload", (event) => {
  if (isUnsaved && failures) event.preventDefault();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted && examForm()) location.reload();
});

// What asked for the focus has it; a later swap of another part must not take it there again. Whoever flags by key stays
// at the options, so that Enter goes on.
let isFlaggedByKey = false;
document.addEventListener("htmx:after:swap", (event) => {
  if (isFlaggedByKey && event.detail.ctx.sourceElement !== choices()) {
    isFlaggedByKey = false;
    (document.querySelector("#choices :checked") ?? document.querySelector("#choices h1"))?.focus({ preventScroll: true });
  }
  document.querySelectorAll("#exam [autofocus]").forEach((element) => element.removeAttribute("autofocus"));
});

// Keys beside those of practice: Enter goes on, N and P move, F flags.
const press = (id) => {
  const element = document.getElementById(id);
  if (!element || element.disabled) return false;
  element.click();
  return true;
};
document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.target.closest("select, textarea, input:not([type=radio]):not([type=checkbox])")) return;
    if (event.key === "Enter") {
      if (!examForm() || event.target.closest("a, button, summary")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      press("next");
      return;
    }
    const id = { n: "next", p: "previous", f: "flag" }[event.key.toLowerCase()];
    if (!id || !press(id)) return;
    event.preventDefault();
    isFlaggedByKey = id === "flag";
  },
  true,
);

// The clock. The server said how many seconds were left; here only what has gone by since is counted.

let clock = null;
let left = 0;
let newsAt = 0; // how much was left when the last warning was given
let seen = { steady: 0, wall: 0 };

const remember = (key) => {
  try {
    if (sessionStorage.getItem(key)) return false;
    sessionStorage.setItem(key, "1");
  } catch {
    if (remember[key]) return false;
    remember[key] = true;
  }
  return true;
};

const inWords = (seconds) => {
  if (seconds >= 3600) return "";
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? "Less than a minute is left." : `${minutes} minutes are left.`;
};

const tick = () => {
  const found = document.querySelector(".countdown");
  if (!found) return;
  if (found !== clock) {
    clock = found;
    left = Number(found.dataset.left);
    seen = { steady: performance.now(), wall: Date.now() };
    found.classList.add("is-counting");
  }
  // The steady clock may stand still while a computer sleeps, the other one may be set; the further one is right enough.
  const gone = Math.max(performance.now() - seen.steady, Date.now() - seen.wall) / 1000;
  const rest = Math.max(Math.ceil(left - gone), 0);
  const [hours, minutes, seconds] = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60];
  const two = (number) => String(number).padStart(2, "0");
  found.firstElementChild.textContent = hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  found.classList.toggle("is-urgent", rest <= 300);
  for (const warning of WARNINGS) {
    if (rest > 0 && rest <= warning * 60 && remember(`exam-${found.dataset.exam}-${warning}`)) {
      document.getElementById("time-news").textContent = inWords(rest);
      newsAt = rest;
    }
  }
  if (newsAt && rest < newsAt - 60) {
    document.getElementById("time-news").textContent = ""; // it is not true any more
    newsAt = 0;
  }
  if (rest === 0) {
    isUnsaved = false;
    clearInterval(ticking);
    location.assign(found.dataset.result);
  }
};
const ticking = setInterval(tick, 500);
document.addEventListener("htmx:after:swap", tick);
tick();
