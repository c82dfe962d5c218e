// What a page calls.

const VERSION = "1.0.0";
const instances = new Map();
const isObject = (value) => typeof value === "object" && value !== null;

const create = (writeKey, options) => {
  const host = String(options.host ?? HOST).replace(/\/+$/, "");
  const wanted = options.storage ?? "local";
  const name = (what) => `holdfast.${writeKey}.${what}`;
  const lasting = openStore(wanted);
  // Before there is consent nothing is stored on the device.
  let store = lasting;
  const memo = memory();
  const answer = attempt(() => lasting.get(name("consent")));
  let consent = "granted";
  if (answer === "out") consent = "denied";
  else if (answer !== "in") {
    if (options.respectGpc && globalThis.navigator?.globalPrivacyControl) consent = "denied";
    else if (options.consent === "pending") consent = "pending";
  }
  if (consent !== "granted") store = memo;
  let anonymousId, userId, groupId;
  let traits = {};
  let isOff = false;
  let pending = [];
  const begin = () => {
    anonymousId = store.get(name("anonymous")) || anonymousId || uuid();
    userId = store.get(name("user")) || userId;
    groupId = store.get(name("group")) || groupId;
    put("anonymous", anonymousId);
    put("user", userId);
    put("group", groupId);
  };
  const put = (what, text) => attempt(() => (text ? store.set(name(what), text) : store.remove(name(what))));
  // The collector has told this SDK to stop capturing: for as long as the page lives.
  const switchOff = () => {
    isOff = true;
    queue.drop((event) => event.auto);
  };
  const queue = sender(writeKey, host, lasting, switchOff);

  const sampled = () => options.sample === undefined || hash(anonymousId, 7) / 4294967296 < options.sample;
  const context = (given, auto) => {
    const whole = { library: { name: "holdfast.js", version: VERSION } };
    if (doc) {
      whole.page = attempt(pageOf);
      whole.locale = navigator.language;
      whole.timezone = attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
      whole.campaign = attempt(campaign);
    }
    if (groupId) whole.groupId = groupId;
    const holdfast = { ...(auto && { autocapture: true }), ...(options.sample !== undefined && { sample: options.sample }) };
    if (Object.keys(holdfast).length) whole.holdfast = holdfast;
    return { ...whole, ...given };
  };
  const pageOf = () => {
    isStrict = false;
    const url = address(location.href);
    const from = referrerOf(doc);
    return { url, path: pathFor(location.pathname), referrer: from ? address(from) : undefined };
  };
  const post = (type, fields, given, auto) => {
    if (consent === "denied") return;
    const event = {
      type,
      messageId: `hf-${uuid()}`,
      timestamp: new Date().toISOString(),
      anonymousId,
      userId: userId || undefined,
      ...fields,
      context: context(given?.context, auto),
    };
    for (const what of ["integrations", "timestamp", "messageId", "anonymousId", "userId"]) if (given?.[what] !== undefined) event[what] = given[what];
    if (!sampled()) return;
    const text = JSON.stringify(event);
    if (consent === "granted") queue.add(text, auto);
    else if (pending.push([text, auto]) > EVENTS_MAX) pending.shift();
  };
  // As in Segment's library, a call's last function is called once the event is queued.
  const call = (work) => (...given) => attempt(() => {
    const done = given.findIndex((one) => typeof one === "function");
    const back = done < 0 ? undefined : given[done];
    work(...(done < 0 ? given : given.slice(0, done)));
    if (back) back();
  });
  const captured = (event, properties) => post("track", { event, properties }, undefined, true);
  const viewed = () => post("page", { properties: pageOf() }, undefined, true);
  let capturing = false;
  const startCapture = () => {
    if (!options.autocapture || !doc || consent === "denied") return;
    // Without consent nothing is asked either.
    if (consent === "granted") {
      fetch(`${host}/v1/projects/${encodeURIComponent(writeKey)}/settings?sdk=holdfast.js&version=${VERSION}`, QUIET)
        .then((reply) => reply.json())
        .then((said) => said.autocapture === false && switchOff())
        .catch(() => {});
    }
    if (capturing) return;
    capturing = true;
    const settings = isObject(options.autocapture) ? options.autocapture : {};
    const isOn = () => consent !== "denied" && !isOff;
    capture(settings, isOn, captured);
    if (settings.pages === false) return;
    const seen = () => isOn() && viewed();
    followPages(seen);
    seen();
  };
  const setUser = (id) => {
    userId = id;
    put("user", id);
  };

  const api = {
    identify: call((id, given, more) => {
      if (isObject(id)) [id, given, more] = [undefined, id, given];
      id = id === undefined || id === null ? undefined : String(id);
      if (id && userId && id !== userId) traits = {};
      if (id) setUser(id);
      traits = { ...traits, ...given };
      post("identify", { traits: given ?? {} }, more);
    }),
    track: call((event, properties, more) => post("track", { event: String(event), properties: properties ?? {} }, more)),
    page: call((...given) => {
      const words = [];
      while (words.length < 2 && (typeof given[0] === "string" || (given[0] === null && given.length > 1))) words.push(given.shift());
      const title = words.pop() ?? undefined;
      const category = words.pop() ?? undefined;
      post("page", { name: title, category, properties: { ...attempt(pageOf), ...given[0] } }, given[1]);
    }),
    group: call((id, given, more) => {
      groupId = String(id);
      put("group", groupId);
      post("group", { groupId, traits: given ?? {} }, more);
    }),
    alias: call((id, previous, more) => post("alias", { userId: String(id), previousId: String(previous ?? userId ?? anonymousId) }, more)),
    reset: call(() => {
      anonymousId = uuid();
      groupId = undefined;
      traits = {};
      setUser(undefined);
      put("group");
      put("anonymous", anonymousId);
    }),
    optOut: call(() => {
      consent = "denied";
      pending = [];
      queue.forget();
      for (const what of ["anonymous", "user", "group"]) attempt(() => lasting.remove(name(what)));
      [userId, groupId, traits] = [undefined, undefined, {}];
      attempt(() => lasting.set(name("consent"), "out"));
      store = memo;
      anonymousId = uuid();
    }),
    optIn: call(() => {
      if (consent === "granted") return;
      consent = "granted";
      store = lasting;
      attempt(() => lasting.set(name("consent"), "in"));
      begin();
      for (const [text, auto] of pending.splice(0)) queue.add(text, auto);
      queue.adopt();
      startCapture();
    }),
    flush: () => (consent === "granted" ? queue.flush() : Promise.resolve()),
    ready: (work) => {
      if (typeof work === "function") attempt(work);
      return Promise.resolve(api);
    },
    user: () => ({ userId, anonymousId, groupId, traits: { ...traits }, consent }),
    load: (key, more) => load(key, more),
  };

  begin();
  if (consent === "granted") queue.adopt();
  if (doc) {
    listen(window, "pagehide", queue.leave);
    listen(doc, "visibilitychange", () => doc.visibilityState === "hidden" && queue.leave());
    listen(window, "online", queue.online);
  }
  attempt(startCapture);
  return api;
};

const CALLS = ["identify", "track", "page", "group", "alias", "reset", "optOut", "optIn", "flush", "ready", "user"];
let first;
// The calls of the first instance, and `load`.
const holdfast = { version: VERSION };
for (const name of CALLS) {
  holdfast[name] = (...given) => first?.[name](...given);
}
const load = (writeKey, options) => attempt(() => {
  const id = String(writeKey);
  const given = isObject(options) ? options : {};
  let instance = instances.get(id);
  if (!instance) {
    instance = create(id, given);
    instances.set(id, instance);
  }
  first ??= instance;
  return instance;
}, holdfast);
holdfast.load = load;
