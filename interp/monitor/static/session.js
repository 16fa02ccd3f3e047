// One session: read it, hear it, steer it.

import { ask, clock, direction, meter, ms, post, seconds, showLag, showLevel, stateOf, watch, words } from "./api.js";
import { Listener, microphone } from "./sound.js";
import { Text } from "./text.js";
import { Timeline } from "./timeline.js";

const MICROPHONE_HZ = 24_000;
const BUFFERED = 48_000; // bytes: a line that is a second behind is given no more

const id = location.pathname.split("/").pop();
const api = `/v1/sessions/${id}`;
const at = (name) => document.getElementById(name);

const timeline = new Timeline(at("timeline"));
const text = new Text(at("segments"), ["source", "target"], {
  onWord: (side, word) => side === "target" && timeline.add(word),
});
text.target = 0;
window.interpText = text; // for tests of what stands on the page

const levels = { in: meter("level in"), out: meter("level out") };
let me = { name: "", role: "" };
let session = { targets: [] };
let stopMicrophone = null;
let listener = null;

const chosen = () => session.targets[text.target] ?? {};
const taken = () => chosen().takenOverBy ?? "";

async function order(what) {
  at("problem").textContent = "";
  try {
    await post(`${api}:steer`, what);
  } catch (error) {
    at("problem").textContent = error.message;
    throw error;
  }
}

const quietly = (promise) => promise.catch(() => {});

function showSession(now) {
  const settings = JSON.stringify([chosen().policy, chosen().outputs]);
  session = now;
  const by = taken();
  at("state").textContent = by ? `taken over by ${by}` : stateOf(now);
  at("state").dataset.state = now.state;
  at("title").textContent =
    `${now.speaker}: ${now.sourceLanguageCode} → ${now.targets.map((t) => t.languageCode).join(", ")}`;
  at("replica").textContent = [now.replica, now.lane, now.gateway && `gateway ${now.gateway}`].filter(Boolean).join(" · ");
  at("mute").setAttribute("aria-pressed", Boolean(now.muted));
  at("mute").firstChild.textContent = now.muted ? "Unmute " : "Mute ";
  showLag(at("lag"), ms(chosen().wordAge));
  showLag(at("p95"), ms(chosen().wordAgeP95));
  showLevel(levels.in, now.inputDbfs);
  showLevel(levels.out, chosen().outputDbfs);
  showTaken(by);
  at("kept").hidden = now.state !== "SESSION_STATE_ENDED" || me.role !== "admin";
  if (settings !== JSON.stringify([chosen().policy, chosen().outputs])) showSettings();
}

function showSettings() {
  const { policy = "", outputs = [] } = chosen();
  at("policy").value = policy;
  at("k").value = /^waitk:.*\bk=(\d+)/.exec(policy)?.[1] ?? "";
  for (const box of at("outputs-form").querySelectorAll("input")) box.checked = outputs.includes(box.name);
  const sourced = session.targets.some((target) => target.outputs?.includes("OUTPUT_SOURCE_TEXT"));
  at("segments").classList.toggle("alone", !sourced);
  at("segments").style.setProperty("direction", direction(chosen().languageCode ?? ""));
}

function showTaken(by) {
  const mine = by === me.name && by !== "";
  at("take").setAttribute("aria-pressed", by !== "");
  const said = by === "" ? "Take over" : mine ? "Hand back" : `Taken over by ${by}`;
  if (at("take").textContent !== said) at("take").textContent = said;
  at("take").disabled = by !== "" && !mine;
  if (!mine && stopMicrophone) {
    stopMicrophone();
    stopMicrophone = null;
  }
}

function showTargets() {
  at("target-choice").hidden = session.targets.length < 2;
  const languages = session.targets.map(({ languageCode }) => languageCode);
  if ([...at("target").options].map((option) => option.text).join() === languages.join()) return;
  at("target").replaceChildren(...languages.map((language, place) => new Option(language, place)));
  at("target").value = text.target;
}

