// What is typed, pasted, filled or shown in fields.

const type = (selector) => async (page, p) => {
  await page.locator(selector).pressSequentially(p.word);
  await page.locator(selector).blur();
};
const form = (inside) => `<form id="f" onsubmit="event.preventDefault()">${inside}<button id="go">Send</button></form>`;
const typedAndSent = (inside, extra = {}) => ({
  html: form(inside),
  act: async (page, p) => {
    await type("#x")(page, p);
    await page.click("#go");
  },
  sees: ["change", "submit"],
  ...extra,
});
const field = (attributes) => typedAndSent(`<label>Field <input id="x" ${attributes}></label>`);

export const typed = {
  AC01: { about: "password field, typed and submitted", ...field('type="password" name="password"') },
  AC02: {
    about: "show-password eye, more typing, a click",
    html: form('<input id="x" type="password" name="q1"><button type="button" id="eye" onclick="x.type=x.type===\'text\'?\'password\':\'text\'">Show</button>'),
    act: async (page, p) => {
      await page.locator("#x").pressSequentially(p.word.slice(0, 6));
      await page.click("#eye");
      await page.locator("#x").pressSequentially(p.word.slice(6));
      await page.evaluate(() => (document.getElementById("eye").textContent = document.getElementById("x").value));
      await page.click("#eye");
      await page.click("#go");
    },
  },
  AC03: {
    about: "controlled input that mirrors its value into the attribute",
    html: form('<input id="x" name="password" type="password" oninput="this.setAttribute(\'value\',this.value);this.title=this.value">'),
    act: async (page, p) => {
      await type("#x")(page, p);
      await page.click("#x");
      await page.click("#go");
    },
    sees: ["change", "submit"],
  },
  AC05: { about: "autocomplete=cc-number", ...field('autocomplete="cc-number" name="a"') },
  AC06: { about: "one-time-code", ...field('autocomplete="one-time-code" name="a"') },
  AC08: { about: "Spanish name", ...field('name="contraseña"') },
  AC10: { about: "text-security", ...field('style="-webkit-text-security:disc" name="a"') },
  AC11: {
    about: "contenteditable editor",
    html: '<div id="x" contenteditable="true"><p>start</p></div>',
    act: async (page, p) => {
      await page.click("#x");
      await page.keyboard.type(p.word);
      await page.click("#x p");
    },
  },
  AC23: {
    about: "select with account numbers",
    html: (p) => `<select id="x" name="account"><option value="">none</option><option value="${p.word}">${p.word}</option></select>`,
    act: (page, p) => page.selectOption("#x", p.word),
    sees: ["change"],
  },
  AC24: { about: "textarea", ...typedAndSent('<textarea id="x" name="notes"></textarea>') },
  AC31: {
    about: "autofill without key events",
    html: form('<input id="x" name="a"><input id="y" name="b" type="password">'),
    act: async (page, p) => {
      await page.evaluate((word) => {
        for (const id of ["x", "y"]) {
          const input = document.getElementById(id);
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, word);
          input.dispatchEvent(new Event("change", { bubbles: true }));
        }
        document.getElementById("go").textContent = `Send ${word}`;
      }, p.word);
      await page.click("#go");
    },
  },
  AC42: {
    about: "code in six boxes",
    html: form(Array.from({ length: 6 }, (_, i) => `<input id="b${i}" maxlength="1" inputmode="numeric" data-digit aria-label="digit">`).join("")),
    word: (p) => p.digits.slice(0, 6),
    act: async (page, p) => {
      for (const [i, digit] of [...p.digits.slice(0, 6)].entries()) await page.locator(`#b${i}`).pressSequentially(digit);
      await page.click("#go");
    },
  },
  AC54: { about: "key strokes in a password field", html: '<input id="x" type="password">', act: type("#x") },
  AC65: {
    about: "read-only and disabled fields that show a secret",
    html: (p) => `<input id="x" readonly value="${p.word}"><input disabled value="${p.word}"><button id="copy">Copy ${p.word}</button>`,
    act: async (page) => {
      await page.click("#x");
      await page.click("#copy");
    },
  },
  AC71: {
    about: "fast clicks on a filled password field",
    html: (p) => `<input id="x" type="password" value="${p.word}">`,
    act: (page) => page.click("#x", { clickCount: 5, delay: 5 }),
  },
  AC72: { about: "prefilled password", html: (p) => form(`<input id="x" type="password" value="${p.word}">`), act: (page) => page.click("#go") },
  AC75: { about: "sensitivity from the wrapping label", ...typedAndSent('<label>Your <b>password</b> <input id="x" name="f1"></label>') },
  AC18: { about: "hidden CSRF field", html: (p) => form(`<input type="hidden" name="csrf" value="${p.word}">`), act: (page) => page.click("#go") },
  AC29: {
    about: "copy and paste",
    html: '<input id="x"><input id="y" type="password">',
    act: async (page, p) => {
      await page.fill("#x", p.word);
      await page.focus("#x");
      await page.keyboard.press("Control+A");
      await page.keyboard.press("Control+C");
      await page.focus("#y");
      await page.keyboard.press("Control+V");
      await page.locator("#y").blur();
    },
  },
  AC39: {
    about: "modal with a password inserted after load",
    html: '<button id="open">Sign in</button><div id="m"></div>',
    act: async (page, p) => {
      await page.evaluate(() => (document.getElementById("m").innerHTML = '<form onsubmit="return false"><input type="password" id="x"><button id="go">Go</button></form>'));
      await type("#x")(page, p);
      await page.click("#go");
    },
    sees: ["change", "submit"],
  },
  AC40: {
    about: "typed as text, a password field later",
    html: form('<input id="x" name="n">'),
    act: async (page, p) => {
      await type("#x")(page, p);
      await page.evaluate(() => (document.getElementById("x").type = "password"));
      await page.click("#x");
      await page.click("#go");
    },
  },
  AC44: {
    about: "Material-style field",
    html: form('<div class="MuiFormControl-root css-1x2y3z"><label id="mui-7-label" for="mui-7">Password</label><input id="mui-7" type="password" class="MuiInputBase-input"><button type="button" id="eye" aria-label="toggle password visibility"><svg width="9" height="9"><rect width="9" height="9"/></svg></button></div>'),
    act: async (page, p) => {
      await type("#mui-7")(page, p);
      await page.evaluate(() => (document.getElementById("mui-7").type = "text"));
      await page.click("#eye svg");
      await page.click("#go");
    },
  },
  // Of our own.
  AC04: {
    about: "React's value tracker and data attributes of frameworks",
    html: form('<input id="x" data-reactroot oninput="this._valueTracker={getValue:()=>this.value};this.dataset.value=this.value;this.setAttribute(\'ng-reflect-model\',this.value);this.setAttribute(\'v-model\',this.value)">'),
    act: async (page, p) => {
      await type("#x")(page, p);
      await page.click("#x");
      await page.click("#go");
    },
  },
  AC07: {
    about: "file name, and the page repeats it on a button",
    html: '<input type="file" id="x"><button id="chip">Remove</button>',
    act: async (page, p) => {
      await page.setInputFiles("#x", { name: `${p.word}.pdf`, mimeType: "application/pdf", buffer: Buffer.from(p.word) });
      await page.evaluate((word) => (document.getElementById("chip").textContent = `Remove ${word}.pdf`), p.word);
      await page.click("#chip");
    },
    sees: ["change"],
  },
  AC09: {
    about: "drag and drop of text",
    html: (p) => `<div id="from" draggable="true" ondragstart="event.dataTransfer.setData('text/plain','${p.word}')">drag</div><textarea id="to"></textarea>`,
    act: async (page) => {
      await page.dragAndDrop("#from", "#to");
      await page.click("#to");
    },
  },
  AC12: {
    about: "custom event with the value in its detail",
    html: '<div id="x" role="button" tabindex="0">thing</div>',
    act: (page, p) =>
      page.evaluate((word) => {
        const element = document.getElementById("x");
        for (const name of ["change", "click", "submit", "input"]) {
          element.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail: { value: word } }));
          element.dispatchEvent(new InputEvent(name, { bubbles: true, data: word }));
        }
      }, p.word),
  },
  AC14: {
    about: "datalist and output",
    html: (p) => `<form oninput="o.value=x.value"><input id="x" list="l"><datalist id="l"><option value="${p.word}">${p.word}</option></datalist><button type="button" id="b"><output id="o" name="o"></output> total</button></form>`,
    act: async (page, p) => {
      await type("#x")(page, p);
      await page.click("#b");
    },
  },
  AC16: {
    about: "editable as plain text only, with a button inside",
    html: '<div id="x" contenteditable="plaintext-only">a</div><div contenteditable="true"><button id="in">inside</button></div>',
    act: async (page, p) => {
      await page.click("#x");
      await page.keyboard.type(p.word);
      await page.evaluate((word) => (document.getElementById("in").textContent = word), p.word);
      await page.click("#in");
    },
  },
  AC19: {
    about: "design mode",
    html: '<button id="b">press</button>',
    act: async (page, p) => {
      await page.evaluate((word) => {
        document.designMode = "on";
        document.getElementById("b").textContent = word;
      }, p.word);
      await page.click("#b");
      await page.evaluate(() => (document.designMode = "off"));
    },
  },
  AC22: {
    about: "a typed search is repeated in a button",
    html: '<input id="x" type="search"><button id="again">Search</button>',
    act: async (page, p) => {
      await type("#x")(page, p);
      await page.evaluate((word) => {
        const again = document.getElementById("again");
        again.textContent = `Search again for ${word}`;
        again.id = word;
        again.className = `q-${word}`;
        again.name = word;
        document.getElementById("x").value = "";
      }, p.word);
      await page.click("button:not(#ordinary)");
    },
  },
  AC27: {
    about: "composed input",
    html: '<input id="x"><button id="b">Take</button>',
    act: async (page, p) => {
      const tools = await page.context().newCDPSession(page);
      await page.focus("#x");
      await tools.send("Input.imeSetComposition", { text: p.word, selectionStart: 1, selectionEnd: 2 });
      await tools.send("Input.insertText", { text: p.word });
      await page.evaluate((word) => (document.getElementById("b").textContent = `Take ${word}`), p.word);
      await page.click("#b");
    },
  },
  AC28: {
    about: "voice and stylus: text inserted at once, then cleared, then repeated backwards",
    html: '<textarea id="x"></textarea><button id="b">Undo</button>',
    act: async (page, p) => {
      await page.focus("#x");
      await page.keyboard.insertText(p.word);
      await page.evaluate((word) => {
        document.getElementById("x").value = "";
        document.getElementById("b").textContent = [...word].reverse().join("");
      }, p.word);
      await page.click("#b");
    },
  },
  AC30: {
    about: "re-parented and cloned password field, readable by now",
    html: form('<div id="here"><input id="x" type="password" name="zz"></div><div id="there"></div>'),
    act: async (page, p) => {
      await type("#x")(page, p);
      await page.evaluate(() => {
        const [there, x] = [document.getElementById("there"), document.getElementById("x")];
        there.append(x);
        const clone = x.cloneNode();
        clone.type = "text";
        clone.value = x.value;
        clone.id = "y";
        there.append(clone);
        x.remove();
      });
      await page.click("#y");
      await page.click("#go");
    },
  },
  AC37: {
    about: "progress, meter, slider that mirror a typed amount",
    html: (p) => `<div role="slider" id="s" tabindex="0" aria-valuetext="${p.word}" aria-valuenow="${p.digits}" title="${p.word}">o</div><progress id="pr" value="3" max="9" title="${p.word}">${p.word}</progress><meter id="me" value="0.4">${p.word}</meter>`,
    act: async (page) => {
      for (const id of ["s", "pr", "me"]) await page.click(`#${id}`);
    },
  },
  AC38: {
    about: "code boxes of letters, then on a button",
    html: form(Array.from({ length: 8 }, (_, i) => `<input id="b${i}" maxlength="1">`).join("")),
    word: (p) => p.word.slice(0, 8),
    act: async (page, p) => {
      for (const [i, letter] of [...p.word.slice(0, 8)].entries()) await page.fill(`#b${i}`, letter);
      await page.evaluate((word) => (document.getElementById("go").textContent = `Use ${word}`), p.word.slice(0, 8));
      await page.click("#go");
    },
  },
  AC41: {
    about: "autocomplete list of suggestions",
    html: (p) => `<input id="x" role="combobox" aria-expanded="true"><ul role="listbox">${[1, 2].map((n) => `<li role="option" id="${p.word}-${n}" data-value="${p.word}">${p.word}</li>`).join("")}</ul>`,
    act: (page) => page.click("li >> nth=1"),
    shaped: true,
  },
};
