// What a text may look like to leave the page. Of labels only the words of interfaces that are listed here
// are kept, in any case; identifiers and address segments are kept whole or not at all.

// Letters that look like others, and marks that are not seen.
const LOOKS = "аaеeоoрpсcуyхxіiѕsкkмmтtнhвbαaεeοoρpνvιiκkτtıiłløođdßs0o1l3e4a5s7t";
const LOOK = new Map();
for (let i = 0; i < LOOKS.length; i += 2) LOOK.set(LOOKS[i], LOOKS[i + 1]);
const visible = (text) => text.normalize("NFKC").replace(/\p{Cf}/gu, "");
// One spelling for what looks or is meant alike; letters and digits alone.
const folded = (text) =>
  visible(text).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "")
    .replace(/./gu, (letter) => LOOK.get(letter) ?? letter);

// How usual each pair of letters is in words of 26 languages and of interfaces, 0 to 3, two pairs a digit.
const PAIRS =
  "bf6aebfa3fa4ac0c1c20c24804c4c3ca0c27804c1c4d00c18805df999bf67f6698090810821400c0c5811824800c0c0800c22400ffd86bbe7f6158080400408400c0c1c14819804d2c4c70c0a908e0c0c14e04400cfddd56c0f909aa585bfa3fe91c0c1820e3a8040000000000800ead8c9ad2fd48ccc2ce5e1fd45c4c3c15d3ec08ea8886b23f105c0c08004000008081801414000004040010100080404015050008080800400400";
// Whether the words, all together, are of usual pairs; what has fewer than `fewest` of them may be anything.
const isUsual = (words, least, fewest = 4) => {
  let sum = 0;
  let count = 0;
  for (const word of words) {
    const plain = word.toLowerCase();
    if (!/^[a-z]+$/.test(plain)) continue;
    for (let i = 1; i < plain.length; i++) {
      const at = (plain.charCodeAt(i - 1) - 97) * 26 + plain.charCodeAt(i) - 97;
      const pair = parseInt(PAIRS[at >> 1], 16);
      sum += at & 1 ? pair & 3 : pair >> 2;
      count += 1;
    }
  }
  return count < fewest || sum / count >= least;
};
const digitsIn = (text) => text.match(/\p{N}/gu)?.length ?? 0;
const bumps = (text) => text.match(/\p{Ll}\p{Lu}/gu)?.length ?? 0;

// Words of interfaces, none of which is anybody's name. Labels hold no others; nor do identifiers where a part
// of a page repeats, once a customer, or segments of a path behind a word such as `users`.
const WORDS = new Set(
  "accept account action add address ajouter alert all and anmelden annuler app apply au back basket btn button buy cancel card cart cell check checkbox checkout clear click close col combobox confirm contact content continue copy delete dialog docs download edit email file filter for form free from get header help hide home icon in item items jetzt kaufen link list listbox listitem login logout löschen main menu menuitem message more my name navigation new news next not now open option order orders ordinary page panier password pay plan plans play post price prices primary products profile radio read remove report reset save search secondary select send settings shop show sign slider start status submit subscribe switch tab table tablist text textbox the this to toggle undo up update upload user view warenkorb weiter with www your zum".split(" "),
);
// Set while a part of the page is described that repeats, or that somebody writes in.
let isStrict = false;
const isPlain = (text) => text.split(/[\W\d_]+/).every((word) => !word || WORDS.has(word.toLowerCase()));

// An identifier: words and at most three digits. Ids made of addresses, tokens and codes are none.
const identifier = (text) => {
  if (typeof text !== "string" || text.length > 40 || !/^[a-z][\w:.-]*$/i.test(text)) return;
  if (digitsIn(text) > 3 || bumps(text) > 4 || /[-_.](com|org|net)$|^[A-Z][a-z]+[-_][A-Z]/.test(text)) return;
  const parts = text.replace(/([a-z])([A-Z])/g, "$1-$2").split(/[-_:.]+/);
  const good = (part) => /^([a-z]{0,16}|\d{0,3})$/i.test(part) ? isUsual([part], 2) : /^[a-z]{1,6}\d{1,2}$/i.test(part) && isUsual([part.replace(/\d+/, "")], 2, 2);
  if (parts.length > 7 || !parts.every(good) || isSpelt(parts) || heard(text) || (isStrict && !parts.every((part) => part.length < 3 || isPlain(part)))) return;
  return text;
};
// Letters one by one, or by twos and threes that make no words, are a code.
const isSpelt = (parts) => parts.filter((part) => part.length === 1).length > 2 || !isUsual(parts.filter((part) => part.length < 5), 1.1, 5);