function showTerms(terms = []) {
  at("terms").replaceChildren(
    ...terms.map(({ source, target }) => {
      const item = document.createElement("li");
      item.textContent = `${source} → ${target}`;
      return item;
    }),
  );
}

// What a note leaves among the segments and on the timeline.
const MARKS = {
  SKIPPED: ["S", (s, author) => `skipped ${s} s to live, by ${author}`],
  SPEECH_SKIPPED: ["S", (s) => `speech of ${s} s left out to catch up`],
  REPEATED: ["", (s, author) => `the last segment is said again, by ${author}`],
  GAP_FILLED: ["G", (s) => `gap of ${s} s in what was heard`],
  GAP_RESET: ["G", (s) => `gap of ${s} s in what was heard; a new beginning`],
};

function note({ code, author, text: said, amount, position, time }) {
  const item = document.createElement("li");
  const parts = [new Date(time).toLocaleTimeString(), words(code)];
  if (amount) parts.push(`${seconds(ms(amount))} s`);
  if (author) parts.push(`by ${author}`);
  if (said) parts.push(`“${said}”`);
  item.textContent = parts.join(" · ");
  item.dataset.code = code;
  at("notes").prepend(item);
  if (!MARKS[code]) return;
  const [letter, say] = MARKS[code];
  text.mark(ms(position) ?? 0, code, ms(amount) ?? 0, (sum) => say(seconds(sum), author));
  if (letter) timeline.flag(ms(position) ?? 0, letter);
}

function countdown(left) {
  at("countdown").textContent = left > 0 ? Math.ceil(left) : "";
  if (left > 0) setTimeout(() => countdown(left - 1), 1000);
}

function begin(snapshot) {
  timeline.clear();
  at("notes").replaceChildren();
  session = { targets: [] };
  showSession(snapshot.session);
  showTargets();
  showTerms(snapshot.glossary);
  text.take({ snapshot });
  (snapshot.notes ?? []).forEach(note);
}

const CHANGES = {
  snapshot: begin,
  session: showSession,
  sourceText: (sourceText) => text.take({ sourceText }),
  targetText: (targetText) => text.take({ targetText }),
  correction: (correction) => text.take({ correction }),
  policyAction: (action) => (action.target ?? 0) === text.target && timeline.decide(action),
  terms: ({ terms }) => showTerms(terms),
  countdown: ({ left, target = 0 }) => target === text.target && countdown((ms(left) ?? 0) / 1000),
  ended: ({ reason }) => {
    at("state").textContent = "ended";
    at("state").title = reason;
  },
  note,
};

function take(change) {
  for (const kind of Object.keys(change)) CHANGES[kind]?.(change[kind]);
}

let stopWatching = () => {};

function follow() {
  stopWatching();
  stopWatching = watch(`${api}:watch`, take, (state) => {
    if (state === "lost") at("state").textContent = "reconnecting";
    else if (session.state) showSession(session);
  });
}

