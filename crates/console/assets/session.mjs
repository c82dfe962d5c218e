// An open page does not outlive its session: it warns before the end and empties itself at it, whether the session ended by
// itself, on another page or elsewhere. Asking how long it has left is no use of it; what the member chooses is.

const askEveryMs = 30_000;
const warnBeforeMs = 120_000;
const signIn = document.documentElement.dataset.session;
const others = new BroadcastChannel("holdfast-session");
let endsAt = Infinity;
let asking;

if (signIn) {
  others.addEventListener("message", ask);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  addEventListener("pageshow", ask);
  asking = setInterval(ask, askEveryMs);
  ask();
} else {
  // Nobody is signed in here: pages of this browser that are still open look whether that is so of them too.
  others.postMessage("look");
}

async function ask() {
  try {
    const answer = await fetch("/api/v1/session/left", { cache: "no-store" });
    if (answer.ok) endsAt = Date.now() + (await answer.json()).left_s * 1000;
  } catch {
    // The server is away: what it said last counts.
  }
  const leftMs = endsAt - Date.now();
  if (leftMs <= 0) empty();
  else if (leftMs <= warnBeforeMs) warn();
  else document.getElementById("session-ends")?.remove();
}

function empty() {
  others.close();
  clearInterval(asking);
  const say = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  const main = Object.assign(document.createElement("main"), { className: "lone", id: "main" });
  const again = Object.assign(say("a", "Sign in"), { href: signIn, className: "btn" });
  main.append(say("h1", "Your session has ended"), say("p", "What this page showed was taken away. Sign in to go on."), again);
  document.title = "Signed out · Holdfast";
  delete document.documentElement.dataset.session;
  document.body.replaceChildren(main);
  window.stop();
}

function warn() {
  if (document.getElementById("session-ends")) return;
  const place = document.getElementById("notice");
  if (!place) return;
  const box = Object.assign(document.createElement("div"), { id: "session-ends", className: "alert warn" });
  const words = Object.assign(document.createElement("p"), { textContent: "Your session ends within two minutes, and with it what you have typed here." });
  const stay = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: "Stay signed in" });
  stay.addEventListener("click", async () => { await fetch("/api/v1/session"); ask(); });
  box.append(words, stay);
  place.append(box);
}
