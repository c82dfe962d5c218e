// Visible text: of buttons, links, cells, messages.

const one = (about, inside, more = {}) => ({ about, html: (p) => `<button id="b">${inside(p)}</button>`, act: (page) => page.click("#b"), shaped: true, ...more });

export const text = {
  AC33: {
    about: "button and label with an address",
    html: (p) => `<button id="b">Send to ${p.email} now</button><label id="l">${p.email}<input></label><a id="a" href="#">${p.email}</a>`,
    act: async (page) => {
      for (const id of ["b", "l", "a"]) await page.click(`#${id}`);
    },
    some: (event) => event.properties?.text === "Send [email] now" || event.properties?.text === "Send to [email]" || event.properties?.text?.startsWith("Send"),
  },
  AC51: one("text for screen readers in an icon button", (p) => `<svg width="9" height="9"></svg><span style="position:absolute;left:-999px">Mail to ${p.email} ${p.word}</span>`),
  AC52: {
    about: "error message that repeats the typed value",
    html: '<input id="x"><div id="e" role="alert" tabindex="0"></div><button id="b">Close</button>',
    act: async (page, p) => {
      await page.fill("#x", p.word);
      await page.evaluate((word) => {
        document.getElementById("e").textContent = `"${word}" is taken`;
        document.getElementById("b").textContent = `${word} is taken`;
      }, p.word);
      await page.click("#e");
      await page.click("#b");
    },
  },
  AC48: one("translation wraps text in font elements", (p) => `<font><font>Write</font> <font>${p.email.slice(0, 4)}</font><font>${p.email.slice(4)}</font></font>`),
  AC49: {
    about: "overlay of a password manager",
    html: (p) => `<form onsubmit="return false"><input id="x" type="password"></form><pm-overlay id="o"><div role="option" id="i"><b>${p.word}</b> ••••${p.word}</div><button id="u">${p.word}</button></pm-overlay>`,
    act: async (page) => {
      await page.click("#i");
      await page.click("#u");
    },
    shaped: true,
  },
  AC56: {
    about: "reveal writes a key into the page",
    html: (p) => `<button id="b" onclick="this.textContent='${p.word}'">Reveal</button>`,
    act: async (page) => {
      await page.click("#b");
      await page.click("#b");
    },
    shaped: true,
  },
  // Of our own.
  X10: one("card with spaces within a sentence", (p) => `Pay with ${p.digits.match(/.{4}/g).join(" ")} today`, { word: (p) => p.digits }),
  X11: one("code in a button's text", (p) => `Copy ${p.digits.slice(0, 3)} ${p.digits.slice(3, 6)}`, { word: (p) => p.digits.slice(0, 6) }),
  X12: one("code, a digit an element", (p) => [...p.digits.slice(0, 6)].map((digit) => `<span>${digit}</span>`).join("<i></i>\n"), { word: (p) => p.digits.slice(0, 6) }),
  X13: one("letters one by one", (p) => [...p.word].join(" ")),
  X14: one("between quotation marks", (p) => `Delete “${p.word}”`, { shaped: false }),
  X15: one("after a colon", (p) => `Password: ${p.word}`, { shaped: false }),
  X16: one("a name after a greeting", (p) => `Continue as ${p.word[0].toUpperCase()}${p.word.slice(1)}`, { shaped: false }),
  X17: one("zero-width and soft hyphens in an address", (p) => `Write ${[...p.email].join("\u200b\u00ad")}`),
  X18: one("from right to left", (p) => `\u202e${[...p.email].reverse().join("")}\u202c`),
  X19: one("full-width signs", (p) => `An ${[...p.email].map((sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)).join("")}`),
  X20: one("Arabic digits", (p) => `Nummer ${[...p.digits].map((digit) => String.fromCharCode(0x660 + Number(digit))).join("")}`, {
    word: (p) => [...p.digits].map((digit) => String.fromCharCode(0x660 + Number(digit))).join(""),
  }),
  X21: one("script, style and template within a button", (p) => `<script>"${p.word}"</script><style>/*${p.word}*/</style><template>${p.word}</template><noscript>${p.word}</noscript><textarea>${p.word}</textarea><select><option>${p.word}</select><object data="x">${p.word}</object>Go`, { shaped: false }),
  X22: one("comments, CDATA and entities", (p) => `<!-- ${p.word} -->Go<?x ${p.word}?>`, { shaped: false }),
  X23: one("a long text that is no label", (p) => `${"word ".repeat(60)}${p.word}`, { shaped: false }),
  X24: {
    about: "table cells, rows, lists and cards that are clickable",
    html: (p) => `<table><tr role="row" id="r"><td id="c">${p.word}</td><td><button id="b">${p.word}</button></td></tr></table><div role="listitem"><button id="d">${p.word}</button></div><div id="e" onclick="1">${p.word}</div><article id="f"><h2>${p.word}</h2><button id="g">Read</button></article>`,
    act: async (page) => {
      for (const id of ["c", "b", "d", "e", "g"]) await page.click(`#${id}`);
    },
  },
  X25: {
    about: "links whose text is somebody's",
    html: (p) => `<a id="b" href="#"><b>${p.word}</b></a><a id="c" role="button" href="#">${p.word}</a><span id="d" role="tab" tabindex="0">${p.word}</span><li id="e" role="menuitem">${p.word}</li>`,
    act: async (page) => {
      for (const id of ["b", "c", "d", "e"]) await page.click(`#${id}`);
    },
  },
  X26: {
    about: "toast of a message, with a button",
    html: (p) => `<div role="status" aria-live="polite">Sent to ${p.word} <button id="b">Undo ${p.word}</button></div>`,
    act: (page) => page.click("#b"),
  },
  X27: {
    about: "button whose text was typed, edited by case, accents and look-alike letters",
    html: '<input id="x"><button id="b">b</button><button id="c">c</button>',
    act: async (page, p) => {
      await page.fill("#x", p.word);
      await page.evaluate((word) => {
        document.getElementById("b").textContent = `New ${word.toUpperCase()}`;
        document.getElementById("c").textContent = `New ${word.replaceAll("e", "\u0435").replaceAll("a", "á").replaceAll("o", "0")}`;
      }, p.word);
      await page.click("#b");
      await page.click("#c");
    },
    also: (p) => [p.word.replaceAll("e", "\u0435").replaceAll("a", "á").replaceAll("o", "0")],
  },
  X28: {
    about: "button in the form of a credential, far from its field",
    html: (p) => `<form id="f" onsubmit="return false"><div><div><label>Kennwort <input type="text" name="a1"></label></div></div></form><button id="b" form="f">${p.word}</button><form onsubmit="return false"><h2>Your one-time code</h2><button id="c">${p.word}</button></form>`,
    act: async (page) => {
      await page.click("#b");
      await page.click("#c");
    },
  },
  X29: {
    about: "fields named in other languages and disguises, and the button beside them",
    html: (p) =>
      ["пароль", "密码", "パスワード", "비밀번호", "كلمة المرور", "סיסמה", "รหัสผ่าน", "mật khẩu", "şifre", "pαssword", "pass\u200bword", "p\u00adassword", "PÁSSWÓRD", "clave secreta", "Wachtwoord", "CVV", "otp-code", "heslo", "jelszó", "κωδικός"]
        .map((name, i) => `<form onsubmit="return false"><input placeholder="${name}" name="n${i}"><button id="b${i}">${p.word}</button></form>`)
        .join(""),
    act: async (page) => {
      for (let i = 0; i < 20; i++) await page.click(`#b${i}`);
    },
  },
  X30: one("meter, output, time and progress within a button", (p) => `<output>${p.word}</output><time>${p.word}</time><data value="${p.word}">${p.word}</data><meter>${p.word}</meter><progress>${p.word}</progress><x-name>${p.word}</x-name>Go`, { shaped: false }),
  X31: one("token types", (p) => `ghp_${p.word.replace(/[^a-z0-9]/gi, "")} sk_live_${p.word.replace(/[^a-z0-9]/gi, "")} eyJhbGciOiJIUzI1NiJ9.${p.word}`),
  X32: one("phone number with signs", (p) => `Call +49 (${p.digits.slice(0, 3)}) ${p.digits.slice(3, 6)}-${p.digits.slice(6, 10)}`, { word: (p) => p.digits.slice(0, 10) }),
};
