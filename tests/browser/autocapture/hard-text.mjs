// Harder pages: what a button may say, in many scripts and disguises, and what is typed and comes back changed.

const person = (p) => [p.first, p.last];
const one = (about, inside, more = {}) => ({ about, html: (p) => `<button id="b">${inside(p)}</button>`, act: (page) => page.click("#b"), shaped: true, expects: [{ type: "click", tag: "button", id: "b" }], ...more });
const named = (about, inside) => one(about, inside, { word: (p) => p.first, also: (p) => [p.last, p.first + p.last] });
const shift = (text, from) => [...text].map((sign) => (/\d/.test(sign) ? String.fromCodePoint(from + Number(sign)) : sign)).join("");
const digitsIn = (about, from) => one(`an amount in ${about} digits`, (p) => `Pay ${shift(p.digits.slice(0, 6), from)}`, { word: (p) => p.digits.slice(0, 6), also: (p) => [shift(p.digits.slice(0, 6), from)] });
const NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
// Types the word, lets the page write it in another way onto the button, and presses that.
const echoed = (about, change, more = {}) => ({
  about,
  html: `<input id="x"><button id="b">Ok</button>`,
  act: async (page, p) => {
    await page.locator("#x").pressSequentially(p.word);
    await page.evaluate((label) => (document.getElementById("b").textContent = label), change(p.word));
    await page.click("#b");
  },
  also: (p) => [change(p.word)],
  ...more,
});

