// Two lines over a picture: written words alone, wrapped at 42 characters, gone after a while.

import { watch } from "./api.js";

const LINE = 42;
const SHOWN_MS = 6_000;

const token = location.pathname.split("/").pop();
const [first, second] = [document.getElementById("first"), document.getElementById("second")];
let lines = [""];
let hiding = 0;

function write(word) {
  const grown = lines.at(-1) + word;
  if (grown.trim().length > LINE) lines.push(word.trim());
  else lines[lines.length - 1] = grown;
  lines = lines.slice(-2);
  [first.textContent, second.textContent] = lines.length > 1 ? lines : ["", lines[0]];
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    lines = [""];
    first.textContent = second.textContent = "";
  }, SHOWN_MS);
}

watch(`/v1/links/${token}:watch`, (change) => {
  for (const { text } of change.targetText?.words ?? []) write(text);
});
