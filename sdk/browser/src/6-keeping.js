// Where ids and events wait: local, session, cookie (ids alone) or memory. A store that is refused is memory.

const memory = () => {
  const held = new Map();
  return { get: (name) => held.get(name), set: (name, text) => held.set(name, text), remove: (name) => held.delete(name), names: () => [] };
};
const COOKIE_S = 31536000;
const cookies = () => {
  const read = getter("Document", "cookie");
  const write = call.bind(Object.getOwnPropertyDescriptor(Document.prototype, "cookie").set);
  const put = (name, text, age) =>
    write(doc, `${encodeURIComponent(name)}=${encodeURIComponent(text)};path=/;max-age=${age};samesite=lax${location.protocol === "https:" ? ";secure" : ""}`);
  return {
    get: (name) => {
      const found = read(doc).split("; ").find((pair) => pair.startsWith(`${encodeURIComponent(name)}=`));
      return found && decodeURIComponent(found.slice(found.indexOf("=") + 1));
    },
    set: (name, text) => put(name, text, COOKIE_S),
    remove: (name) => put(name, "", 0),
    names: () => [],
  };
};
const webStorage = (storage) => {
  storage.setItem("holdfast", "");
  storage.removeItem("holdfast");
  return {
    queue: true,
    get: (name) => storage.getItem(name) ?? undefined,
    set: (name, text) => storage.setItem(name, text),
    remove: (name) => storage.removeItem(name),
    names: () => Object.keys(storage),
  };
};
const openStore = (kind) =>
  attempt(() => {
    if (kind === "memory" || !doc) return memory();
    if (kind === "cookie") return cookies();
    return webStorage(kind === "session" ? sessionStorage : localStorage);
  }) ?? memory();
// `crypto.randomUUID` is only there over TLS.
const uuid = () =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );
