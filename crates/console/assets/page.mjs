// Small helps for every page: copying, moving along a chart, telling problems.
// Everything here is an addition: without it the pages still work.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.textContent);
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = before; }, 1500);
});

// The left and right keys move from point to point of a chart; one point of each is a tab stop.
document.addEventListener("keydown", (event) => {
  const at = event.target.closest?.("svg .at");
  if (!at || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
  const all = [...at.parentNode.querySelectorAll(":scope > .at")];
  const here = all.indexOf(at);
  const next = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: all.length - 1 }[event.key];
  if (!all[next]) return;
  event.preventDefault();
  at.setAttribute("tabindex", "-1");
  all[next].setAttribute("tabindex", "0");
  all[next].focus();
});

// Whether the server is ready, in words, where a page has a place for it.
async function ready() {
  const place = document.querySelector("[data-ready]");
  if (!place) return;
  try {
    const answer = await (await fetch(place.dataset.ready)).json();
    place.textContent = answer.ready ? "Ready: the server takes events and shows them." : `Not ready: ${answer.reasons.join("; ")}.`;
  } catch {
    place.textContent = "The server did not say whether it is ready. Reload the page to ask again.";
  }
}
ready();

// What went wrong in answer to htmx: a problem document (RFC 9457) is told in words; an error page takes
// the place of the page, whatever part was asked for; anything else is not shown.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const type = ctx.response.headers.get("content-type") ?? "";
  if (ctx.response.status < 400) return;
  if (type.startsWith("application/problem+json")) {
    event.preventDefault();
    const problem = JSON.parse(ctx.text);
    tell(problem.title, problem.detail);
  } else if (type.startsWith("text/html") && ctx.text.includes('id="main"')) {
    Object.assign(ctx, { target: document.getElementById("main"), select: "#main", swap: "outerMorph" });
  } else {
    event.preventDefault();
    tell("The server could not answer", `It said ${ctx.response.status}. Reload the page to try again.`);
  }
});

document.addEventListener("htmx:error", () => {
  tell("The server did not answer", "Check the connection and try again.");
});

document.addEventListener("holdfast:problem", (event) => tell(event.detail.title, event.detail.detail));

function tell(title, detail) {
  const place = document.getElementById("notice");
  if (!place) return;
  const box = document.createElement("div");
  box.className = "alert bad";
  const head = document.createElement("strong");
  head.textContent = title;
  const body = document.createElement("p");
  body.textContent = detail ?? "";
  box.append(head, body);
  place.replaceChildren(box);
  place.scrollIntoView({ block: "nearest" });
}
