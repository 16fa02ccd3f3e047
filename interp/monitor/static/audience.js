// What the audience sees: the text of one target, large.

import { direction, watch } from "./api.js";
import { Listener } from "./sound.js";
import { Text } from "./text.js";

const token = location.pathname.split("/").pop();
const captions = document.getElementById("captions");
const state = document.getElementById("state");
const text = new Text(captions, ["target"], { lateMs: Infinity });
window.interpText = text;
let listener = null;

function take(change) {
  const near = innerHeight + scrollY > document.body.scrollHeight - 120;
  if (change.snapshot) {
    const [{ languageCode }] = change.snapshot.session.targets;
    Object.assign(captions, { lang: languageCode, dir: direction(languageCode) });
    if (change.snapshot.session.state === "SESSION_STATE_ENDED") state.textContent = "ended";
  }
  text.take(change);
  if (change.ended) state.textContent = "ended";
  if (near) scrollTo(0, document.body.scrollHeight);
}

document.getElementById("size").addEventListener("input", (event) => {
  captions.style.setProperty("--size", `${event.target.value}rem`);
});
document.getElementById("contrast").addEventListener("click", ({ currentTarget }) => {
  const on = document.body.classList.toggle("contrast");
  currentTarget.setAttribute("aria-pressed", on);
});
document.getElementById("listen").addEventListener("click", ({ currentTarget }) => {
  listener ??= new Listener();
  const on = !listener.playing;
  currentTarget.setAttribute("aria-pressed", on);
  if (on) listener.play(new Map([[`/v1/links/${token}/sound`, 1]]));
  else listener.stop();
});
watch(`/v1/links/${token}:watch`, take, (now) => {
  if (state.textContent !== "ended") state.textContent = now === "open" ? "live" : "reconnecting";
});
