// What a text may look like to leave the page. Whatever is not plainly a word or a small number is
// replaced by its class; identifiers and address segments are kept whole or not at all.

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
    const plain = word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
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

// An identifier: words and at most three digits. Ids made of addresses, tokens and codes are none.
const identifier = (text) => {
  if (typeof text !== "string" || text.length > 40 || !/^[a-z][\w:.-]*$/i.test(text)) return;
  if (digitsIn(text) > 3 || bumps(text) > 4 || /[-_.](com|org|net|edu|gov|info|test|local)$/i.test(text)) return;
  const parts = text.replace(/([a-z])([A-Z])/g, "$1-$2").split(/[-_:.]+/);
  const good = (part) => /^([a-z]{0,16}|\d{0,3})$/i.test(part) ? isUsual([part], 2) : /^[a-z]{1,6}\d{1,2}$/i.test(part) && isUsual([part.replace(/\d+/, "")], 2, 2);
  if (parts.length > 7 || !parts.every(good) || isSpelt(parts) || heard(text)) return;
  return text;
};
// Letters one by one, or by twos and threes that make no words, are a code.
const isSpelt = (parts) => parts.filter((part) => part.length === 1).length > 2 || !isUsual(parts.filter((part) => part.length < 5), 1.1, 5);

const LABEL_MAX = 48;
const wordIn = (word) => {
  const core = word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
  if (!core) return word.length < 3 ? word : "[text]";
  if (/^\p{N}+([.,:]\p{N}+)?$/u.test(core) || /^\p{L}{0,2}\p{N}{1,2}\p{L}?$/u.test(core)) return word;
  if (digitsIn(core)) return "[id]";
  const pieces = core.split(/[-/&+’']/);
  const good = (piece) =>
    /^[\p{L}\p{M}]{0,24}$/u.test(piece) && bumps(piece) < 2 && isUsual([piece], /[^\x00-\x7f]/.test(piece) ? 1.4 : 2);
  return pieces.length < 4 && pieces.every(good) && word.length - core.length < 5 ? word : "[text]";
};
// The label of a control. What is quoted, set apart or called by name is somebody's own text and cut off.
const label = (text) => {
  let plain = visible(text).replace(/[\s\p{Z}\p{C}]+/gu, " ").trim();
  if (!plain || plain.length > 4 * LABEL_MAX || heard(plain)) return;
  plain = plain.replace(/\S*\s?(@|[[(]at[\])])\s?\S*/gi, "[email]");
  plain = plain.replace(/\s*([:=("“„«‹‘]|\s['—–|-]\s?).*/u, "");
  plain = plain.replace(/(^|\s)(as|hi|hello|dear|als|hallo|hola|bonjour|como|comme|by|from|von) \p{Lu}.*/iu, "$1$2 [text]");
  if (plain.length > LABEL_MAX) return;
  let words = plain.split(" ");
  if (isSpelt(words)) return;
  const many = digitsIn(plain) > 3 || plain.match(/\p{L}\p{N}|\p{N}\p{L}/gu)?.length > 1;
  words = words.map((word) => (word === "[email]" ? word : many && digitsIn(word) ? "[number]" : wordIn(word)));
  return words.join(" ").replace(/(\[\w+\])( \1)+/g, "$1") || undefined;
};

// Words after which the next segment of a path is somebody's.
const WHOSE = /^([usq]|(user|people|person|profile|member|customer|patient|client|contact|search|query|find|result)s?)$/i;
const SECRET_AFTER = /^(t$|reset|verif|confirm|activat|invit|magic|unsub|share|recover|join|callback|oauth)/i;
const decoded = (text) => {
  for (let i = 0; i < 3 && text.includes("%"); i++) text = attempt(() => decodeURIComponent(text), "");
  return text;
};
const plainly = (text) => {
  if (/^\d{1,3}$/.test(text)) return text;
  const name = text.replace(/\.(html?|php|aspx?|jsp)$/i, "");
  return !name.includes(".") && identifier(name) ? text : undefined;
};
const pathFor = (path) => {
  let next = false;
  let rest = false;
  const segments = path.split("/").slice(0, 14).map((raw) => {
    const segment = decoded(raw.split(";")[0]);
    const kept = !raw ? "" : next || rest ? ":id" : (plainly(segment) ?? ":id");
    next = WHOSE.test(segment);
    rest = rest || SECRET_AFTER.test(segment) || sensitiveName(segment);
    return kept;
  });
  return segments.join("/");
};
const hostFor = (host) => {
  const parts = host.split(".");
  if (/^[\d.]+(:\d+)?$|^\[/.test(host)) return host;
  const own = host === location.host ? 3 : 2;
  return parts.map((part, at) => (at > parts.length - own || identifier(part) ? part : "x")).join(".");
};
// An address keeps scheme, host and path; of others than web addresses only the scheme is kept.
const address = (raw) => {
  const url = attempt(() => new Address(raw, location.href));
  if (!url) return;
  if (!/^https?:$/.test(url.protocol)) {
    return /^(mailto|tel|sms|javascript|data|blob|file|about):$/.test(url.protocol) ? url.protocol : "other:";
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
    const kept = text && identifier(text.trim().replace(/\s+/g, "-"));
    if (kept) found[name ?? key] = kept;
  }
  return Object.keys(found).length ? found : undefined;
};
