// Single keys in the review queue. The page works without this file.

"use strict";

const keys = document.getElementById("keys");
const isOn = document.getElementById("keys-on");
const why = document.getElementById("id_why");
const SETTING = "examprep-queue-keys"; // off for those whose speech input or hands would set keys off by chance

keys.hidden = false;
isOn.checked = localStorage.getItem(SETTING) !== "off";
isOn.addEventListener("change", () => localStorage.setItem(SETTING, isOn.checked ? "on" : "off"));

const choose = (...values) => {
  for (const value of values) {
    const radio = document.querySelector(`input[name="what"][value="${value}"]`);
    if (!radio) continue;
    radio.checked = true;
    why.focus();
    return;
  }
};
const follow = (key) => document.querySelector(`[data-key="${key}"]`)?.click();
const isTyping = (target) =>
  target.isContentEditable || (target.matches("input, textarea, select") && !target.matches("[type=radio], [type=checkbox], [type=submit]"));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && event.target === why) {
    why.blur();
    return;
  }
  if (!isOn.checked || isTyping(event.target)) return;
  const act = {
    a: () => choose("approve", "checked"),
    r: () => choose("retire"),
    s: () => follow("s"),
    j: () => follow("s"),
    m: () => follow("m"),
    d: () => follow("d"),
    o: () => follow("o"),
    u: () => follow("u"),
    q: () => follow("q"),
    "?": () => {
      keys.open = !keys.open;
      if (keys.open) keys.querySelector("summary").focus();
    },
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