export const hardText = {
  H31: named("a customer's name after a verb", (p) => `Message ${p.first} ${p.last}`),
  H32: named("a name and a possessive", (p) => `View ${p.first}'s profile`),
  H33: named("a name before a dash, a comma and a dot", (p) => `${p.first} ${p.last} – remove, ${p.last}. ${p.first}`),
  H34: named("a name in capitals and one in small letters after it", (p) => `Call ${p.first.toUpperCase()} ${p.last.toLowerCase()} now`),
  H35: named("a greeting", (p) => `Not ${p.first}? Sign out`),
  H36: named("a name alone in parts", (p) => `<b>${p.first}</b><br><small>${p.last}</small>`),
  H37: named("initials and a last name", (p) => `Dr. ${p.first[0]}. ${p.last}`),
  H38: digitsIn("Devanagari", 0x966),
  H39: digitsIn("Thai", 0xe50),
  H40: digitsIn("full-width", 0xff10),
  H41: digitsIn("mathematical bold", 0x1d7ce),
  H42: one("circled and superscript digits", (p) => `Code ${[...p.digits.slice(0, 6)].map((digit) => (digit === "0" ? "⓪" : String.fromCharCode(0x245f + Number(digit)))).join("")} ${[...p.digits.slice(0, 6)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`, {
    word: (p) => p.digits.slice(0, 6),
    also: (p) => [[...p.digits.slice(0, 6)].map((digit) => (digit === "0" ? "⓪" : String.fromCharCode(0x245f + Number(digit)))).join(""), [...p.digits.slice(0, 6)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")],
  }),
  H43: one("a code in words of numbers", (p) => `Code ${[...p.digits.slice(0, 6)].map((digit) => NUMBERS[digit]).join(" ")}`, { word: (p) => [...p.digits.slice(0, 6)].map((digit) => NUMBERS[digit]).join(" ") }),
  H44: one("an amount of money with signs", (p) => `Pay €${p.digits.slice(0, 1)},${p.digits.slice(1, 4)},${p.digits.slice(4, 7)}.${p.digits.slice(7, 9)}`, { word: (p) => p.digits.slice(0, 9) }),
  H45: one("a bank account number", (p) => `Pay DE${p.digits.slice(0, 2)} ${p.digits.match(/.{4}/g).join(" ")} ${p.digits.slice(0, 2)}`, { word: (p) => p.digits }),
  H46: one("a phone number, two digits at a time, with dots", (p) => `Ring 0${p.digits[0]}.${p.digits.slice(1, 9).match(/../g).join(".")}`, { word: (p) => p.digits.slice(0, 9) }),
  H47: one("an address without its sign", (p) => `Write to ${p.word.toLowerCase()} (at) example (dot) org`),
  H48: one("a code broken by markup, wbr, soft hyphens and joiners", (p) => [...p.word].map((sign, i) => `<span>${sign}</span>${["<wbr>", "&shy;", "&zwj;", "<!-- -->", "&#8288;"][i % 5]}`).join("")),
  H49: one("look-alike letters in a token", (p) => `Key ${p.word.replaceAll("a", "а").replaceAll("e", "е").replaceAll("o", "о").replaceAll("c", "с")}`, { also: (p) => [p.word.replaceAll("a", "а").replaceAll("e", "е").replaceAll("o", "о").replaceAll("c", "с")] }),
  H50: one("combining marks upon every letter of an address", (p) => `To ${[...p.email].join("\u0301\u0327")}`),
  H51: one("tag characters and variation selectors", (p) => `Ok${[...p.word].map((sign) => String.fromCodePoint(0xe0000 + sign.charCodeAt(0))).join("")}`, { also: (p) => [[...p.word].map((sign) => String.fromCodePoint(0xe0000 + sign.charCodeAt(0))).join("")] }),
  H52: one("mathematical letters", (p) => `Use ${[...p.word.toLowerCase()].map((sign) => (/[a-z]/.test(sign) ? String.fromCodePoint(0x1d41a + sign.charCodeAt(0) - 97) : sign)).join("")}`, {
    also: (p) => [[...p.word.toLowerCase()].map((sign) => (/[a-z]/.test(sign) ? String.fromCodePoint(0x1d41a + sign.charCodeAt(0) - 97) : sign)).join("")],
  }),
  H53: {
    about: "text of pseudo elements, of CSS attr(), hidden, transparent and off the screen",
    html: (p) => `<style>#b::before{content:"${p.word}"}#b::after{content:attr(data-t)}</style><button id="b" data-t="${p.word}">Ok<span hidden>${p.word}</span><span style="display:none">${p.word}</span><span style="font-size:0">${p.word}</span><span aria-hidden="true" style="opacity:0">${p.word}</span></button>`,
    act: (page) => page.click("#b"),
    shaped: true,
    expects: [{ type: "click", tag: "button", id: "b" }],
  },
  H54: {
    about: "a toast, a badge, a menu that repeat a saved name in buttons",
    html: (p) => `<div role="alert">Saved ${p.first} <button id="a">Undo</button></div><div role="menu"><button role="menuitem" id="m">${p.first} ${p.last}</button></div><div role="grid"><button role="gridcell" id="g">${p.first}</button></div><div role="listbox"><button role="option" id="o">${p.first}</button></div><div role="feed"><article><button id="f">${p.first}</button></article></div><div role="tree"><button role="treeitem" id="t">${p.last}</button></div>`,
    act: async (page) => {
      for (const id of ["a", "m", "g", "o", "f", "t"]) await page.click(`#${id}`);
    },
    also: person,
    expects: [{ type: "click", tag: "button", id: "a" }, { type: "click", tag: "button", id: "m", role: "menuitem" }],
  },
  H55: {
    about: "the account button and profile menu, named after somebody",
    html: (p) => `<header><button id="account" aria-haspopup="menu"><img src="data:," alt="${p.first}">${p.first} ${p.last}</button><summary>${p.first}</summary></header>`,
    act: (page) => page.click("#account"),
    also: person,
    expects: [{ type: "click", tag: "button", id: "account" }],
  },
  H56: {
    about: "search suggestions with the typed part in bold",
    html: `<input id="x" type="search"><ul><li><button id="s"><b></b><span>ness</span></button></li></ul>`,
    act: async (page, p) => {
      await page.locator("#x").pressSequentially(p.word.slice(0, 6));
      await page.evaluate((word) => (document.querySelector("#s b").textContent = word), p.word.slice(0, 6));
      await page.click("#s");
    },
    word: (p) => p.word.slice(0, 6),
  },
  H57: echoed("typed, then with a letter between each two", (word) => [...word].join("-")),
  H58: echoed("typed, then its first half and its last half apart", (word) => `${word.slice(0, 6)} and ${word.slice(6)}`),
  H59: echoed("typed, then in base64", (word) => Buffer.from(word).toString("base64")),
  H60: echoed("typed, then percent-encoded twice", (word) => [...word].map((sign) => `%25${sign.charCodeAt(0).toString(16)}`).join("")),
  H61: echoed("typed, then shortened with three dots", (word) => `${word.slice(0, 8)}…`, { also: (p) => [p.word.slice(0, 8)] }),
  H62: echoed("typed, then in full-width letters", (word) => [...word].map((sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)).join("")),
  H63: echoed("typed, then backwards and in capitals", (word) => [...word.toUpperCase()].reverse().join("")),
  H64: {
    about: "short names of four letters, typed and repeated",
    html: `<input id="x"><button id="b">Ok</button>`,
    act: async (page, p) => {
      await page.fill("#x", p.word.slice(0, 4));
      await page.evaluate((word) => {
        const b = document.getElementById("b");
        b.textContent = `Hi ${word}, 12 go`;
        b.className = `x-${word}`;
      }, p.word.slice(0, 4));
      await page.click("#b");
    },
    also: (p) => [`${p.word.slice(0, 4)}, 12 go`, `x-${p.word.slice(0, 4)}`],
  },
  H65: {
    about: "a field that goes away before its words come back",
    html: `<div id="w"><input id="x"></div><button id="b">Ok</button>`,
    act: async (page, p) => {
      await page.locator("#x").pressSequentially(p.word);
      await page.evaluate((word) => {
        document.getElementById("w").replaceChildren();
        document.getElementById("b").textContent = `Welcome ${word}`;
        document.getElementById("b").id = `u-${word}`;
      }, p.word);
      await page.click("button >> nth=0");
    },
  },
  H66: {
    about: "a field of a closed shadow root whose words come back outside of it",
    html: `<div id="host"></div><button id="b">Ok</button><script>{const r=host.attachShadow({mode:"closed"});r.innerHTML='<input id="x">';r.firstChild.focus();window.put=()=>{b.textContent="Take "+r.firstChild.value}}</script>`,
    act: async (page, p) => {
      await page.click("#host");
      await page.keyboard.type(p.word);
      await page.evaluate(() => window.put());
      await page.click("#b");
    },
  },
  H67: {
    about: "words typed in a frame come back on the page's button",
    html: `<iframe id="f" srcdoc="<input id=x oninput='parent.postMessage(this.value,&quot;*&quot;)'>"></iframe><button id="b">Ok</button><script>onmessage=(e)=>{b.textContent="Take "+e.data}</script>`,
    act: async (page, p) => {
      await page.frameLocator("#f").locator("#x").pressSequentially(p.word);
      await page.waitForFunction((word) => document.getElementById("b").textContent.includes(word), p.word);
      await page.click("#b");
    },
    shaped: true,
  },
  H68: {
    about: "what is pasted, dropped or completed comes back as the next page's path and label",
    html: `<textarea id="x"></textarea><button id="b">Ok</button>`,
    act: async (page, p) => {
      await page.evaluate((word) => {
        const x = document.getElementById("x");
        x.focus();
        document.execCommand("insertText", false, word);
        document.getElementById("b").textContent = word;
        history.pushState(null, "", `/board/${word}`);
        history.pushState(null, "", `/${word}-board/list`);
      }, p.word);
      await page.click("#b");
    },
  },
  H69: {
    about: "prompt, confirm and speech: words that no field ever held",
    html: `<button id="b" onclick="const w=prompt('Who?')||'';this.textContent=w;this.title=w;this.id='u-'+w">Ask</button>`,
    act: async (page, p) => {
      page.removeAllListeners("dialog");
      page.once("dialog", (dialog) => dialog.accept(p.word));
      await page.click("button >> nth=0");
      await page.click("button >> nth=0");
    },
    shaped: true,
  },
  H70: {
    about: "a masked field: what is typed is shown otherwise, and the page knows both",
    html: `<input id="x" oninput="window.real=(window.real||'')+this.value.replaceAll('•','');this.value='•'.repeat(window.real.length)"><button id="b" onclick="this.textContent=window.real">Show</button>`,
    act: async (page, p) => {
      await page.locator("#x").pressSequentially(p.word);
      await page.click("#b");
      await page.click("#b");
    },
  },
  H71: {
    about: "type of a field goes round: text, search, password, hidden, text",
    html: `<form onsubmit="return false"><input id="x" name="q"><button type="button" id="eye">Show</button><button id="go">Send</button></form>`,
    act: async (page, p) => {
      for (const [i, kind] of ["text", "search", "password", "hidden", "text"].entries()) {
        await page.evaluate((to) => (document.getElementById("x").type = to), kind);
        if (kind !== "hidden") await page.locator("#x").pressSequentially(p.word.slice(i * 3, i * 3 + 3));
      }
      await page.evaluate(() => (document.getElementById("eye").textContent = document.getElementById("x").value));
      await page.click("#eye");
      await page.click("#go");
    },
    sees: ["submit"],
  },
  H72: {
    about: "numbers, dates, colours and files come back on chips",
    html: `<input type="number" id="n"><input type="date" id="d"><input type="file" id="f" multiple><button id="b">Ok</button>`,
    act: async (page, p) => {
      await page.fill("#n", p.digits.slice(0, 7));
      await page.fill("#d", "1987-03-21");
      await page.setInputFiles("#f", [{ name: `${p.word}.png`, mimeType: "image/png", buffer: Buffer.from("a") }]);
      await page.evaluate(([number, word]) => (document.getElementById("b").textContent = `${number} born 1987-03-21 with ${word}.png`), [p.digits.slice(0, 7), p.word]);
      await page.click("#b");
    },
    also: (p) => [p.digits.slice(0, 7), "1987-03-21", "19870321"],
    sees: ["change"],
  },
  H73: {
    about: "plain labels: words of interfaces that are listed stay, and every click arrives",
    html: `<button id="l0">Zum Warenkorb</button><button id="l1">Ajouter au panier</button><button id="l2">Добавить в корзину</button><button id="l3">カートに入れる</button><button id="l4">أضف إلى السلة</button><button id="l5">Continue</button>`,
    act: async (page) => {
      for (let i = 0; i < 6; i++) await page.click(`#l${i}`);
    },
    expects: [
      { type: "click", id: "l1", text: "Ajouter au panier" },
      { type: "click", id: "l0", text: "Zum Warenkorb" },
      { type: "click", id: "l5", text: "Continue" },
      ...[2, 3, 4].map((i) => ({ type: "click", tag: "button", id: `l${i}` })),
    ],
  },
};
