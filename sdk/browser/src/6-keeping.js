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
const uuid = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};