async function toggleTaken() {
  const target = text.target;
  if (taken()) {
    await order({ handBack: { target, delay: "3s" } });
    return;
  }
  await order({ takeOver: { target } });
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}${api}:speak?target=${target}`);
  const stop = await microphone(MICROPHONE_HZ, (piece) => {
    if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < BUFFERED) socket.send(piece);
  });
  stopMicrophone = () => {
    stop();
    socket.close();
  };
}

// Without a target where there is but one, so that it is for all.
const place = () => (session.targets.length > 1 ? { target: text.target } : {});

function onSubmit(form, make) {
  at(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    await order(make()).then(() => event.target.reset(), () => {});
    showSettings();
  });
}

function withK(policy, k) {
  if (!policy.startsWith("waitk")) return `waitk:k=${k}`;
  return /\bk=\d+/.test(policy) ? policy.replace(/\bk=\d+/, `k=${k}`) : policy.replace(/^waitk:?/, `waitk:k=${k},`).replace(/,$/, "");
}

function wireOrders() {
  const toggleMute = () => quietly(order({ muteSpeech: { muted: !session.muted } }));
  const repeat = () => quietly(order({ repeatSpeech: place() }));
  at("mute").addEventListener("click", toggleMute);
  at("interrupt").addEventListener("click", () => quietly(order({ interrupt: {} })));
  at("skip").addEventListener("click", () => quietly(order({ skipBacklog: {} })));
  at("repeat").addEventListener("click", repeat);
  at("slow").addEventListener("click", () => quietly(order({ askSlower: {} })));
  at("take").addEventListener("click", () => quietly(toggleTaken()));
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === "m") toggleMute();
    if (event.key.toLowerCase() === "r") repeat();
  });
  onSubmit("policy-form", () => ({ setPolicy: { policy: at("policy").value, ...place() } }));
  onSubmit("k-form", () => ({ setPolicy: { policy: withK(chosen().policy, at("k").value), ...place() } }));
  onSubmit("outputs-form", () => {
    const boxes = [...at("outputs-form").querySelectorAll("input:checked")];
    return { setOutputs: { outputs: boxes.map((box) => box.name), ...place() } };
  });
  onSubmit("term-form", () => ({ addTerm: { source: at("term-source").value, target: at("term-target").value } }));
  onSubmit("correct-form", () => ({
    correct: { segment: Number(at("correct-segment").value), text: at("correct-text").value, target: text.target },
  }));
  onSubmit("message-form", () => ({ message: { text: at("message").value } }));
  at("push-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    at("problem").textContent = "";
    const wanted = { place: at("push-place").value, uri: at("push-uri").value, secret: at("push-secret").value, target: text.target };
    await post(`${api}:push`, wanted).catch((error) => (at("problem").textContent = error.message));
  });
  at("delete").addEventListener("click", async () => {
    await ask(api, { method: "DELETE" }).then(() => location.assign("/"), (error) => (at("problem").textContent = error.message));
  });
}

function listen() {
  const side = at("listen").value;
  if (!side && !listener) return;
  listener ??= new Listener();
  const [source, target] = [`${api}/sound/source`, `${api}/sound/target?target=${text.target}`];
  const wanted = {
    source: [[source, 1]],
    target: [[target, 1]],
    both: [[target, 1], [source, Number(at("duck").value)]],
  };
  quietly(listener.play(new Map(wanted[side] ?? [])));
  listener.volume.gain.value = at("volume").value;
  listener.tone.gain.value = at("tone").value;
}

function wireReading() {
  for (const name of ["listen", "duck", "volume", "tone"]) at(name).addEventListener("input", listen);
  at("target").addEventListener("change", (event) => {
    text.target = Number(event.target.value);
    at("shared").hidden = true;
    showExports();
    listen();
    follow(); // from a snapshot, which has all targets
  });
  at("search").addEventListener("input", (event) => {
    const found = text.find(event.target.value);
    at("found").textContent = event.target.value ? `${found} segments` : "";
  });
  at("segments").addEventListener("click", (event) => {
    const segment = event.target.closest(".segment");
    if (segment) at("correct-segment").value = segment.dataset.segment;
  });
  at("share").addEventListener("click", async () => {
    const { token, code } = await post(`${api}:share`, { target: text.target });
    at("share-link").href = `/read/${token}`;
    at("share-link").textContent = "Reading page";
    at("share-obs").href = `/obs/${token}`;
    at("share-obs").textContent = "Overlay for OBS";
    at("share-code").src = code;
    at("shared").hidden = false;
  });
  at("bilingual").addEventListener("change", showExports);
}

function showExports() {
  const query = `target=${text.target}&bilingual=${at("bilingual").checked}`;
  at("exports").replaceChildren(
    ...["srt", "vtt", "ttml", "txt"].map((format) => {
      const link = document.createElement("a");
      link.href = `${api}/captions.${format}?${query}`;
      link.download = `captions.${format}`;
      link.textContent = format.toUpperCase();
      return link;
    }),
  );
}

clock(at("clock"));
at("in").append(levels.in);
at("out").append(levels.out);
wireOrders();
wireReading();
showExports();
me = await ask("/v1/me");
at("who").textContent = `${me.name}, ${me.role}`;
follow();
