// Calls to the page's own server, and streams of changes that come back after a cut.
// Bodies are the messages of MonitorService in proto3's JSON: what is 0, false or empty is left out.

const REOPEN_MS = 1000;

export async function ask(path, how = {}) {
  const answer = await fetch(path, { credentials: "same-origin", ...how });
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 401) {
    await signIn();
    return ask(path, how);
  }
  if (!answer.ok) throw new Error(said.error?.message ?? `the server answered ${answer.status}`);
  return said;
}

export const post = (path, body = {}) =>
  ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

// onChange(change) for each; onState("open" | "lost"). Gives a function that ends it.
export function watch(path, onChange, onState = () => {}) {
  let source = null;
  let timer = 0;
  const end = () => {
    clearTimeout(timer);
    source.close();
  };
  const open = () => {
    source = new EventSource(path);
    source.onopen = () => onState("open");
    source.onerror = () => {
      onState("lost");
      // a refusal ends an EventSource for good; the session may only be moving
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_MS);
    };
    source.onmessage = (event) => {
      const change = JSON.parse(event.data);
      onChange(change);
      const ended = change.ended || change.snapshot?.session?.state === "SESSION_STATE_ENDED";
      if (ended) end(); // nothing follows: do not come back
    };
  };
  open();
  return end;
}

function signIn() {
  return new Promise((done) => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "sign-in");
    dialog.innerHTML =
      '<form method="dialog"><h2 id="sign-in">Sign in</h2>' +
      '<p><label>Key <input name="key" type="password" autocomplete="current-password" required></label></p>' +
      '<p role="alert"></p><p><button>Enter</button></p></form>';
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const answer = await fetch("/v1/me:signIn", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ key: dialog.querySelector("input").value }),
      });
      if (answer.ok) {
        dialog.remove();
        done();
      } else {
        dialog.querySelector("[role=alert]").textContent = "This key is not known here.";
      }
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// A Duration of proto3's JSON ("1.280s") as milliseconds; null where it is not set.
export const ms = (duration) => (duration === undefined ? null : parseFloat(duration) * 1000);

export const seconds = (ms) => (ms === null || ms === undefined ? "–" : (ms / 1000).toFixed(1));

// "SESSION_STATE_CATCHING_UP" as "catching up".
export const words = (name, prefix = "") =>
  (name ?? "").replace(prefix, "").toLowerCase().replaceAll("_", " ");

export const stateOf = (session) => words(session.state, "SESSION_STATE_");

export function band(ms) {
  if (ms === null || ms === undefined) return "";
  return ms <= 3000 ? "band-good" : ms <= 5000 ? "band-warn" : "band-bad";
}

export function showLag(element, ms) {
  element.textContent = seconds(ms);
  element.className = `band ${band(ms)}`;
}

export function showLevel(meter, db) {
  meter.value = db ?? meter.min;
  meter.title = db === undefined ? "silent" : `${Math.round(db)} dB`;
}

export function meter(label) {
  const made = document.createElement("meter");
  Object.assign(made, { min: -60, max: 0, low: -50, high: -6, optimum: -20, value: -60 });
  made.setAttribute("aria-label", label);
  return made;
}

export function clock(element) {
  const show = () => (element.textContent = new Date().toLocaleTimeString());
  show();
  setInterval(show, 1000);
}

const RTL = new Set(["ar", "fa", "he", "iw", "ur", "yi", "ps", "sd"]);
export const direction = (tag) => (RTL.has(tag.split("-")[0]) ? "rtl" : "ltr");
