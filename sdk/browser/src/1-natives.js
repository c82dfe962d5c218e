// The browser's own functions, taken before the page can change them and called on elements from outside:
// a form field named `parentNode`, `id` or `closest` hides the property of that name on its form, so
// nothing is ever read off an element itself.

const call = Function.prototype.call;
const method = (owner, name) => {
  const found = globalThis[owner]?.prototype?.[name];
  return found ? call.bind(found) : () => undefined;
};
const getter = (owner, name) => {
  const prototype = globalThis[owner]?.prototype;
  const found = prototype && Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return found ? call.bind(found) : () => undefined;
};

const doc = globalThis.document;
const pathOf = method("Event", "composedPath");
const attribute = method("Element", "getAttribute");
const has = method("Element", "hasAttribute");
const typeOf = getter("Event", "type");
const listen = method("EventTarget", "addEventListener");
const allNamed = method("Document", "getElementsByTagName");
const itemOf = method("HTMLCollection", "item");
const byId = method("Document", "getElementById");
const observe = method("MutationObserver", "observe");
const referrerOf = getter("Document", "referrer");
const tagOf = getter("Element", "localName");
const shadowOf = getter("Element", "shadowRoot");
const kindOf = getter("Node", "nodeType");
const parentOf = getter("Node", "parentNode");
const firstOf = getter("Node", "firstChild");
const nextOf = getter("Node", "nextSibling");
const dataOf = getter("CharacterData", "data");
const isEditable = getter("HTMLElement", "isContentEditable");
const directionOf = getter("HTMLElement", "dir");
const inputType = getter("HTMLInputElement", "type");
const buttonType = getter("HTMLButtonElement", "type");
const linkTarget = getter("HTMLAnchorElement", "href");
const Address = globalThis.URL;
const now = Date.now;

// What fails, fails here and not in the page: the answer is then `otherwise`.
const attempt = (work, otherwise) => {
  try {
    return work();
  } catch {
    return otherwise;
  }
};

const HOST = attempt(() => new Address(HERE).origin, "");
const IGNORE = "data-holdfast-ignore";
// The window, which ends every path, is no node and has no kind.
const isOfKind = (node, kind) => attempt(() => kindOf(node) === kind, false);
const isElement = (node) => isOfKind(node, 1);
const isHtml = (node) => attempt(() => directionOf(node) !== undefined, false);
