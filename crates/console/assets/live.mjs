// The live list: pause, count what waits, keep it short.

const rowsMax = 200;
const list = document.getElementById("live-list");
const button = document.getElementById("live-pause");

if (list && button) {
  const state = document.getElementById("live-state");
  let waiting = 0;
  let paused = false;
  button.hidden = false;

  document.addEventListener("htmx:sse:before:message", (event) => {
    if (!paused || event.target !== list) return;
    event.preventDefault();
    waiting += 1;
    show();
  });

  document.addEventListener("htmx:sse:after:message", trim);
  document.addEventListener("htmx:sse:error", () => { state.textContent = "Connection lost, trying again"; });
  document.addEventListener("htmx:sse:after:connection", show);

  button.addEventListener("click", () => {
    paused = !paused;
    if (!paused && waiting > 0) {
      // What waited is on the server too: the page as it is now, without parsing anything here.
      location.reload();
      return;
    }
    show();
  });

  function show() {
    button.textContent = paused ? "Resume" : "Pause";
    button.setAttribute("aria-pressed", String(paused));
    state.parentElement.classList.toggle("paused", paused);
    state.textContent = paused ? `Paused · ${waiting} waiting` : "Live";
  }

  function trim() {
    while (list.children.length > rowsMax) list.lastElementChild.remove();
  }
}
