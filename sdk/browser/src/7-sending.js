// The queue: bounded, sent in batches that fit a request which outlives its page, kept until the collector
// has said that they are on disk.

const EVENTS_MAX = 1000;
const HELD_BYTES_MAX = 1 << 20;
const BATCH_EVENTS = 100;
const BATCH_BYTES = 60000;
const WAIT_MS_MAX = 300000;
const EVERY_MS = 300;
const bytesIn = (text) => new TextEncoder().encode(text).length;

// No address of the page goes along with a request: neither as referrer nor in cookies.
const QUIET = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", mode: "cors" };

// `switchOff` is called when an answer says that nothing more is to be captured.
const sender = (writeKey, host, store, switchOff) => {
  const place = `holdfast.${writeKey}.q.`;
  const mine = place + uuid();
  const url = `${host}/v1/b`;
  let queue = [];
  let held = 0;
  let kept = false;
  let busy;
  let timer;
  let failures = 0;
  let notBefore = 0;
  let waiters = [];

  const persist = () => attempt(() => {
    if (!store.queue) return;
    if (queue.length) store.set(mine, JSON.stringify(queue));
    else if (kept) store.remove(mine);
    kept = queue.length > 0;
  });
  const shed = () => {
    while (queue.length > EVENTS_MAX || held > HELD_BYTES_MAX) held -= queue.shift().bytes;
  };
  const drop = (gone) => {
    queue = queue.filter((event) => !gone(event));
    held = queue.reduce((sum, event) => sum + event.bytes, 0);
    if (kept) persist();
  };
  const body = (events) =>
    `{"writeKey":${JSON.stringify(writeKey)},"sentAt":"${new Date().toISOString()}","batch":[${events.map((event) => event.text).join()}]}`;
  const take = (from) => {
    const events = [];
    let bytes = 300;
    for (const event of queue.slice(from, from + BATCH_EVENTS)) {
      bytes += event.bytes + 1;
      if (events.length && bytes > BATCH_BYTES) break;
      events.push(event);
    }
    return [events, bytes];
  };
  const post = async (events, keepalive) => {
    const reply = await fetch(url, { ...QUIET, method: "POST", body: body(events), headers: { "Content-Type": "text/plain" }, keepalive });
    if (reply.headers.get("Holdfast-Autocapture") === "off") switchOff();
    return reply;
  };
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(send, ms);
  };
  const waitFor = (header) => {
    const seconds = Number(header);
    const ms = header && (Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now());
    return Math.min(ms > 0 ? ms : 500 * 2 ** Math.min(failures, 10) * (0.5 + Math.random()), WAIT_MS_MAX);
  };
  const round = async () => {
    const [events] = take(0);
    const sent = new Set(events);
    let reply;
    try {
      reply = await post(events, false);
    } catch {
      failures += 1;
      notBefore = now() + waitFor();
      return persist();
    }
    const code = reply.status;
    if (code === 408 || code === 425 || code === 429 || (code >= 500 && code !== 501 && code !== 505)) {
      failures += 1;
      notBefore = now() + waitFor(reply.headers.get("Retry-After"));
      persist();
    } else {
      // Taken, or such that sending it again will not help.
      failures = 0;
      drop((event) => sent.has(event));
    }
  };
  const send = async () => {
    if (busy) return busy;
    busy = (async () => {
      while (queue.length && now() >= notBefore) await round();
    })().catch(() => {});
    await busy;
    busy = undefined;
    for (const done of waiters.splice(0)) done();
    if (queue.length) later(Math.max(notBefore - now(), 0));
  };
  // The page may be gone in a moment: what fits goes now, and everything is kept until it is known to be there.
  const leave = () => attempt(() => {
    persist();
    let left = BATCH_BYTES;
    for (let from = 0; from < queue.length; ) {
      const [events, bytes] = take(from);
      if ((left -= bytes) < 0) return;
      from += events.length;
      const sent = new Set(events);
      if ("keepalive" in Request.prototype) {
        post(events, true).then((reply) => {
          if (reply.ok) drop((event) => sent.has(event));
        }).catch(() => {});
      } else navigator.sendBeacon(url, body(events));
    }
  });
  return {
    add(text, auto) {
      const event = { text, auto, bytes: bytesIn(text) };
      queue.push(event);
      held += event.bytes;
      shed();
      if (!busy && now() >= notBefore) later(queue.length < 20 ? EVERY_MS : 0);
    },
    drop,
    // Takes over what earlier pages could not send.
    adopt() {
      attempt(() => {
        const names = store.names().filter((name) => name.startsWith(place));
        for (const name of names.slice(0, 20)) {
          const found = attempt(() => JSON.parse(store.get(name)), []);
          store.remove(name);
          for (const event of found) if (typeof event?.text === "string") queue.push({ text: event.text, auto: event.auto, bytes: bytesIn(event.text) });
        }
        held = queue.reduce((sum, event) => sum + event.bytes, 0);
        shed();
        if (queue.length) later(0);
      });
    },
    forget() {
      drop(() => true);
      attempt(() => store.names().filter((name) => name.startsWith(place)).forEach(store.remove));
    },
    flush: () => {
      if (!queue.length) return Promise.resolve();
      const done = new Promise((resolve) => waiters.push(resolve));
      clearTimeout(timer);
      send();
      return done;
    },
    online() {
      notBefore = 0;
      if (queue.length) later(0);
    },
    leave,
  };
};
