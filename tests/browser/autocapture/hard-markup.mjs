// Harder pages: frameworks, components, frames, editors, and customers' data in every attribute of rows and cards.

const press = (...ids) => async (page) => {
  for (const id of ids) await page.click(`#${id}`);
};
const type = (selector) => async (page, p) => {
  await page.locator(selector).pressSequentially(p.word);
  await page.locator(selector).blur();
};
const slug = (p) => `${p.first}-${p.last}`.toLowerCase();
const person = (p) => [p.first, p.last];
// A part of a page that repeats, a customer a row.
const rows = (about, row, act, more = {}) => ({ about, html: (p) => `<table><tbody>${[p, { ...p, first: "Petra", last: "Lang" }].map((each, i) => `<tr><td>x</td><td>${row(each, i)}</td></tr>`).join("")}</tbody></table>`, act, also: person, ...more });

export const hardMarkup = {
  H01: {
    about: "a controlled field that writes value, title, aria and a mirror, each key",
    html: `<form onsubmit="return false"><input id="x" name="nick" oninput="for(const n of['value','title','aria-label','data-v','name','class','alt'])this.setAttribute(n,this.value);m.textContent=m.title=this.value"><button type="button" id="m">M</button><button id="go">Save</button></form>`,
    act: async (page, p) => {
      await type("#x")(page, p);
      await page.click("#m");
      await page.click("#x");
      await page.click("#go");
    },
    sees: ["submit"],
  },
  H02: {
    about: "attributes of Vue, Angular, Svelte, Alpine, Livewire, htmx, Stimulus, Blazor with state in them",
    html: (p) => `<div ng-reflect-form="${p.word}" _ngcontent-abc-c12="${p.word}" data-svelte-h="svelte-${p.word}" hx-vals='{"a":"${p.word}"}' hx-get="/users/${p.word}" data-controller="${p.word}" data-action="click->${p.word}" data-turbo-frame="${p.word}" _bl_x="${p.word}" wire:snapshot="${p.word}" x-init="${p.word}" @click="${p.word}" :key="${p.word}" data-props='{"e":"${p.email}"}'><button id="b" hx-post="/x/${p.word}" data-action="${p.word}" class="svelte-${p.word} sc-${p.word} jss-${p.word} ${p.word}__button--active">Buy now</button></div>`,
    act: press("b"),
    shaped: true,
    expects: [{ type: "click", tag: "button", id: "b", text: "Buy now" }],
  },
  H03: {
    about: "custom elements used as fields in three nested shadow roots with slots",
    html: (p) => `<x-a id="a"><span slot="s">${p.word}</span></x-a><script>const mk=(n,h)=>customElements.define(n,class extends HTMLElement{constructor(){super();this.attachShadow({mode:"open"}).innerHTML=h}});mk("x-c",'<label>Field<input id="x" part="${p.word}"></label><button id="in" part="${p.word}"><slot></slot></button>');mk("x-b",'<x-c exportparts="${p.word}"><slot name="s"></slot></x-c>');mk("x-a",'<x-b value="${p.word}"><slot name="s" slot="s"></slot></x-b>')</script>`,
    act: async (page, p) => {
      await page.locator("#x").pressSequentially(p.word);
      await page.locator("#x").blur();
      await page.click("#in");
    },
    expects: [{ type: "click", tag: "button" }],
  },
  H04: {
    about: "declarative shadow roots, open and closed",
    html: (p) => `<div id="o"><template shadowrootmode="open"><button id="in" title="${p.word}">Apply</button><p>${p.word}</p></template></div><div id="c"><template shadowrootmode="closed"><button title="${p.word}">${p.word}</button></template></div>`,
    act: async (page) => {
      await page.click("#in");
      await page.click("#c");
    },
    expects: [{ type: "click", tag: "button", id: "in" }],
  },
  H05: {
    about: "fields written by the framework of a component, form-associated, with ElementInternals and states",
    html: `<script>customElements.define("my-input",class extends HTMLElement{static formAssociated=true;constructor(){super();this.i=this.attachInternals()}connectedCallback(){this.contentEditable="true";this.addEventListener("input",()=>{this.i.setFormValue(this.textContent);this.i.ariaLabel=this.textContent;this.setAttribute("value",this.textContent);this.id="f-"+this.textContent;this.className=this.textContent})}})</script><form onsubmit="return false"><my-input tabindex="0">&nbsp;</my-input><button id="go">Save</button></form>`,
    act: async (page, p) => {
      await page.click("my-input");
      await page.keyboard.type(p.word);
      await page.evaluate(() => document.querySelector("my-input").dispatchEvent(new Event("change", { bubbles: true, composed: true })));
      await page.click("my-input");
      await page.click("#go");
    },
    sees: ["submit"],
  },
  H06: {
    about: "role=textbox without contenteditable that draws its own text",
    html: `<div id="x" role="textbox" tabindex="0" onkeydown="if(event.key.length===1)this.textContent+=event.key"></div><button id="b">Send</button>`,
    act: async (page, p) => {
      await page.focus("#x");
      await page.keyboard.type(p.word);
      await page.click("#x");
      await page.evaluate(() => (document.getElementById("b").textContent = `Send ${document.getElementById("x").textContent}`));
      await page.click("#b");
    },
    shaped: true,
  },
  H07: {
    about: "combobox whose list and chosen button repeat what is typed",
    html: `<div role="combobox" aria-expanded="true"><input id="x" aria-activedescendant="" oninput="l.innerHTML='<li role=option><button type=button id=o>'+this.value+'</button></li>';this.setAttribute('aria-activedescendant','opt-'+this.value)"></div><ul id="l" role="listbox"></ul>`,
    act: async (page, p) => {
      await page.locator("#x").pressSequentially(p.word);
      await page.click("#o");
      await page.click("#l");
    },
  },
  H08: {
    about: "tags typed and made to chips with a button each",
    html: `<div id="w"></div><input id="x" onkeydown="if(event.key==='Enter'){const b=document.createElement('button');b.type='button';b.className='chip chip-'+this.value;b.id='chip-'+this.value;b.textContent=this.value+' ×';b.setAttribute('aria-label','Remove '+this.value);w.append(b);this.value=''}">`,
    act: async (page, p) => {
      await page.locator("#x").pressSequentially(p.word);
      await page.keyboard.press("Enter");
      await page.click("#w button");
    },
  },
  H09: {
    about: "chat widget: messages as buttons, reactions, quick replies after typing",
    html: (p) => `<div role="log" aria-live="polite"><div class="message"><button id="m1">${p.email}</button></div></div><textarea id="x"></textarea><button id="s" onclick="const b=document.createElement('button');b.id='m2';b.textContent=x.value;x.value='';document.querySelector('[role=log]').append(b)">Send</button>`,
    act: async (page, p) => {
      await page.fill("#x", p.word);
      await page.click("#s");
      await page.click("#m2");
      await page.click("#m1");
    },
    expects: [{ type: "click", tag: "button", id: "s", text: "Send" }],
  },
  H10: {
    about: "frames: about:blank written into, blob, sandboxed, nested, focus and clicks within",
    html: (p) => `<iframe id="f1" name="${p.word}"></iframe><iframe id="f2" sandbox="allow-scripts allow-forms" srcdoc="<input id=x value='${p.word}'><button id=go>${p.word}</button>"></iframe><iframe id="f3"></iframe><script>f1.contentDocument.write('<button id=in>${p.word}</button><input id=y>');f1.contentDocument.close();f3.src=URL.createObjectURL(new Blob(["<button id=z>${p.word}</button>"],{type:"text/html"}))</script>`,
    act: async (page, p) => {
      await page.frameLocator("#f1").locator("#in").click();
      await page.frameLocator("#f1").locator("#y").fill(p.word);
      await page.frameLocator("#f2").locator("#go").click();
      await page.frameLocator("#f3").locator("#z").click();
    },
  },
  H11: {
    about: "elements of a frame moved into the page, and events of a frame handed on",
    html: `<iframe id="f" srcdoc="<button id='in'>x</button><input id='y'>"></iframe><div id="w"></div>`,
    act: async (page, p) => {
      await page.frameLocator("#f").locator("#in").waitFor();
      await page.evaluate((word) => {
        const inside = document.getElementById("f").contentDocument;
        const [button, input] = [inside.getElementById("in"), inside.getElementById("y")];
        input.value = button.textContent = word;
        document.getElementById("w").append(button, input);
        button.click();
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }, p.word);
      await page.click("#in");
    },
    shaped: true,
  },
  H12: {
    about: "rich editor: toolbar, mentions, links and buttons within the editable region, nested not editable",
    html: (p) => `<div class="ql-toolbar"><button id="bold">Bold</button></div><div id="x" contenteditable="true"><p>hi <span contenteditable="false"><button id="mention" class="mention-${slug(p)}">${p.first} ${p.last}</button></span> <a id="l" href="/u/${slug(p)}">${p.first}</a></p></div>`,
    act: async (page, p) => {
      await page.click("#x");
      await page.keyboard.type(p.word);
      await page.click("#mention");
      await page.click("#l");
      await page.click("#bold");
    },
    also: person,
    expects: [{ type: "click", tag: "button", id: "bold" }],
  },
  H13: rows("rows with names in aria-label, title, data, value and alt", (p, i) => `<button id="e${i}" aria-label="Edit ${p.first} ${p.last}" title="${p.first} ${p.last}" data-customer="${p.first}" value="${p.last}" name="edit"><img alt="${p.first} ${p.last}" width="9" height="9"></button>`, press("e0", "e1"), { expects: [{ type: "click", tag: "button", id: "e0" }] }),
  H14: rows("rows with names in ids", (p) => `<button id="edit-${slug(p)}">Edit</button><button id="${slug(p).replace("-", "_")}">Edit</button>`, (page, p) => page.click(`#edit-${slug(p)}`)),
  H15: rows("rows with names in classes and name attributes", (p, i) => `<button id="b${i}" class="btn customer-${slug(p)} ${p.first}" name="${slug(p)}">Edit</button>`, press("b0")),
  H16: rows("rows with names in link addresses and downloads", (p, i) => `<a id="b${i}" href="/reports/${slug(p)}/latest" download="${slug(p)}.pdf" onclick="event.preventDefault()">x</a><a id="c${i}" href="/${slug(p)}" ping="/p/${slug(p)}" onclick="event.preventDefault()">y</a>`, press("b0", "c0")),
  H17: rows("rows with names in the text of their buttons", (p, i) => `<button id="b${i}">Delete ${p.first} ${p.last}</button><button id="c${i}">${p.first}</button>`, press("b0", "c0")),
  H18: {
    about: "cards that repeat, without a table: names in ids, classes and texts",
    html: (p) => `<div class="grid">${[slug(p), "petra-lang", "jan-novak"].map((each, i) => `<div class="card" id="card-${each}"><h3>${each}</h3><button id="open-${each}" class="open ${each}">Open ${each}</button></div>`).join("")}</div>`,
    act: (page, p) => page.click(`#open-${slug(p)}`),
    also: person,
  },
  H19: {
    about: "ids made of e-mails, uuids, order numbers, ulids, hashes, base64 and phone numbers",
    html: (p) => [p.email.replace("@", "-at-").replace(".", "-dot-"), `order-${p.digits}`, `u${p.uuid}`, `o_${p.digits.slice(0, 4)}_${p.digits.slice(4, 8)}_${p.digits.slice(8, 12)}_${p.digits.slice(12, 16)}`, `k-${[...p.word].join("-")}`, `x${Buffer.from(p.word).toString("hex").match(/.{3}/g).join("-")}`, `01H${p.word.toUpperCase()}`].map((id, i) => `<div id="w-${id}" class="c-${id}"><button id="${id}" class="${id}" name="${id}" data-n="${i}">Open</button></div>`).join(""),
    act: async (page) => {
      for (let i = 0; i < 7; i++) await page.click(`[data-n="${i}"]`);
    },
    also: (p) => [p.digits, p.uuid, p.uuid.replaceAll("-", "")],
    shaped: true,
  },
  H20: {
    about: "digits spread over the ids of ancestors and the class list, three at a time",
    html: (p) => p.digits.match(/.{1,3}/g).reduceRight((inside, three, i) => `<div id="s${i}-${three}" class="p${three}">${inside}</div>`, `<button id="b" class="${p.digits.match(/.{1,3}/g).map((three) => `d${three}`).join(" ")}">Open</button>`),
    word: (p) => p.digits,
    act: press("b"),
    expects: [{ type: "click", tag: "button", id: "b" }],
  },
  H21: {
    about: "CSS modules, emotion, tailwind's arbitrary values and state classes",
    html: (p) => `<button id="b" class="btn Button_root__${p.word.slice(0, 5)} before:content-['${p.word}'] bg-[url('/u/${p.word}')] w-[${p.digits}px] is-${p.word} css-${p.word}-MuiButton">Buy now</button>`,
    act: press("b"),
    word: (p) => p.word,
    shaped: true,
    expects: [{ type: "click", tag: "button", id: "b", text: "Buy now" }],
  },
  H22: {
    about: "drawings: use, title, desc, text, foreignObject, links and ids within",
    html: (p) => `<svg id="s" width="200" height="60" class="${p.word}"><defs><symbol id="${p.word}"><title>${p.word}</title></symbol></defs><use id="u-${p.word}" href="#${p.word}" xlink:href="#${p.word}"></use><a href="/users/${p.word}?${p.word}"><text id="t" x="5" y="20">${p.word}</text></a><foreignObject width="90" height="30" x="100"><button id="in">${p.word}</button></foreignObject></svg><math><mtext id="m">${p.word}</mtext><annotation>${p.word}</annotation></math>`,
    act: async (page) => {
      await page.evaluate(() => document.querySelector("svg a").addEventListener("click", (event) => event.preventDefault()));
      await press("t", "in", "m")(page);
    },
    shaped: true,
  },
  H23: {
    about: "labels, legends, captions, details and headings wrap secrets",
    html: (p) => `<fieldset name="${p.word}"><legend id="lg">${p.word}</legend><label id="lb">${p.word} <input type="checkbox" id="c" name="news"></label></fieldset><details><summary id="s">Order ${p.digits} for ${p.first} ${p.last}</summary>${p.word}</details><h2 id="h">${p.word}</h2>`,
    act: press("lg", "lb", "s", "h"),
    also: (p) => [p.digits, ...person(p)],
    expects: [{ type: "change", tag: "input", input: "checkbox", id: "c" }],
  },
  H24: {
    about: "radio groups, checkboxes and selects whose names, ids and options are people's",
    html: (p) => `<form onsubmit="return false"><input type="radio" id="r1" name="acct-${p.digits}" value="${p.word}"><input type="checkbox" id="c1" name="member[${p.email}]" value="${p.word}"><select id="s1" name="to"><optgroup label="${p.word}"><option>a</option><option value="${p.word}">${p.first} ${p.last}</option></optgroup></select><select id="s2" multiple><option selected>${p.word}</option><option>b</option></select><button id="go">Ok</button></form>`,
    act: async (page, p) => {
      await page.check("#r1");
      await page.check("#c1");
      await page.selectOption("#s1", p.word);
      await page.selectOption("#s2", "b");
      await page.click("#go");
    },
    also: (p) => [p.digits, ...person(p)],
    sees: ["change", "submit"],
    expects: [{ type: "change", tag: "input", input: "radio" }, { type: "change", tag: "select", id: "s1" }],
  },
  H25: {
    about: "dialogs and popovers that greet by name, with buttons inside",
    html: (p) => `<dialog id="d" aria-label="${p.word}"><form method="dialog"><p>${p.word}</p><button id="y" value="${p.word}">Yes</button></form></dialog><button id="o" popovertarget="pop-${p.word}">Menu</button><div popover id="pop-${p.word}"><button id="i" commandfor="pop-${p.word}" command="--${p.word}">Item</button></div>`,
    act: async (page) => {
      await page.evaluate(() => document.getElementById("d").showModal());
      await page.click("#y");
      await page.click("#o");
      await page.click("#i");
    },
    shaped: true,
    expects: [{ type: "click", tag: "button", id: "y" }, { type: "click", tag: "button", id: "o", text: "Menu" }],
  },
  H26: {
    about: "a slider mirrored in title, output, class and the button beside it",
    html: `<input type="range" id="x" min="100000" max="999999" value="100000" oninput="this.title=this.value;o.textContent=this.value;b.textContent='Pay '+this.value;b.id='pay-'+this.value"><output id="o"></output><button id="b">Pay</button>`,
    word: (p) => p.digits.slice(0, 6),
    act: async (page, p) => {
      await page.evaluate((amount) => {
        const x = document.getElementById("x");
        x.value = amount;
        for (const kind of ["input", "change"]) x.dispatchEvent(new Event(kind, { bubbles: true }));
      }, p.digits.slice(0, 6));
      await page.click("button[id^=pay]");
    },
    sees: ["change"],
  },
  H27: {
    about: "password managers put attributes, badges and lists into the page",
    html: (p) => `<form onsubmit="return false"><input id="u" data-lpignore="${p.word}" data-com-onepassword-filled="${p.word}" data-bwautofill="${p.word}" data-dashlane-rid="${p.word}" value="${p.word}"><input type="password" id="x" value="${p.word}"><button id="go">Sign in</button></form><com-1password-button id="pm"><button id="pb">${p.email}</button></com-1password-button><div data-lastpass-root><ul><li id="li">${p.word}</li></ul></div>`,
    act: press("go", "pb", "li", "pm"),
    sees: ["submit"],
  },
  H28: {
    about: "portals: what a password form says stands elsewhere in the document",
    html: (p) => `<form id="f" onsubmit="return false"><label>PIN <input id="x" inputmode="numeric" name="a"></label></form><div id="portal" class="modal"><button form="f" id="ok">Confirm ${p.word}</button><div role="tooltip"><button id="tip">Hint ${p.word}</button></div></div>`,
    act: async (page, p) => {
      await page.fill("#x", p.word);
      await page.click("#ok");
      await page.click("#tip");
    },
  },
  H29: {
    about: "elements with odd names, namespaces and attributes of a megabyte",
    html: (p) => `<${p.word.toLowerCase()}-card id="k" role="button" tabindex="0">k</${p.word.toLowerCase()}-card><div id="ns"></div><button id="b">Open</button>`,
    act: async (page, p) => {
      await page.evaluate((word) => {
        const huge = word.repeat(60000);
        const b = document.getElementById("b");
        for (const name of ["class", "title", "data-x", "aria-label", "name"]) b.setAttribute(name, huge);
        b.parentElement.className = `${word} `.repeat(60000);
        const odd = document.createElementNS(`urn:${word}`, `${word}:button`);
        odd.textContent = word;
        odd.id = "odd";
        document.getElementById("ns").append(odd);
        odd.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
      }, p.word);
      await press("k", "b")(page);
    },
    shaped: true,
    expects: [{ type: "click", tag: "button", id: "b", text: "Open" }],
  },
  H30: {
    about: "a plain counter, tab list, menu and switch keep their structure",
    html: `<nav id="main"><ul><li><a id="prices" href="/prices" onclick="event.preventDefault()">Prices</a></li></ul></nav><div role="tablist"><button role="tab" id="tab-2" class="tab tab-2">Profile</button></div><div role="switch" id="dark-mode" tabindex="0">Dark</div><input type="radio" name="plan" id="plan-pro">`,
    act: press("prices", "tab-2", "dark-mode", "plan-pro"),
    expects: [
      { type: "click", tag: "a", id: "prices", elements: /nav#main > ul > li > a#prices$/ },
      { type: "click", tag: "button", id: "tab-2", role: "tab", classes: "tab tab-2", text: "Profile" },
      { type: "click", tag: "div", role: "switch", id: "dark-mode" },
      { type: "change", tag: "input", input: "radio", name: "plan", id: "plan-pro" },
    ],
  },
};
