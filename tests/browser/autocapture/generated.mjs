// Runs in the page: a document with a canary in every attribute, value, text and tree, and somebody who
// clicks, types and sends on it. Self-contained, because it travels to the browser as text.

export function generate(canaries) {
  let next = 0;
  const canary = () => canaries[next++ % canaries.length];
  const any = (list) => list[Math.floor(Math.random() * list.length)];
  const TAGS = ["div", "p", "span", "section", "li", "a", "button", "label", "td", "h2", "b", "summary", "details", "fieldset", "legend", "option", "img", "svg", "code", "x-card"];
  const FIELDS = ["text", "password", "email", "tel", "search", "url", "hidden", "checkbox", "radio", "button", "submit", "number", "date", "file", "range", "color"];
  const ATTRIBUTES = ["id", "class", "name", "title", "alt", "value", "placeholder", "role", "type", "lang", "dir", "style", "slot", "part", "is", "itemid", "content", "srcset", "cite", "summary", "label", "list", "for", "form", "pattern", "accept", "autocomplete", "nonce", "integrity", "onclick-note", "ng-reflect-model", "v-model", "wire:id", "x-data"];
  const DATA = ["data-id", "data-token", "data-plan", "data-testid", "data-ph-capture-attribute-x", "aria-label", "aria-description", "aria-valuetext", "aria-placeholder", "aria-details", "aria-roledescription"];
  const set = (element, name, value) => {
    try {
      element.setAttribute(name, value);
    } catch {
      // A name that the browser does not take.
    }
  };
  const dress = (element) => {
    for (let i = 0; i < 4; i++) set(element, any(ATTRIBUTES), canary());
    for (let i = 0; i < 3; i++) set(element, any(DATA), canary());
    set(element, `invented-${Math.floor(Math.random() * 1e6)}`, canary());
    if (Math.random() < 0.3) set(element, "href", any([(c) => `/p/${c}?q=${c}#${c}`, (c) => `mailto:${c}@example.org`, (c) => `https://u:${c}@h.example/${c}`, (c) => `data:text/plain,${c}`])(canary()));
    for (const name of ["src", "action", "formaction", "poster"]) if (Math.random() < 0.1) set(element, name, `data:,${canary()}`);
    return element;
  };
  const field = () => {
    const element = dress(document.createElement(any(["input", "input", "input", "textarea", "select"])));
    const text = canary();
    if (element.localName === "select") {
      const option = element.appendChild(document.createElement("option"));
      option.value = option.textContent = text;
    } else {
      if (element.localName === "input") {
        element.type = any(FIELDS);
        if (element.type === "file") {
          const files = new DataTransfer();
          files.items.add(new File([canary()], `${text}.pdf`));
          element.files = files.files;
        }
      }
      try {
        Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value").set.call(element, text);
      } catch {
        // A file's name cannot be set.
      }
      // As controlled inputs do.
      if (Math.random() < 0.5) set(element, "value", text);
    }
    return element;
  };
  const text = (element) => element.append(document.createTextNode(canary()));
  const tree = (depth) => {
    const element = dress(document.createElement(any(TAGS)));
    if (Math.random() < 0.5) text(element);
    if (Math.random() < 0.15) element.contentEditable = any(["true", "plaintext-only"]);
    for (let i = 0; depth && i < 2; i++) element.append(Math.random() < 0.35 ? field() : tree(depth - 1));
    return element;
  };
  const form = () => {
    const element = dress(document.createElement("form"));
    element.onsubmit = () => false;
    element.append(field(), field(), tree(1));
    const button = element.appendChild(document.createElement("button"));
    text(button);
    set(button, "data-token", canary());
    return element;
  };
  const shadow = () => {
    const host = dress(document.createElement("div"));
    const root = host.attachShadow({ mode: any(["open", "open", "closed"]) });
    root.append(form(), tree(1));
    return [host, root];
  };
  const frame = () => {
    const element = dress(document.createElement("iframe"));
    element.srcdoc = `<p id="${canary()}">${canary()}<button>${canary()}</button>`;
    return element;
  };
  const manager = (root) => {
    // A password manager's overlay beside every password field.
    for (const input of root.querySelectorAll("input[type=password]")) {
      const overlay = dress(document.createElement("div"));
      const item = overlay.appendChild(document.createElement("button"));
      text(item);
      input.after(overlay);
    }
  };

  document.title = canary();
  const stage = document.getElementById("stage");
  stage.replaceChildren(tree(3), form(), frame());
  const [host, root] = shadow();
  stage.append(host);
  manager(stage);
  history.replaceState({ state: canary() }, "", `${location.pathname.split("/").slice(0, 2).join("/")}/${canary()}?q=${canary()}&utm_source=${canary()}#${canary()}`);
  const error = console.error;
  console.error = () => {};
  console.error(canary());
  console.error = error;
  let acted = 0;
  for (const part of [stage, root]) {
    for (const element of part.querySelectorAll("*")) {
      const kinds = element.matches("input,textarea,select") ? ["focusin", "input", "change", "click"] : element.localName === "form" ? ["submit"] : ["click"];
      for (const kind of kinds) {
        const composed = kind === "click" || kind === "focusin" || kind === "input";
        const event = kind === "click" ? new MouseEvent(kind, { bubbles: true, composed, cancelable: true }) : new Event(kind, { bubbles: true, composed, cancelable: true });
        event.preventDefault();
        element.dispatchEvent(event);
        acted += 1;
      }
    }
  }
  return { acted, planted: Math.min(next, canaries.length) };
}
