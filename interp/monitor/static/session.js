// One session: read it, hear it, steer it.

import { ask, band, clock, direction, post, seconds, watch } from "./api.js";
import { Listener, microphone } from "./sound.js";
import { Text } from "./text.js";
import { Timeline } from "./timeline.js";

const id = location.pathname.split("/").pop();
const api = `/v1/sessions/${id}`;
const at = (name) => document.getElementById(name);

const timeline = new Timeline(at("timeline"));
const text = new Text(at("segments"), ["source", "target"], {
  onWord: (side, segment, word) => side === "target" && timeline.add(word),
});
window.interpText = text; // for tests of what stands on the page

let me = { name: "", role: "" };
let stopMicrophone = null;
let listener = null;

async function order(what) {
  at("problem").textContent = "";
  try {
    await post(`${api}:steer`, what);
  } catch (error) {
    at("problem").textContent = error.message;
    throw error;
  }
}

function setState(state) {
  at("state").textContent = state;
}

function setMuted(muted) {
  at("mute").setAttribute("aria-pressed", muted);
  at("mute").firstChild.textContent = muted ? "Unmute " : "Mute ";
}

function setLag(ms) {
  at("lag").textContent = seconds(ms);
  at("lag").className = `band ${band(ms)}`;
}

function setTaken(by) {
  const mine = by === me.name && by !== "";
  at("take").setAttribute("aria-pressed", by !== "");
  at("take").textContent = by === "" ? "Take over" : mine ? "Hand back" : `Taken over by ${by}`;
  at("take").disabled = by !== "" && !mine;
  if (by !== "") setState(`taken over by ${by}`);
  if (!mine && stopMicrophone) {
    stopMicrophone();
    stopMicrophone = null;
  }
}

function note({ code, by, text: said, amount, position }) {
  const item = document.createElement("li");
  const what = code.toLowerCase().replaceAll("_", " ");
  const parts = [`${seconds(position)} s`, what];
  if (amount) parts.push(`${seconds(amount)} s`);
  if (by) parts.push(`by ${by}`);
  if (said) parts.push(`“${said}”`);
  item.textContent = parts.join(" · ");
  at("notes").prepend(item);
  if (code === "TAKEN_OVER") setTaken(by);
  if (code === "HANDED_BACK") {
    setTaken("");
    setState("live");
  }
}

function countdown(left) {
  at("countdown").textContent = left > 0 ? Math.ceil(left) : "";
  if (left > 0) setTimeout(() => countdown(left - 1), 1000);
}

const CHANGES = {
  snapshot(change) {
    timeline.clear();
    at("notes").replaceChildren();
    setState(change.ended ? "ended" : "live");
    setTaken(change.taken_over_by);
    change.notes.forEach(note);
    setTaken(change.taken_over_by);
    setMuted(change.muted);
    setLag(change.age);
    at("policy").value = change.policy;
  },
  lag: ({ age }) => setLag(age),
  muted: ({ muted }) => setMuted(muted),
  policy: ({ policy }) => (at("policy").value = policy),
  countdown: ({ seconds: left }) => countdown(left),
  ended: () => setState("ended"),
  note,
};

function take(change) {
  CHANGES[change.kind]?.(change);
  text.take(change);
}

async function toggleTaken() {
  if (at("take").getAttribute("aria-pressed") === "true") {
    await order({ do: "hand_back", in_s: 3 });
    return;
  }
  await order({ do: "take_over" });
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}${api}:speak`);
  const stop = await microphone(24000, (piece) => {
    if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < 48000) socket.send(piece);
  });
  stopMicrophone = () => {
    stop();
    socket.close();
  };
}

function onSubmit(form, make) {
  at(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    await order(make()).then(() => form !== "policy-form" && event.target.reset(), () => {});
  });
}

function wire() {
  const quietly = (promise) => promise.catch(() => {});
  const toggleMute = () =>
    quietly(order({ do: at("mute").getAttribute("aria-pressed") === "true" ? "unmute" : "mute" }));
  at("mute").addEventListener("click", toggleMute);
  at("interrupt").addEventListener("click", () => quietly(order({ do: "interrupt" })));
  at("skip").addEventListener("click", () => quietly(order({ do: "skip" })));
  at("slow").addEventListener("click", () => quietly(order({ do: "slow_down" })));
  at("take").addEventListener("click", () => quietly(toggleTaken()));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select, textarea");
    if (event.key.toLowerCase() === "m" && !typing && !event.ctrlKey && !event.metaKey) toggleMute();
  });
  onSubmit("policy-form", () => ({ do: "policy", policy: at("policy").value }));
  onSubmit("correct-form", () => ({
    do: "correct", segment: Number(at("correct-segment").value), text: at("correct-text").value,
  }));
  onSubmit("message-form", () => ({ do: "message", text: at("message").value }));
  at("push-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    at("problem").textContent = "";
    const order = { place: at("push-place").value, url: at("push-url").value, secret: at("push-secret").value };
    await post(`${api}:push`, order).catch((error) => (at("problem").textContent = error.message));
  });
  at("search").addEventListener("input", (event) => {
    const found = text.find(event.target.value);
    at("found").textContent = event.target.value ? `${found} segments` : "";
  });
  at("segments").addEventListener("click", (event) => {
    const segment = event.target.closest(".segment");
    if (segment) at("correct-segment").value = segment.dataset.segment;
  });
  at("listen").addEventListener("change", (event) => {
    listener ??= new Listener();
    listener.stop();
    const side = event.target.value;
    if (side) listener.play(`${api}/sound/${side}`).catch(() => {});
  });
  at("volume").addEventListener("input", (event) => {
    if (listener) listener.volume.gain.value = event.target.value;
  });
  at("tone").addEventListener("input", (event) => {
    if (listener) listener.tone.gain.value = event.target.value;
  });
  at("share").addEventListener("click", async () => {
    const { token, code } = await post(`${api}:share`);
    at("share-link").href = `/read/${token}`;
    at("share-link").textContent = "Reading page";
    at("share-code").src = code;
    at("shared").hidden = false;
  });
  for (const suffix of [".srt", ".vtt", ".txt"]) {
    const link = document.createElement("a");
    link.href = `${api}/captions${suffix}`;
    link.download = `captions${suffix}`;
    link.textContent = suffix.slice(1).toUpperCase();
    at("exports").append(link);
  }
}

clock(at("clock"));
wire();
me = await ask("/v1/me");
at("who").textContent = `${me.name}, ${me.role}`;
const { sessions } = await ask("/v1/sessions");
const row = sessions.find((each) => each.id === id);
if (row) {
  at("title").textContent = `${row.speaker}: ${row.source} → ${row.target}`;
  at("segments").style.setProperty("direction", direction(row.target));
}
watch(`${api}:watch`, take, (state) => state === "lost" && setState("reconnecting"));
