// Shadow trees, frames, custom elements, attributes, ids and classes, opt-out.

export const structure = {
  AC13: {
    about: "password inside an open shadow root",
    html: `<div id="host"></div><script>host.attachShadow({mode:"open"}).innerHTML='<form onsubmit="return false"><input id="x" type="password"><button id="go">Go</button></form>'</script>`,
    act: async (page, p) => {
      await page.locator("#x").pressSequentially(p.word);
      await page.click("#go");
    },
    sees: ["change", "submit"],
  },
  AC15: {
    about: "same-origin frame with a login form",
    html: `<iframe id="f" srcdoc="<form onsubmit='return false'><input id=x type=password><button id=go>Go</button></form>"></iframe>`,
    act: async (page, p) => {
      const frame = page.frameLocator("#f");
      await frame.locator("#x").pressSequentially(p.word);
      await frame.locator("#go").click();
    },
  },
  AC17: {
    about: "form-associated custom element with a value",
    html: (p) => `<script>customElements.define("x-field",class extends HTMLElement{static formAssociated=true;constructor(){super();this.i=this.attachInternals()}get value(){return this.getAttribute("value")}connectedCallback(){this.i.setFormValue(this.value);this.textContent=this.value}})</script><form onsubmit="return false"><x-field id="x" name="token" value="${p.word}" tabindex="0"></x-field><button id="go">Send</button></form>`,
    act: async (page) => {
      await page.click("#x");
      await page.click("#go");
    },
    sees: ["submit"],
  },
  AC20: {
    about: "data attributes with a token",
    html: (p) => `<button id="b" data-token="${p.word}" data-id="${p.word}" data-plan="${p.word}" data-="${p.word}">Delete</button>`,
    act: (page) => page.click("#b"),
    shaped: true,
  },
  AC21: {
    about: "aria-label that repeats the field's value",
    html: (p) => `<input id="x" value="${p.word}" aria-label="Amount ${p.word}"><button id="b" aria-label="${p.word}" aria-description="${p.word}" aria-details="${p.word}" class="${p.word}">ok</button>`,
    act: async (page) => {
      await page.click("#x");
      await page.click("#b");
    },
  },
  AC35: {
    about: "mailto and tel links",
    html: (p) => ["mailto", "tel", "sms", "MAILTO"].map((scheme, i) => `<p><a id="l${i}" href="${scheme}:${p.word}@example.com" onclick="event.preventDefault()">write</a></p>`).join(""),
    act: async (page) => {
      for (let i = 0; i < 4; i++) await page.click(`#l${i}`);
    },
  },
  AC36: {
    about: "link whose address carries a token",
    html: (p) => `<a id="a" href="/reset/${p.word}?t=${p.word}#${p.word}" onclick="event.preventDefault()">here</a><a id="b" href="https://u:${p.word}@h.example/${p.word};s=${p.word}/x?${p.word}" onclick="event.preventDefault()">there</a>`,
    act: async (page) => {
      await page.click("#a");
      await page.click("#b");
    },
    shaped: true,
  },
  AC60: {
    about: "checkbox and radio with account numbers",
    html: (p) => `<form><label><input type="checkbox" id="c" name="acc" value="${p.word}"> one</label><input type="radio" id="r" name="r" value="${p.word}"></form>`,
    act: async (page) => {
      await page.check("#c");
      await page.check("#r");
    },
    sees: ["change"],
  },
  AC61: {
    about: "submit button whose label holds an address",
    html: (p) => `<form onsubmit="return false"><input type="submit" id="s" value="Send to ${p.email}"><input type="button" id="b" value="${p.word}"><input type="image" id="i" alt="${p.word}" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=#${p.word}"><input type="reset" id="r" value="${p.word}"></form>`,
    act: async (page) => {
      for (const id of ["s", "b", "i", "r"]) await page.click(`#${id}`);
    },
    sees: ["submit"],
  },
  AC77: {
    about: "explicit opt-out of an ancestor",
    html: (p) => `<section data-holdfast-ignore><h2>${p.word}</h2><button id="b">${p.word}</button><form onsubmit="return false"><input id="x"><button id="go">go</button></form></section>`,
    act: async (page, p) => {
      await page.click("#b");
      await page.fill("#x", p.word);
      await page.click("#go");
    },
    never: (event) => /#b\b|#go\b|#x\b/.test(event.properties?.elements ?? ""),
  },
  // Of our own.
  AC43: {
    about: "six-box code through a data attribute and an id",
    html: (p) => `<div id="code-${p.digits}" data-code="${p.digits}"><span tabindex="0" id="b" data-value="${p.digits}">go on</span></div>`,
    word: (p) => p.digits,
    act: (page) => page.click("#b"),
  },
  AC45: {
    about: "closed shadow root",
    html: `<div id="host"></div><script>const r=host.attachShadow({mode:"closed"});r.innerHTML='<input id="x" type="password"><button id="go">Go</button>';window.type=(w)=>{const x=r.getElementById("x");x.value=w;x.dispatchEvent(new Event("change",{bubbles:true,composed:true}));r.getElementById("go").textContent=w;r.getElementById("go").click()}</script>`,
    act: (page, p) => page.evaluate((word) => window.type(word), p.word),
  },
  AC46: {
    about: "opt-out inside a shadow tree around slotted content",
    html: `<div id="host"><button id="b">plain</button></div><script>host.attachShadow({mode:"open"}).innerHTML='<div data-holdfast-ignore><slot></slot></div>'</script>`,
    act: async (page, p) => {
      await page.evaluate((word) => (document.getElementById("b").textContent = word), p.word);
      await page.click("#b");
    },
    never: (event) => /#b\b/.test(event.properties?.elements ?? ""),
  },
  AC47: {
    about: "slotted secret in a component's button",
    html: (p) => `<x-button id="host"><b>${p.word}</b></x-button><script>customElements.define("x-button",class extends HTMLElement{constructor(){super();this.attachShadow({mode:"open"}).innerHTML='<button id="in"><slot></slot></button>'}})</script>`,
    act: (page) => page.click("#in"),
  },
  AC50: {
    about: "frames whose address and srcdoc hold secrets",
    html: (p) => `<iframe id="f" srcdoc="<p>${p.word}</p>" src="/blank?${p.word}" name="${p.word}" title="${p.word}"></iframe><object data="data:text/plain,${p.word}" width="9" height="9"></object>`,
    act: (page) => page.click("#f"),
  },
  AC53: {
    about: "ids made of addresses and tokens",
    html: (p) => `<div id="user-${p.email}"><button id="row-${p.word}" name="${p.email}">Open</button><button id="u-${p.word.replaceAll("-", "_")}-at-example-com" class="b1">Open</button></div>`,
    act: async (page) => {
      await page.click("button >> nth=0");
      await page.click("button >> nth=1");
    },
    shaped: true,
  },
  AC55: {
    about: "classes with tokens and base64",
    html: (p) => `<div class="card ${p.word}"><button id="b" class="btn css-${p.word} t_${Buffer.from(p.word).toString("base64").replaceAll("=", "")} h${Buffer.from(p.word).toString("hex")}">Open</button></div>`,
    act: (page) => page.click("#b"),
    shaped: true,
  },
  AC57: {
    about: "titles and descriptions of drawings",
    html: (p) => `<button id="b"><svg width="20" height="20" aria-label="${p.word}"><title>${p.word}</title><desc>${p.word}</desc><text>${p.word}</text><a href="#${p.word}"><rect id="r" width="20" height="20"></rect></a></svg></button>`,
    act: (page) => page.click("#r"),
  },
  AC58: {
    about: "details, summary, dialog, popover",
    html: (p) => `<details title="${p.word}"><summary id="s">More</summary><p>${p.word}</p></details><dialog id="d">${p.word}<button id="close" onclick="d.close()">Close</button></dialog><div popover id="p">${p.word}<button id="pb">Ok</button></div>`,
    act: async (page) => {
      await page.click("#s");
      await page.evaluate(() => document.getElementById("d").showModal());
      await page.click("#close");
      await page.evaluate(() => document.getElementById("p").showPopover());
      await page.click("#pb");
      await page.evaluate(() => document.getElementById("p").hidePopover());
    },
  },
  AC59: {
    about: "label for, described by, labelled by",
    html: (p) => `<label for="x" id="lab">${p.word}</label><input id="x" aria-describedby="d1" aria-labelledby="lab"><span id="d1">${p.word}</span>`,
    act: async (page) => {
      await page.click("#lab");
      await page.fill("#x", "a");
      await page.locator("#x").blur();
    },
    sees: ["change"],
  },
  AC62: {
    about: "attributes of frameworks with state in them",
    html: (p) => `<button id="b" ng-reflect-value="${p.word}" x-data="{a:'${p.word}'}" wire:key="${p.word}" v-bind:x="${p.word}" data-v-app="${p.word}" data-reactid="${p.word}" jsaction="${p.word}" onclick="void '${p.word}'" style="--s:'${p.word}'" part="${p.word}" slot="${p.word}" itemid="${p.word}" formaction="/x?${p.word}" value="${p.word}" accesskey="s" role="${p.word}" type="${p.word}" is="${p.word}" lang="${p.word}">Open</button>`,
    act: (page) => page.click("#b"),
  },
  AC64: {
    about: "elements whose names are secrets",
    html: (p) => `<t${p.word.replace(/[^a-z0-9]/gi, "")} id="a" role="button">a</t${p.word.replace(/[^a-z0-9]/gi, "")}><x-${p.word.toLowerCase()} id="b" tabindex="0">b</x-${p.word.toLowerCase()}>`,
    act: async (page) => {
      await page.click("#a");
      await page.click("#b");
    },
    shaped: true,
  },
  AC66: {
    about: "customised built-in and a component of closed state",
    html: (p) => `<script>customElements.define("my-pay",class extends HTMLButtonElement{get value(){return "${p.word}"}get id(){return "${p.word}"}get textContent(){return "${p.word}"}get className(){return "${p.word}"}},{extends:"button"})</script><button is="my-pay" id="plain">Pay</button>`,
    act: (page) => page.click("#plain"),
  },
  AC67: {
    about: "opt-out switched on by the very click, and an opted-out target inside a button",
    html: (p) => `<div id="w" onclick="this.setAttribute('data-holdfast-ignore','')"><button id="b">Next <i data-holdfast-ignore id="i">${p.word}</i></button></div>`,
    act: async (page) => {
      await page.click("#b", { position: { x: 3, y: 3 } });
      await page.click("#i");
    },
    never: (event) => /> i\b|#i\b/.test(event.properties?.elements ?? ""),
  },
  AC70: {
    about: "secret in window.name, in storage and cookies",
    html: (p) => `<script>window.name="${p.word}";localStorage.setItem("a","${p.word}");sessionStorage.setItem("holdfast.x","${p.word}");document.cookie="s=${p.word}"</script><button id="b">b</button>`,
    act: (page) => page.click("#b"),
  },
  AC73: {
    about: "observed clones and replaced nodes",
    html: `<div id="w"><button id="b">Show</button></div>`,
    act: async (page, p) => {
      await page.evaluate((word) => {
        const w = document.getElementById("w");
        new MutationObserver((changes, self) => {
          self.disconnect();
          const clone = w.firstElementChild.cloneNode(true);
          clone.dataset.copy = clone.title = word;
          w.replaceChildren(clone);
        }).observe(w, { attributes: true });
        w.setAttribute("x", word);
      }, p.word);
      await page.click("#b");
    },
  },
};
