// Keys: `g` and a letter goes to a page, `/` to the search, `?` tells the keys. Loaded only for those who
// left them on (WCAG 2.1.4); silent while somebody types.

const places = { l: "live", p: "people", q: "questions", d: "quality", a: "access/members", e: "ledger", s: "sources" };
const base = document.documentElement.dataset.workspace;
let gone = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  if (event.key === "?") return document.getElementById("keys")?.showModal();
  if (event.key === "/") {
    const field = document.querySelector("main [data-search]");
    if (field) { event.preventDefault(); field.focus(); }
    return;
  }
  if (event.key === "g") { gone = event.timeStamp; return; }
  const place = places[event.key];
  if (place && base && event.timeStamp - gone < 1000) location.assign(`/w/${base}/${place}`);
  gone = 0;
});