const LABEL_MAX = 48;
// The label of a control, of listed words alone; what stands between them is told by its class.
const label = (text) => {
  const plain = visible(text).replace(/[\s\p{Z}\p{C}]+/gu, " ").trim();
  if (!plain || plain.length > 4 * LABEL_MAX || heard(plain)) return;
  const words = plain.split(" ").map((word) => {
    const core = word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
    if (word.includes("@")) return "[email]";
    if (digitsIn(word)) return "[number]";
    return !core || WORDS.has(core.toLowerCase()) ? core : "[text]";
  });
  const said = words.filter(Boolean).join(" ").replace(/(\[\w+\])( \1)+/g, "$1");
  return (said.length <= LABEL_MAX && said) || undefined;
};

// Words behind which a path holds what is somebody's: people, searches, secrets.
const BEHIND = /^([@~qstu]|in|by)$|^(people|person|profil|member|patient|contact|search|query|find|result|reset|verif|confirm|activ|invit|magic|unsub|share|recover|join|callback|oauth|order|ticket|voucher|download|track|session|employ|author|team|account|welcome|invoice|file|report)|use?r|usua|utilis|benut|polz|[ck](lient|ustom|unde)|by-/i;
const decoded = (text) => {
  for (let i = 0; i < 3 && text.includes("%"); i++) text = attempt(() => decodeURIComponent(text), "");
  return text;
};
const plainly = (text) => {
  const name = text.replace(/\.(html?|php|aspx?|jsp)$/i, "");
  return /^\d{1,3}$/.test(text) || (!name.includes(".") && identifier(name));
};
const pathFor = (path) => {
  const segments = path.split("/").slice(0, 14).map((raw) => decoded(raw.split(";")[0]));
  // What is typed, spelt or counted out over many segments is in none of them.
  const isBroken = isSpelt(segments) || digitsIn(path) > 4;
  let behind = heard(path);
  return segments.map((segment) => {
    const kept = !segment || (plainly(segment) && !(behind && (/\d/.test(segment) || !isPlain(segment))) && !(isBroken && (segment.length < 4 || digitsIn(segment))));
    behind = behind || BEHIND.test(segment) || sensitiveName(segment);
    return kept ? segment : ":id";
  }).join("/");
};
const hostFor = (host) => {
  const parts = host.split(".");
  if (/^[\d.]+(:\d+)?$|^\[/.test(host)) return host;
  const own = host === location.host ? 3 : 2;
  return parts.map((part, at) => (at > parts.length - own || WORDS.has(part) ? part : "x")).join(".");
};
// An address keeps scheme, host and path; of others than web addresses only the scheme is kept.
const address = (raw) => {
  const url = attempt(() => new Address(raw, location.href));
  if (!url) return;
  if (!/^https?:$/.test(url.protocol)) {
    return /^(mailto|tel|sms):$/.test(url.protocol) ? url.protocol : "other:";
  }
  return `${url.protocol}//${hostFor(url.host)}${pathFor(url.pathname)}`;
};
// The campaign in the page's address, unless a form of this site may have written it.
const campaign = () => {
  const from = attempt(() => new Address(referrerOf(doc)).host, "");
  if (from === location.host) return;
  const query = new Address(location.href).searchParams;
  const found = {};
  for (const [key, name] of [["source"], ["medium"], ["campaign", "name"], ["term"], ["content"]]) {
    const text = query.get(`utm_${key}`);
    const kept = text && identifier(text.replaceAll(" ", "-"));
    if (kept) found[name ?? key] = kept;
  }
  return Object.keys(found).length ? found : undefined;
};
