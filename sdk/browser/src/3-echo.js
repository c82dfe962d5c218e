// The echo rule. A page repeats what was typed in labels, messages, ids and addresses. So that such a
// repetition is known, fields are fingerprinted here: keyed hashes of windows of five letters, under a key
// that this page made and never shows, for some minutes, in memory. This is the only place that reads what
// stands in a field, and all that leaves it is yes or no.

const WINDOW = 5;
const HASHES_MAX = 20000;
const HELD_MS = 600000;
const key = globalThis.crypto ? crypto.getRandomValues(new Uint32Array(1))[0] : 1;
let young = new Set();
let old = new Set();
let turned = now();

const hash = (text, seed = key) => {
  let sum = seed ^ text.length;
  for (let i = 0; i < text.length; i++) {
    sum = Math.imul(sum ^ text.charCodeAt(i), 0x5bd1e995);
    sum ^= sum >>> 15;
  }
  return sum >>> 0;
};
const keep = (text) => {
  if (young.size > HASHES_MAX || now() - turned > HELD_MS) {
    old = young;
    young = new Set();
    turned = now();
  }
  young.add(hash(text));
};
const known = (text) => {
  const sum = hash(text);
  return young.has(sum) || old.has(sum);
};
// `whole`: typing is over, so that a short text is all of it.
const remember = (text, whole) => {
  if (typeof text !== "string" || !text) return;
  const ends = text.length > 4000 ? text.slice(0, 2000) + text.slice(-2000) : text;
  const plain = folded(ends);
  if (plain.length < WINDOW) {
    if (whole && plain.length > 2) keep(plain);
    return;
  }
  for (let i = 0; i + WINDOW <= plain.length; i++) keep(plain.slice(i, i + WINDOW));
};
// Whether a text holds a piece of what was typed, forwards or backwards.
const heard = (text) => {
  const plain = folded(text);
  const back = [...plain].reverse().join("");
  for (let i = 0; i + WINDOW <= plain.length; i++) {
    if (known(plain.slice(i, i + WINDOW)) || known(back.slice(i, i + WINDOW))) return true;
  }
  return visible(text).split(/[^\p{L}\p{N}]+/u).some((word) => known(folded(word)));
};

const read = {
  input: getter("HTMLInputElement", "value"),
  textarea: getter("HTMLTextAreaElement", "value"),
  editable: getter("Node", "textContent"),
};
const listenTo = (field, whole = false) => {
  const tag = tagOf(field);
  if (tag === "input" && /^(button|submit|reset|image|checkbox|radio|hidden|file)$/.test(inputType(field))) return "";
  // A page that is editable as a whole is not a field: its own words would count as typed.
  const reader = read[tag] ?? (tag !== "body" && tag !== "html" && isEditable(field) ? read.editable : undefined);
  const text = reader ? reader(field) : "";
  remember(text, whole);
  // One letter a box: the boxes of a code are heard together, by their caller.
  return text && text.length < 3 ? text : "";
};
const FIELDS_MAX = 300;
// Fields are filled without a key being pressed, by the browser, by programs, by the server.
const listenToAll = () => {
  for (const tag of ["input", "textarea"]) {
    const fields = allNamed(doc, tag);
    let joined = "";
    for (let at = 0; at < FIELDS_MAX; at++) {
      const field = itemOf(fields, at);
      if (!field) break;
      joined += attempt(() => listenTo(field, true), "");
    }
    remember(joined, true);
  }
};
