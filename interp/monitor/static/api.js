// Calls to the page's own server, and streams of changes that come back after a cut.

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
  const source = new EventSource(path);
  source.onopen = () => onState("open");
  source.onerror = () => onState("lost");
  source.onmessage = (event) => {
    const change = JSON.parse(event.data);
    onChange(change);
    const over = change.kind === "ended" || (change.kind === "snapshot" && change.ended);
    if (over) source.close(); // nothing follows: do not come back
  };
  return () => source.close();
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

export const seconds = (ms) => (ms === null || ms === undefined ? "–" : (ms / 1000).toFixed(1));

export function band(ms) {
  if (ms === null || ms === undefined) return "";
  return ms <= 3000 ? "band-good" : ms <= 5000 ? "band-warn" : "band-bad";
}

export function clock(element) {
  const show = () => (element.textContent = new Date().toLocaleTimeString());
  show();
  setInterval(show, 1000);
}

const RTL = new Set(["ar", "fa", "he", "iw", "ur", "yi", "ps", "sd"]);
export const direction = (tag) => (RTL.has(tag.split("-")[0]) ? "rtl" : "ltr");
