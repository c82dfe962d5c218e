// Harder pages: what misleads, breaks, floods or watches the SDK, and what it may leave on the device.

const press = (...ids) => async (page) => {
  for (const id of ids) await page.click(`#${id}`);
};
const EVERY = ["parentNode", "parentElement", "attributes", "nodeName", "getAttribute", "hasAttribute", "id", "tagName", "localName", "children", "childNodes", "firstChild", "shadowRoot", "closest", "matches", "addEventListener", "toString", "valueOf", "form", "elements", "classList", "className", "name", "type", "role", "href", "action", "assignedSlot", "getRootNode", "host", "labels", "ownerDocument", "isConnected", "nodeType", "textContent", "autocomplete", "dataset", "constructor", "hasOwnProperty", "submit"];
const broken = (about, head, more = {}) => ({ about, head, html: (p) => `<button id="t" class="btn" title="${p.word}" data-v="${p.word}">Buy now</button>`, act: press("t"), expects: [{ type: "click", tag: "button", id: "t" }], ...more });

export const hardTraps = {
  H92: {
    about: "a form whose fields have the names of everything, sent and changed by hand",
    html: (p) => `<form id="plain" class="checkout" onsubmit="return false">${EVERY.map((name) => `<input name="${name}" id="${name}" value="${p.word}">`).join("")}<input type="checkbox" id="sz"><button id="in">Order</button></form>`,
    act: async (page) => {
      for (const id of ["sz", "in"]) {
        const place = await page.evaluate((name) => document.getElementById(name).getBoundingClientRect().toJSON(), id);
        await page.mouse.click(place.x + 4, place.y + 4);
      }
    },
    expects: [{ type: "change", tag: "input", id: "sz" }, { type: "click", tag: "button", id: "in" }, { type: "submit", tag: "form" }],
  },
  H93: {
    about: "images and forms that hide what the document says of itself",
    html: (p) => ["location", "URL", "referrer", "title", "cookie", "body", "head", "documentElement", "defaultView", "visibilityState", "addEventListener", "createElement", "currentScript", "readyState", "designMode", "querySelectorAll", "activeElement", "fonts"].map((name) => `<img name="${name}" id="${name}" alt="${p.word}"><form name="${name}" id="${name}"></form>`).join("") + '<button id="t">Buy now</button>',
    act: press("t"),
    expects: [{ type: "click", tag: "button", id: "t", text: "Buy now" }],
  },
  H94: broken("polluted prototypes of objects, before the SDK", (p) => `<script>for(const k of["id","text","value","properties","context","autocapture","attributes","host","storage","consent","sample","extra","toJSON2","classes","headers","body"])Object.defineProperty(Object.prototype,k,{__proto__:null,get:()=>undefined,set(v){Object.defineProperty(this,k,{__proto__:null,value:v,writable:true,enumerable:true,configurable:true})},configurable:true});Object.prototype.leak="${p.word}"</script>`),
  H95: broken("polluted toJSON on objects, strings and arrays", (p) => `<script>Array.prototype.peek="${p.word}";Object.defineProperty(Object.prototype,"secret",{value:"${p.word}",enumerable:true,writable:true,configurable:true})</script>`),
  H96: {
    about: "list methods and string methods replaced while the page lives",
    html: (p) => `<button id="t" title="${p.word}">Buy now</button>`,
    act: async (page, p) => {
      const box = await page.locator("#t").boundingBox();
      await page.evaluate((word) => {
        for (const name of ["map", "filter", "some", "find", "join", "slice", "includes"]) {
          const old = Array.prototype[name];
          Array.prototype[name] = function (...a) {
            return old.apply(this, a);
          };
          Array.prototype[name].word = word;
        }
        const [trim, lower, test] = [String.prototype.trim, String.prototype.toLowerCase, RegExp.prototype.test];
        String.prototype.trim = String.prototype.toLowerCase = () => word;
        RegExp.prototype.test = () => true;
        window.mend = () => {
          Object.assign(String.prototype, { trim, toLowerCase: lower });
          RegExp.prototype.test = test;
        };
      }, p.word);
      await page.mouse.click(box.x + 4, box.y + 4);
      await page.evaluate(() => window.mend());
    },
    shaped: true,
  },
  H97: broken("serialiser, fetch, beacon and request replaced by ones that look", () => `<script>for(const[o,k]of[[JSON,"stringify"],[window,"fetch"],[navigator,"sendBeacon"]]){const f=o[k].bind(o);o[k]=(...a)=>{window.looked=(window.looked||0)+1;return f(...a)}}const X=XMLHttpRequest.prototype.open;XMLHttpRequest.prototype.open=function(...a){return X.apply(this,a)}</script>`),
  H98: {
    about: "proxies of elements as targets and paths of events",
    html: (p) => `<button id="t" title="${p.word}">Buy now</button><div id="w"></div>`,
    act: async (page, p) => {
      await page.evaluate((word) => {
        const t = document.getElementById("t");
        const proxy = new Proxy(t, { get: (on, name) => (name === "id" ? word : typeof on[name] === "function" ? on[name].bind(on) : on[name]) });
        for (const path of [[proxy, document], [{ id: word, tagName: word, nodeType: 1 }], [word], null]) {
          for (const kind of ["click", "change", "submit"]) {
            const event = new MouseEvent(kind, { bubbles: true, composed: true });
            Object.defineProperty(event, "target", { get: () => path?.[0] });
            Object.defineProperty(event, "composedPath", { value: () => path });
            Object.defineProperty(event, "isTrusted", { get: () => word }, {});
            try {
              document.getElementById("w").dispatchEvent(event);
            } catch {}
          }
        }
      }, p.word).catch(() => {});
      await page.click("#t");
    },
    complains: true,
    expects: [{ type: "click", tag: "button", id: "t" }],
  },
  H99: {
    about: "elements that go, change and are renamed during their own event",
    html: (p) => `<div id="w"><button id="t">Buy now</button><button id="u">Use it</button></div><script>addEventListener("click",(e)=>{if(e.target.id==="t"){e.target.id="z-${p.word}";e.target.textContent="${p.word}";e.target.parentNode.id="${p.word}";e.target.remove()}},true);u.onclick=(e)=>e.target.closest("div").remove()</script>`,
    act: press("t", "u"),
    shaped: true,
    loose: true,
  },
  H100: {
    about: "getters of elements and prototypes that throw the secret",
    html: `<button id="t">Buy now</button><form id="f" onsubmit="return false"><input id="x"><button id="go">Go</button></form>`,
    act: async (page, p) => {
      const [t, go] = [await page.locator("#t").boundingBox(), await page.locator("#go").boundingBox()];
      await page.evaluate((word) => {
        for (const element of [document.getElementById("t"), document.getElementById("f"), document.getElementById("go")]) {
          for (const name of ["id", "className", "tagName", "textContent", "attributes", "parentNode", "form", "type", "elements", "childNodes", "shadowRoot", "innerText", "href", "labels"]) {
            Object.defineProperty(element, name, { get() { throw new Error(word); } });
          }
        }
      }, p.word);
      await page.mouse.click(t.x + 4, t.y + 4);
      await page.mouse.click(go.x + 4, go.y + 4);
    },
    complains: true,
    expects: [{ type: "click", tag: "button", id: "t", text: "Buy now" }, { type: "submit", tag: "form", id: "f" }],
  },
  H101: {
    about: "a storm of events, trusted and not, in which the ordinary ones are not lost",
    html: `<button id="t">Buy now</button><input type="checkbox" id="c" name="news"><div id="w"></div>`,
    act: async (page, p) => {
      await page.evaluate((word) => {
        const w = document.getElementById("w");
        for (let i = 0; i < 3000; i++) w.dispatchEvent(new Event(["mousemove", "scroll", "input", "keydown"][i % 4], { bubbles: true }));
        w.title = word;
      }, p.word);
      for (let i = 0; i < 3; i++) await page.click("#t");
      await page.check("#c");
    },
    expects: [{ type: "click", tag: "button", id: "t", times: 3 }, { type: "change", tag: "input", id: "c" }],
  },
  H102: {
    about: "custom events, messages, broadcasts and workers with secrets",
    html: `<button id="t">Buy now</button>`,
    act: async (page, p) => {
      await page.evaluate((word) => {
        for (const name of ["click", "$autocapture", "holdfast", "popstate", "hashchange", "storage", "message", "pageshow", "online"]) {
          window.dispatchEvent(new CustomEvent(name, { detail: word }));
          document.dispatchEvent(new CustomEvent(name, { detail: { value: word }, bubbles: true }));
        }
        window.dispatchEvent(new MessageEvent("message", { data: { holdfast: word, type: "track", event: word } }));
        window.dispatchEvent(new StorageEvent("storage", { key: "holdfast", newValue: word }));
        window.dispatchEvent(new PopStateEvent("popstate", { state: word }));
        const channel = new BroadcastChannel("holdfast");
        channel.postMessage(word);
        window.postMessage({ word }, "*");
        console.error(word);
        console.log(word);
        performance.mark(word);
      }, p.word);
      await page.click("#t");
    },
    expects: [{ type: "click", tag: "button", id: "t" }],
  },
  H103: {
    about: "strict policies with Trusted Types",
    headers: (origin) => ({ "Content-Security-Policy": `default-src 'none'; script-src 'nonce-n'; connect-src http://127.0.0.1:*; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'; form-action 'none'` }),
    nonce: "n",
    html: (p) => `<button id="t" title="${p.word}">Buy now</button>`,
    act: press("t"),
    expects: [{ type: "click", tag: "button", id: "t", text: "Buy now" }],
  },
  H104: {
    about: "storage and cookies refused",
    head: () => `<script>for(const name of["localStorage","sessionStorage","indexedDB","caches"])Object.defineProperty(window,name,{get(){throw new DOMException("no","SecurityError")}});Object.defineProperty(Document.prototype,"cookie",{get(){throw new DOMException("no")},set(){throw new DOMException("no")}})</script>`,
    html: (p) => `<button id="t" title="${p.word}">Buy now</button>`,
    act: press("t"),
    expects: [{ type: "click", tag: "button", id: "t", text: "Buy now" }],
    noStorage: true,
  },
  H105: {
    about: "no consent: nothing is sent and nothing kept on the device",
    options: { consent: "pending" },
    silent: true,
    html: (p) => `<form onsubmit="return false"><input id="x"><button id="go" title="${p.word}">Go</button></form>`,
    act: async (page, p) => {
      await page.fill("#x", p.word);
      await page.click("#go");
      await page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
    },
  },
  H106: {
    about: "opted out: nothing is sent, and nothing kept but that",
    silent: true,
    html: (p) => `<button id="t" title="${p.word}">Buy now</button><script>holdfast.optOut()</script>`,
    act: press("t"),
  },
  H107: {
    about: "consent that comes late sends what was pending, without what was planted",
    options: { consent: "pending" },
    html: `<input id="x"><button id="t">Buy now</button>`,
    act: async (page, p) => {
      await page.fill("#x", p.word);
      await page.click("#t");
      await page.evaluate((word) => {
        document.getElementById("t").textContent = word;
        holdfast.optIn();
      }, p.word);
      await page.click("#t");
    },
    expects: [{ type: "click", tag: "button", id: "t", times: 2 }],
  },
  H108: {
    about: "the door is shut: what waits on the device holds nothing that was planted",
    html: (p) => `<a id="a" href="/users/${p.word}?${p.word}" onclick="event.preventDefault()">a</a><input id="x" name="${p.email}"><button id="t" data-v="${p.word}">Send</button>`,
    act: async (page, p) => {
      await page.route(/\/v1\/b/, (route) => route.abort());
      await page.fill("#x", p.word);
      await page.click("#a");
      await page.evaluate((word) => (document.getElementById("t").textContent = `Send ${word}`), p.word);
      await page.click("#t");
      await page.evaluate(() => window.flushed());
      await page.reload();
      await page.fill("#x", p.word);
      await page.click("#t");
      await page.unroute(/\/v1\/b/);
      await page.reload();
    },
    shaped: true,
    again: true,
  },
  H109: {
    about: "hidden, left and shown again: what goes along holds nothing planted",
    html: `<input id="x"><button id="t">Buy now</button>`,
    act: async (page, p) => {
      await page.fill("#x", p.word);
      await page.evaluate((word) => {
        document.getElementById("t").className = word;
        document.getElementById("t").click();
        window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
        window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
        document.dispatchEvent(new Event("visibilitychange"));
        window.dispatchEvent(new Event("beforeprint"));
        window.dispatchEvent(new Event("afterprint"));
      }, p.word);
      await page.click("#t");
    },
    expects: [{ type: "click", tag: "button", id: "t", times: 2 }],
  },
  H110: {
    about: "text nodes, roots and detached trees as targets of clicks, changes and submits",
    html: `<div id="w"></div>`,
    act: (page, p) =>
      page.evaluate((word) => {
        const form = document.createElement("form");
        form.id = form.name = form.className = word;
        form.innerHTML = `<input name="${word}" value="${word}"><button>${word}</button>`;
        for (const kind of ["click", "change", "submit"]) {
          form.dispatchEvent(new Event(kind, { bubbles: true }));
          document.createDocumentFragment().dispatchEvent(new Event(kind));
          document.createComment(word).dispatchEvent(new Event(kind));
        }
        document.getElementById("w").append(form);
        for (const kind of ["click", "change", "submit"]) form.firstChild.dispatchEvent(new Event(kind, { bubbles: true }));
        const inert = document.createElementNS("http://www.w3.org/1999/xhtml", "BUTTON");
        inert.id = word;
        document.getElementById("w").append(inert);
        inert.click();
        form.remove();
      }, p.word),
    shaped: true,
  },
  H111: {
    about: "sampled out: nothing is sent",
    options: { sample: 0 },
    silent: true,
    html: (p) => `<button id="t" title="${p.word}">Buy now</button>`,
    act: press("t"),
  },
  H112: {
    about: "fast clicks on ordinary things and on those of others",
    html: (p) => `<button id="t">Buy now</button><div class="row" id="r-${p.digits}"><b id="v" title="${p.word}">${p.word}</b></div>`,
    act: async (page) => {
      await page.click("#t", { clickCount: 5, delay: 5 });
      await page.click("#v", { clickCount: 5, delay: 5 });
    },
    also: (p) => [p.digits],
    expects: [{ type: "click", tag: "button", id: "t", times: 5 }, { type: "rage", tag: "button", id: "t" }],
  },
  H113: {
    about: "listed attributes hold words alone: a page that lists one with names, mails and codes in it",
    html: (p) => `<button id="t" data-plan="${p.email}">Buy now</button><button id="u" data-plan="${p.digits}">Use it</button><button id="v" data-plan="pro">Go pro</button>`,
    act: press("t", "u", "v"),
    also: (p) => [p.digits],
    expects: [{ type: "click", tag: "button", id: "t" }, { type: "click", tag: "button", id: "v", "data-plan": "pro" }],
  },
};
