// Pages that mislead or hang whoever walks them.

const clobbered = (names) => (p) =>
  `<form id="plain" onsubmit="return false">${names.map((name) => `<input name="${name}" value="${p.word}">`).join("")}<button type="button" class="cl">in</button></form>`;
const placeOf = async (page) => {
  const { x, y } = await page.locator(".cl").boundingBox();
  return [x + 3, y + 3];
};
// By its place: the page has laid its traps for the test's own tools, too.
const clickIn = async (page) => page.mouse.click(...(await placeOf(page)));

export const traps = {
  AC63: { about: "form with children named type, id, className, getAttribute, attributes", html: clobbered(["type", "id", "className", "getAttribute", "attributes"]), act: clickIn },
  AC68: {
    about: "page state in JSON and a meta tag",
    html: (p) => `<script type="application/json" id="state">{"token":"${p.word}"}</script><meta name="csrf-token" content="${p.word}"><noscript>${p.word}</noscript><template>${p.word}</template><button id="b">go</button>`,
    act: (page) => page.click("#b"),
  },
  AC79: { about: "form field named parentNode", html: clobbered(["parentNode"]), act: clickIn },
  // Of our own.
  X33: {
    about: "form fields named like everything that a walk may ask for",
    html: clobbered(["tagName", "nodeName", "localName", "nodeType", "parentElement", "closest", "matches", "children", "childNodes", "firstChild", "nextSibling", "textContent", "innerText", "dataset", "classList", "elements", "hasAttribute", "querySelectorAll", "ownerDocument", "isContentEditable", "shadowRoot", "name", "action", "form", "length", "constructor", "__proto__", "toString", "then", "contains", "getRootNode", "assignedSlot", "host"]),
    act: clickIn,
  },
  X34: {
    about: "getters and proxies laid on elements",
    html: `<button id="plain" class="cl">in</button>`,
    act: async (page, p) => {
      const place = await placeOf(page);
      await page.evaluate((word) => {
        const element = document.querySelector(".cl");
        for (const name of ["id", "className", "tagName", "localName", "textContent", "parentNode", "value", "type", "attributes", "getAttribute", Symbol.toPrimitive, Symbol.toStringTag, Symbol.iterator]) {
          Object.defineProperty(element, name, { get: () => word });
        }
        Object.setPrototypeOf(element, new Proxy(Object.getPrototypeOf(element), { get: () => word, getPrototypeOf: () => { throw new Error(word); } }));
      }, p.word);
      await page.mouse.click(...place);
    },
    complains: true,
  },
  X35: {
    about: "prototypes that the page replaced",
    html: (p) => `<button id="plain" class="cl" title="${p.word}">in</button>`,
    act: async (page, p) => {
      const place = await placeOf(page);
      await page.evaluate((word) => {
        Element.prototype.getAttribute = () => word;
        Object.defineProperty(Node.prototype, "textContent", { get: () => word });
        Object.defineProperty(Element.prototype, "id", { get: () => word });
        Object.defineProperty(CharacterData.prototype, "data", { get: () => word });
        String.prototype.includes = () => true;
        Event.prototype.composedPath = () => [word];
      }, p.word);
      await page.mouse.click(...place);
    },
    shaped: true,
    loose: true,
  },
  X36: {
    about: "ten thousand elements deep, which no browser lays out",
    html: `<div id="deep" hidden></div>`,
    act: async (page, p) => {
      await page.evaluate((word) => {
        let at = document.getElementById("deep");
        for (let i = 0; i < 10000; i++) {
          const next = document.createElement("div");
          if (i % 1000 === 0) next.id = next.title = word;
          at.append(next);
          at = next;
        }
        const button = document.createElement("button");
        button.id = "bottom";
        button.textContent = "bottom";
        at.append(button);
        const before = performance.now();
        button.click();
        window.took = performance.now() - before;
      }, p.word);
      return page.evaluate(() => window.took);
    },
    shaped: true,
    quickMs: 1000,
  },
  X37: {
    about: "half a million siblings",
    html: `<div id="wide"></div>`,
    act: (page, p) =>
      page.evaluate((word) => {
        const wide = document.getElementById("wide");
        const one = document.createElement("i");
        one.title = word;
        const many = document.createDocumentFragment();
        for (let i = 0; i < 500000; i++) many.append(one.cloneNode());
        const button = document.createElement("button");
        button.textContent = "end";
        button.id = "end";
        wide.append(many, button);
        const before = performance.now();
        button.click();
        const took = performance.now() - before;
        wide.remove();
        return took;
      }, p.word),
    quickMs: 1000,
  },
  X38: {
    about: "a button that is detached, moved, or has no document",
    html: `<div id="w"></div>`,
    act: (page, p) =>
      page.evaluate((word) => {
        const button = document.createElement("button");
        button.textContent = button.id = word;
        button.click();
        document.getElementById("w").append(button);
        button.addEventListener("click", () => button.remove());
        button.click();
        document.implementation.createHTMLDocument(word).body.append(button);
        button.click();
      }, p.word),
    shaped: true,
  },
  X39: {
    about: "events sent by scripts, with odd targets",
    html: `<button id="b">b</button>`,
    act: (page, p) =>
      page.evaluate((word) => {
        for (const target of [window, document, document.documentElement, document.createTextNode(word), new EventTarget()]) {
          for (const name of ["click", "change", "submit", "input", "focusin"]) target.dispatchEvent(new Event(name, { bubbles: true, composed: true }));
        }
        const text = document.createTextNode(word);
        document.body.append(text);
        text.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        const event = new MouseEvent("click", { bubbles: true });
        Object.defineProperty(event, "target", { get: () => ({ id: word, value: word }) });
        Object.defineProperty(event, "type", { get: () => word });
        document.getElementById("b").dispatchEvent(event);
      }, p.word),
  },
  X40: {
    about: "fields that a page changes while it is looked at",
    html: `<form id="f" onsubmit="return false"><input id="x"><button id="b">Go</button></form>`,
    act: async (page, p) => {
      await page.evaluate((word) => {
        document.addEventListener("click", () => { document.getElementById("b").textContent = word; }, true);
        window.addEventListener("pointerdown", () => { document.getElementById("b").className = word; }, true);
      }, p.word);
      await page.click("#b");
      await page.click("#b");
    },
    shaped: true,
  },
  X41: {
    about: "a value that throws, a very long value",
    html: `<textarea id="x"></textarea><input id="y"><button id="b">Go</button>`,
    act: async (page, p) => {
      await page.evaluate((word) => {
        document.getElementById("x").value = word.repeat(20000);
        Object.defineProperty(document.getElementById("y"), "value", { get() { throw new Error(word); } });
        document.getElementById("b").textContent = `Go ${word}`;
      }, p.word);
      await page.click("#b");
    },
  },
  X42: {
    about: "stolen capture: the page stops the event before anybody",
    html: `<button id="b">b</button>`,
    act: async (page, p) => {
      await page.evaluate((word) => {
        document.getElementById("b").addEventListener("click", (event) => { event.stopImmediatePropagation(); event.preventDefault(); event.target.title = word; }, true);
      }, p.word);
      await page.click("#b");
    },
  },
  X43: {
    about: "images, maps, canvases, video and audio with secrets",
    html: (p) => `<img id="i" alt="${p.word}" src="data:image/svg+xml,${p.word}" title="${p.word}" width="20" height="20"><canvas id="c" width="20" height="20">${p.word}</canvas><video id="v" src="/x?${p.word}" width="20" height="20" aria-label="${p.word}"></video>`,
    act: async (page) => {
      for (const id of ["i", "c", "v"]) await page.click(`#${id}`);
    },
  },
  X44: {
    about: "the page's own calls beside autocapture, with its own data",
    html: `<button id="b" onclick="holdfast.track('Bought',{sku:'A1'})">Buy</button>`,
    act: (page) => page.click("#b"),
    some: (event) => event.event === "Bought" && event.properties.sku === "A1" && !event.context.holdfast,
  },
};
