// Which fields are credentials, cards and the like. Their values are not read in any case; near them
// nothing is described: no name, no id, no text. Once sensitive is always sensitive, for the field, its clones
// and whatever has its name.

const WORDS_WITHIN =
  "passw passphr passc passord kennwort contrasen senha motdepass parol haslo heslo jelszo sifre salasan losenord adgangsk wachtw lozink matkhau sandi пароль 密码 密碼 口令 パスワード 暗証 비밀번호 암호 كلمةالمرور סיסמה รหัสผ่าน κωδικο पासवर्ड secret geheim credential creditcard cardn kreditkar kartenn tarjeta cartao cartebanc securityc verificationc onetime einmal apikey privatekey seedphr mnemonic passport pasaport konton accountn cuenta socialsec geburts dateofb"
    .split(" ").map(folded);
const WORDS_ALONE = new Set(
  "pass pwd pw pin pincode otp totp tan cvc cvv csc ssn nif dni cpf nin bsn mdp psk iban bic key token auth code codigo card karte karta carte cc clave konto pesel dob mfa".split(" ").map(folded),
);
const sensitiveName = (text) => {
  if (!text) return false;
  const cut = text.slice(0, 200);
  const plain = folded(cut);
  if (WORDS_WITHIN.some((word) => plain.includes(word))) return true;
  return visible(cut).replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2").split(/[^\p{L}\p{M}\p{N}]+/u).some((word) => WORDS_ALONE.has(folded(word)));
};

const stuck = new WeakSet();
const stuckNames = new Set();
const nameOf = (field) => ["name", "id", "autocomplete"].map((name) => attribute(field, name) ?? "").join("\n");
const stick = (field) => {
  stuck.add(field);
  const name = nameOf(field);
  if (name.length > 2 && name.length < 300 && stuckNames.size < 200) stuckNames.add(hash(name));
  return true;
};
const isField = (element) =>
  /^(input|textarea|select)$/.test(tagOf(element)) || (isHtml(element) && isEditable(element)) || has(element, "autocomplete");
const isSensitive = (field) => {
  if (stuck.has(field)) return true;
  const tag = tagOf(field);
  const type = tag === "input" ? inputType(field) : "";
  if (type === "submit" || type === "button" || type === "reset") return false;
  if (type === "password" || attribute(field, "type") === "password") return stick(field);
  if (type === "hidden") return false;
  if (/\bcc-|password|one-time|bday/.test(attribute(field, "autocomplete") ?? "")) return stick(field);
  const says = ["name", "id", "placeholder", "aria-label", "title"];
  if (says.some((name) => sensitiveName(attribute(field, name)))) return stick(field);
  if (has(field, "aria-labelledby") && (attribute(field, "aria-labelledby") ?? "").split(/\s+/).slice(0, 4).some((id) => {
    const element = byId(doc, id);
    return element && sensitiveName(textIn(element));
  })) return stick(field);
  const style = getComputedStyle(field);
  if ((style.webkitTextSecurity ?? "none") !== "none") return stick(field);
  if (stuckNames.has(hash(nameOf(field)))) return stick(field);
  return false;
};

// The text in an element, of plain markup alone: nothing editable, computed, embedded or not shown as text.
const NOT_TEXT = /-|^(script|style|template|noscript|textarea|select|option|optgroup|datalist|svg|object|output|data|time|meter|progress)$/;
const NODES_MAX = 200;
const textIn = (element) => {
  let text = "";
  let count = 0;
  const walk = (node) => {
    for (let child = firstOf(node); child; child = nextOf(child)) {
      if (++count > NODES_MAX || text.length > 1000) throw 0;
      const kind = kindOf(child);
      if (kind === 3) text += dataOf(child);
      else if (kind === 1 && !NOT_TEXT.test(tagOf(child)) && !has(child, IGNORE) && !isEditable(child)) walk(child);
    }
  };
  walk(element);
  return text;
};

// Whether a credential's field, or words that announce one, stand in the part of the page that an element
// belongs to. A part too large to be looked through counts as one that does.
const PART_MAX = 1500;
const CLIMB_MAX = 5;
const partOf = (path) => {
  const form = (has(path[0], "form") && byId(doc, attribute(path[0], "form"))) || path.find((element) => tagOf(element) === "form");
  if (form) return form;
  let part = path[0];
  for (const element of path.slice(0, CLIMB_MAX)) {
    if (/^(body|html|main)$/.test(tagOf(element))) break;
    part = element;
  }
  return part;
};
const isNearCredential = (path) => {
  let count = 0;
  const found = (node) => {
    for (let child = firstOf(node); child; child = nextOf(child)) {
      if (kindOf(child) !== 1) continue;
      if (++count > PART_MAX) return true;
      const tag = tagOf(child);
      if (isField(child) && isSensitive(child)) return true;
      if (/^(label|legend|h[1-6])$/.test(tag) && sensitiveName(textIn(child))) return true;
      const shadow = shadowOf(child);
      if ((shadow && found(shadow)) || found(child)) return true;
    }
    return false;
  };
  return path.some((element) => isField(element) && isSensitive(element)) || found(partOf(path));
};
// A field that is made readable, by an eye or a program, was a password all the same.
const watchTypes = () => {
  const seen = new MutationObserver((changes) => {
    for (const change of changes) attempt(() => change.oldValue === "password" && stick(change.target));
  });
  observe(seen, doc, { subtree: true, attributes: true, attributeFilter: ["type"], attributeOldValue: true });
};
