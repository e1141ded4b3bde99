// Marking words of the statement puts them into the field for a blank. The page works without this file.

"use strict";

const statement = document.getElementById("id_statement");
const words = document.getElementById("blank_words");

statement?.addEventListener("select", () => {
  const marked = statement.value.slice(statement.selectionStart, statement.selectionEnd).trim();
  if (marked && marked !== statement.value.trim()) words.value = marked;
});
// Enter there asks for distractors; it would save the form else.
words?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  document.querySelector("button[name=_suggest]").click();
});
