// Our own SDK in a real browser against the real collector: every call, storage, consent, sampling, retries,
// pages that are left, pages with strict policies, the module, several instances, the remote switch.
//
//   node sdk.mjs COLLECT_URL WRITE_KEY OTHER_WRITE_KEY [BEHAVIOUR …]
//
// Prints what was sent as lines of {"sent": message, "expect": {path: mark}} at the end, for tests/sdk/compare.py.

import http from "node:http";
import { chromium } from "playwright-core";
import { startWire } from "./autocapture/wire.mjs";

const [collectUrl, writeKey, otherKey, ...wanted] = process.argv.slice(2);
if (!otherKey) {
  console.error("usage: node sdk.mjs COLLECT_URL WRITE_KEY OTHER_WRITE_KEY");
  process.exit(64);
}

const EMPTY = "<!doctype html><title>t</title>";
const pages = new Map();
const server = http.createServer((request, reply) => {
  const { html, headers } = pages.get(new URL(request.url, "http://p").pathname) ?? { html: EMPTY };
  reply.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...headers });
  reply.end(html);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
// What a page sends while it is left is seen here alone.
const wire = await startWire(new URL(origin));
const browser = await chromium.launch({
  proxy: { server: wire.address, bypass: "<-loopback>" },
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-component-update", "--disable-background-networking"],
});

let passed = 0;
let failed = 0;
const check = (what, holds, said = "") => {
  if (holds) passed += 1;
  else {
    failed += 1;
    console.error(`WRONG ${what} ${said}`);
  }
};
const same = (what, given, expected) => check(what, JSON.stringify(given) === JSON.stringify(expected), `${JSON.stringify(given)} instead of ${JSON.stringify(expected)}`);

const delivered = [];
// Passes a request on to the collector; what it acknowledged must be found there.
async function acknowledged(route, body) {
  await route.continue().catch(() => {});
  const response = await route.request().response().catch(() => null);
  if (response?.ok() && body.writeKey === writeKey) delivered.push(...body.batch);
}
// A browser of somebody's own, with what its pages sent and how that was answered.
async function visitor(options = {}) {
  const context = await browser.newContext(options);
  const sent = [];
  const waiting = new Set();
  const answering = new Set();
  const errors = [];
  let answer;
  await context.route(`${collectUrl}/v1/b`, async (route) => {
    const body = JSON.parse(route.request().postData());
    const given = answer?.(body);
    sent.push({ ...body, status: given?.status ?? 200, headers: await route.request().allHeaders(), at: sent.length });
    if (given === "abort") await route.abort();
    else if (given) await route.fulfill({ ...given, headers: { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After, Holdfast-Autocapture", ...given.headers } });
    else {
      const done = acknowledged(route, body);
      answering.add(done);
      done.finally(() => answering.delete(done));
    }
    for (const look of waiting) look();
  });
  const messages = () => sent.flatMap((request) => request.batch);
  return {
    context,
    sent,
    messages,
    errors,
    answerWith: (next) => (answer = next),
    open: async (path, html, headers) => {
      pages.set(path.split(/[?#]/)[0], { html: `<!doctype html><meta charset="utf-8">${html}`, headers });
      const page = await context.newPage();
      page.setDefaultTimeout(10000);
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(origin + path);
      return page;
    },
    // A page whose time passes when the test says so.
    openByClock: async (path, html) => {
      pages.set(path, { html: `<!doctype html><meta charset="utf-8">${html}` });
      const page = await context.newPage();
      await page.clock.install();
      await page.goto(origin + path);
      return page;
    },
    until: (what, holds) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${what} did not come; ${messages().length} messages did`)), 15000);
        const look = () => {
          const found = holds(messages(), sent);
          if (!found) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    // A request on its way would be cut off; one of a page that is gone says nothing of its answer, so not for long.
    close: async () => {
      await Promise.race([Promise.all(answering), new Promise((resolve) => setTimeout(resolve, 5000))]);
      await context.close();
    },
  };
}
const script = `<script src="${collectUrl}/sdk/holdfast.js"></script>`;
const load = (options = {}, key = writeKey) => `<script>holdfast.load(${JSON.stringify(key)},${JSON.stringify({ host: collectUrl, ...options })})</script>`;
const named = (name) => (messages) => messages.find((message) => message.event === name);
const track = (page, name, properties) => page.evaluate(([event, given]) => holdfast.track(event, given), [name, properties ?? {}]);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const behaviours = {
  async "every call arrives as it was made"() {
    const v = await visitor({ locale: "de-DE", timezoneId: "Europe/Berlin" });
    const page = await v.open("/shop/plans?token=zyx#frag", script + load());
    const anonymous = await page.evaluate(() => {
      const before = holdfast.user().anonymousId;
      let called = 0;
      const done = () => (called += 1);
      holdfast.identify("u_1", { plan: "pro", seats: 3 }, done);
      holdfast.track("Order Completed", { revenue: 12.5, items: [{ sku: "A1" }] }, { context: { tenant: "t1" }, integrations: { All: true } }, done);
      holdfast.page("Docs", "Start", { section: "one" }, done);
      holdfast.page("Start");
      holdfast.page();
      holdfast.group("g_1", { name: "Acme" }, done);
      holdfast.alias("u_2", done);
      holdfast.identify({ theme: "dark" });
      holdfast.track("Early", {}, { timestamp: "2026-01-02T03:04:05.000Z", messageId: "own-1" });
      window.called = called;
      return before;
    });
    await page.evaluate(() => holdfast.flush());
    const all = v.messages();
    same("calls in their order", all.map((message) => message.type), ["identify", "track", "page", "page", "page", "group", "alias", "identify", "track"]);
    same("callbacks were called", await page.evaluate(() => window.called), 5);
    const [identify, order, docs, start, plain, group, alias, traits, early] = all;
    same("identify", [identify.userId, identify.traits, identify.anonymousId], ["u_1", { plan: "pro", seats: 3 }, anonymous]);
    check("the anonymous id is random", uuid.test(anonymous), anonymous);
    same("track", [order.event, order.properties, order.context.tenant, order.integrations], ["Order Completed", { revenue: 12.5, items: [{ sku: "A1" }] }, "t1", { All: true }]);
    same("page with category and name", [docs.category, docs.name, docs.properties.section], ["Docs", "Start", "one"]);
    same("page with a name", [start.category, start.name], [undefined, "Start"]);
    same("the address is reduced", [plain.properties.url, plain.properties.path], [`${origin}/shop/plans`, "/shop/plans"]);
    same("group", [group.groupId, group.traits], ["g_1", { name: "Acme" }]);
    same("alias", [alias.userId, alias.previousId], ["u_2", "u_1"]);
    same("identify without an id", [traits.userId, traits.traits], ["u_1", { theme: "dark" }]);
    same("time and id of the caller", [early.timestamp, early.messageId], ["2026-01-02T03:04:05.000Z", "own-1"]);
    const { library, locale, timezone, page: about } = order.context;
    same("library", library.name, "holdfast.js");
    check("the library says its version", /^\d+\.\d+\.\d+$/.test(library.version));
    same("locale and zone", [locale, timezone], ["de-DE", "Europe/Berlin"]);
    same("the page in the context", about, { url: `${origin}/shop/plans`, path: "/shop/plans" });
    check("message ids are their own", new Set(all.map((message) => message.messageId)).size === all.length);
    const request = v.sent[0];
    check("the request says when it was sent", !Number.isNaN(Date.parse(request.sentAt)));
    same("the body is plain text, so no preflight", request.headers["content-type"], "text/plain");
    // Letters that no random id has.
    check("nothing of the page goes along", !request.headers.referer && !request.headers.cookie && !JSON.stringify(v.sent).includes("zyx"));
    await page.evaluate(() => holdfast.reset());
    const after = await page.evaluate(() => holdfast.user());
    check("reset forgets who it was", after.userId === undefined && after.groupId === undefined && after.anonymousId !== anonymous && uuid.test(after.anonymousId));
    same("nothing went wrong in the page", v.errors, []);
    await v.close();
  },

  async "ids stay where they are to stay"() {
    const where = {
      local: () => [Object.keys(localStorage).length > 0, document.cookie, sessionStorage.length],
      session: () => [localStorage.length, document.cookie, sessionStorage.length > 0],
      memory: () => [localStorage.length, document.cookie, sessionStorage.length],
      cookie: () => [localStorage.length, document.cookie.length > 20, sessionStorage.length],
    };
    const expected = { local: [true, "", 0], session: [0, "", true], memory: [0, "", 0], cookie: [0, true, 0] };
    for (const [storage, look] of Object.entries(where)) {
      const v = await visitor();
      const page = await v.open(`/store/${storage}`, script + load({ storage }));
      await page.evaluate(() => holdfast.identify("u_9"));
      const first = await page.evaluate(() => holdfast.user());
      await page.evaluate(() => holdfast.flush());
      same(`what ${storage} keeps`, await page.evaluate(look), expected[storage]);
      await page.reload();
      const second = await page.evaluate(() => holdfast.user());
      const kept = second.anonymousId === first.anonymousId && second.userId === "u_9";
      check(`${storage} ${storage === "memory" ? "forgets" : "remembers"}`, kept === (storage !== "memory"));
      await v.close();
    }
    const v = await visitor();
    const page = await v.context.newPage();
    await page.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });
    });
    pages.set("/refused", { html: `<!doctype html>${script}${load()}` });
    await page.goto(`${origin}/refused`);
    await track(page, "Refused");
    await page.evaluate(() => holdfast.flush());
    check("refused storage is memory", named("Refused")(v.messages()));
    await v.close();
  },

  async "a refusal that says how long is obeyed"() {
    const v = await visitor();
    const page = await v.openByClock("/retry", script);
    await page.evaluate(([key, host]) => holdfast.load(key, { host }), [writeKey, collectUrl]);
    v.answerWith(() => (v.sent.length < 1 ? { status: 429, headers: { "Retry-After": "120" } } : undefined));
    await track(page, "Patient");
    await page.clock.runFor(2000);
    await v.until("the first attempt", (_, sent) => sent.length === 1);
    await page.evaluate(() => holdfast.flush());
    await page.clock.runFor(115000);
    await page.evaluate(() => holdfast.flush());
    same("no second attempt before its time", v.sent.length, 1);
    await page.clock.runFor(10000);
    await v.until("the second attempt", (_, sent) => sent.length === 2);
    same("the same message again", v.sent[1].batch[0].messageId, v.sent[0].batch[0].messageId);
    await v.close();
  },

  async "failures are tried again, refusals for good are not"() {
    const v = await visitor();
    const page = await v.openByClock("/again", script + load());
    const answers = [{ status: 503 }, "abort", { status: 500 }, { status: 408 }];
    v.answerWith(() => answers.shift());
    await track(page, "Stubborn");
    for (let attempt = 1; attempt <= 5; attempt++) {
      await page.clock.runFor(30000);
      await v.until(`attempt ${attempt}`, (_, sent) => sent.length === attempt);
    }
    same("one message all along", new Set(v.messages().map((message) => message.messageId)).size, 1);
    await page.evaluate(() => holdfast.flush());
    v.answerWith(() => ({ status: 400 }));
    await track(page, "Hopeless");
    await page.evaluate(() => holdfast.flush());
    v.answerWith();
    await track(page, "Next");
    await page.evaluate(() => holdfast.flush());
    await v.until("the next one", named("Next"));
    same("what is refused for good is sent once", v.messages().filter((message) => message.event === "Hopeless").length, 1);
    await v.close();
  },

  async "offline events wait, over a reload too, and are bounded"() {
    const v = await visitor();
    const page = await v.open("/offline", script + load());
    v.answerWith(() => "abort");
    await page.evaluate(() => {
      for (let i = 0; i < 1200; i++) holdfast.track("Offline", { i });
      return holdfast.flush();
    });
    await page.reload();
    v.answerWith();
    const before = v.sent.length;
    await v.until("all of them", (_, sent) => sent.slice(before).flatMap((request) => request.batch).length >= 1000);
    await page.evaluate(() => holdfast.flush());
    const arrived = new Set(v.sent.slice(before).flatMap((request) => request.batch).map((message) => message.properties.i));
    check("the newest thousand are there", arrived.size === 1000 && arrived.has(1199) && !arrived.has(100), `${arrived.size}`);
    check("batches fit a request that outlives its page", v.sent.every((request) => JSON.stringify(request.batch).length < 64000));
    check("nothing is left behind", await page.evaluate(() => !Object.keys(localStorage).some((key) => key.includes(".q."))));
    await v.close();
  },

  async "what was tracked right before leaving arrives"() {
    const v = await visitor();
    const page = await v.open("/leaving", script + load());
    await page.evaluate((next) => {
      holdfast.track("Left");
      location.href = next;
    }, `${origin}/elsewhere`);
    await page.waitForURL("**/elsewhere");
    delivered.push(await wire.until("the last event", named("Left")));
    await v.close();
  },

  async "without consent nothing is sent or stored"() {
    const v = await visitor();
    const page = await v.open("/consent", `${script}${load({ consent: "pending", autocapture: true })}<button id="b">b</button>`);
    await track(page, "Before");
    await page.click("#b");
    await page.evaluate(() => holdfast.flush());
    same("nothing left", v.sent.length, 0);
    same("nothing is stored", await page.evaluate(() => [localStorage.length, document.cookie, holdfast.user().consent]), [0, "", "pending"]);
    await page.evaluate(() => (holdfast.optIn(), holdfast.flush()));
    await v.until("what was held", named("Before"));
    check("what was captured meanwhile came too", v.messages().some((message) => message.properties?.id === "b"));
    await page.evaluate(() => holdfast.optOut());
    const count = v.messages().length;
    await track(page, "After");
    await page.click("#b");
    await page.evaluate(() => holdfast.flush());
    await page.reload();
    await track(page, "Reloaded");
    await page.evaluate(() => holdfast.flush());
    same("after the refusal nothing is sent", v.messages().length, count);
    same("only the refusal is stored", await page.evaluate(() => Object.values(localStorage)), ["out"]);
    await page.evaluate(() => holdfast.optIn());
    await track(page, "Back");
    await page.evaluate(() => holdfast.flush());
    await v.until("what came after", named("Back"));
    check("nothing of the refused time", !v.messages().some((message) => ["After", "Reloaded"].includes(message.event)));
    await v.close();
  },

  async "global privacy control is respected where asked"() {
    for (const respectGpc of [true, false]) {
      const v = await visitor();
      await v.context.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { get: () => true }));
      const page = await v.open(`/gpc${respectGpc}`, script + load({ respectGpc }));
      await track(page, "Gpc");
      await page.evaluate(() => holdfast.flush());
      same(`with respectGpc ${respectGpc}`, v.messages().length, respectGpc ? 0 : 1);
      await v.close();
    }
  },

  async "a sample is a share of the visitors, and the same ones"() {
    const v = await visitor();
    v.answerWith(() => ({ status: 200, body: '{"success":true}' }));
    const page = await v.open("/sample", script);
    await page.evaluate(async (host) => {
      for (let i = 0; i < 200; i++) {
        const one = holdfast.load(`k${i}`, { host, sample: 0.3, storage: "memory" });
        one.track("Sampled");
        await one.flush();
      }
    }, collectUrl);
    const share = v.messages().length;
    check("about three in ten", share > 30 && share < 95, `${share}`);
    same("the share is told", v.messages()[0].context.holdfast.sample, 0.3);
    const decisions = [];
    for (let round = 0; round < 2; round++) {
      const again = await visitor();
      again.answerWith(() => ({ status: 200, body: "{}" }));
      await again.context.addInitScript(() => {
        for (let i = 0; i < 20; i++) localStorage.setItem(`holdfast.v${i}.anonymous`, `visitor-${i}`);
      });
      const other = await again.open("/sample2", script);
      await other.evaluate(async (host) => {
        for (let i = 0; i < 20; i++) {
          const one = holdfast.load(`v${i}`, { host, sample: 0.5 });
          one.track("Again");
          await one.flush();
        }
      }, collectUrl);
      decisions.push(again.sent.map((request) => request.writeKey).join());
      await again.close();
    }
    check("the same visitors each time", decisions[0] === decisions[1] && decisions[0].length > 2, decisions.join(" / "));
    await v.close();
  },

  async "strict policies are kept"() {
    const v = await visitor();
    const policy = `default-src 'none'; script-src ${collectUrl}; connect-src ${collectUrl}; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'`;
    const violations = [];
    await v.context.exposeBinding("violated", (_, text) => violations.push(text));
    await v.context.addInitScript(() => document.addEventListener("securitypolicyviolation", (event) => window.violated(`${event.violatedDirective} ${event.blockedURI}`)));
    const head = `<script src="${collectUrl}/sdk/holdfast.js" data-write-key="${writeKey}" data-autocapture data-storage="memory" crossorigin></script>`;
    const page = await v.open("/strict", `${head}<button id="ordinary">Buy</button><form id="f"><input name="q"></form>`, { "Content-Security-Policy": policy });
    await page.click("#ordinary");
    await page.fill("input", "x");
    await page.locator("input").blur();
    await v.until("the click", (messages) => messages.find((message) => message.properties?.id === "ordinary"));
    same("no policy was violated", violations, []);
    same("nothing is stored", await page.evaluate(() => [document.cookie, localStorage.length]), ["", 0]);
    same("nothing went wrong", v.errors, []);
    await v.close();
  },

  async "the module is the same"() {
    const v = await visitor();
    const page = await v.open("/module", `<script type="module">import holdfast, { load, version } from "${collectUrl}/sdk/holdfast.mjs";const one=load("${writeKey}");one.track("Modular",{version});holdfast.track("Modular too");await one.flush();window.done=true</script>`);
    await page.waitForFunction(() => window.done);
    check("it sends to where it came from", named("Modular")(v.messages()) && named("Modular too")(v.messages()));
    same("the page has no global of it", await page.evaluate(() => typeof window.holdfast), "undefined");
    await v.close();
  },

  async "calls before the script is there are made when it is"() {
    const v = await visitor();
    const stub = `<script>(h=>{for(const m of["load","identify","track","page","group","alias","reset","optOut","optIn"])h[m]=(...a)=>h.push([m,...a])})(window.holdfast=[]);holdfast.load("${writeKey}",{host:"${collectUrl}"});holdfast.track("Queued",{n:1});holdfast.page("Early")</script>`;
    const page = await v.open("/stub", `${stub}<script async src="${collectUrl}/sdk/holdfast.js"></script>`);
    await v.until("what was queued", named("Queued"));
    same("in their order", v.messages().map((message) => message.type), ["track", "page"]);
    check("the real one is there", await page.evaluate(() => typeof holdfast.user().anonymousId === "string"));
    await v.close();
  },

  async "instances do not mix"() {
    const v = await visitor();
    const page = await v.open("/two", script + load());
    await page.evaluate(async ([key, host]) => {
      const other = holdfast.load(key, { host });
      holdfast.identify("u_a");
      other.identify("u_b");
      holdfast.track("One");
      other.track("Two");
      await Promise.all([holdfast.flush(), other.flush()]);
    }, [otherKey, collectUrl]);
    for (const request of v.sent) {
      const mine = request.writeKey === writeKey;
      for (const message of request.batch) {
        check("each under its key", message.userId === (mine ? "u_a" : "u_b") && (message.event ?? "x") !== (mine ? "Two" : "One"));
      }
    }
    same("each sent both", v.messages().length, 4);
    check("each has its visitor", v.sent[0].batch[0].anonymousId !== v.sent.at(-1).batch[0].anonymousId);
    await v.close();
  },

  async "the collector can stop autocapture"() {
    const v = await visitor();
    const page = await v.open("/stop", `${script}${load({ autocapture: true })}<button id="b">b</button>`);
    await page.evaluate(() => holdfast.flush());
    await v.until("the page view", (messages) => messages.find((message) => message.type === "page"));
    v.answerWith(() => ({ status: 200, headers: { "Holdfast-Autocapture": "off" }, body: '{"success":true}' }));
    await page.click("#b");
    await page.evaluate(() => holdfast.flush());
    const count = v.messages().length;
    await page.click("#b");
    await track(page, "By hand");
    await page.evaluate(() => holdfast.flush());
    same("only calls are sent from then on", v.messages().slice(count).map((message) => message.event), ["By hand"]);
    await v.close();
    const w = await visitor();
    let asked = "";
    await w.context.route(`${collectUrl}/v1/projects/**`, (route) => {
      asked = route.request().url();
      return route.fulfill({ headers: { "Access-Control-Allow-Origin": "*" }, body: '{"autocapture":false}' });
    });
    const answered = w.context.waitForEvent("requestfinished", (request) => request.url().includes("/v1/projects/"));
    const other = await w.open("/stop2", `${script}${load({ autocapture: true })}<button id="b">b</button>`);
    await answered;
    await other.click("#b");
    await track(other, "By hand");
    await other.evaluate(() => holdfast.flush());
    check("it asks with its name and version", /sdk=holdfast\.js&version=\d/.test(asked), asked);
    same("settings stop it at the start", w.messages().map((message) => message.event), ["By hand"]);
    await w.close();
  },

  async "nothing a page gives makes it throw"() {
    const v = await visitor();
    const page = await v.open("/throws", script + load());
    const thrown = await page.evaluate(() => {
      const odd = [undefined, null, 0, NaN, 1n, Symbol("s"), () => 1, [], {}, "", { toString() { throw new Error("x"); } }, new Proxy({}, { get() { throw new Error("x"); }, ownKeys() { throw new Error("x"); } })];
      const cycle = {};
      cycle.self = cycle;
      const failed = [];
      for (const name of ["identify", "track", "page", "group", "alias", "reset", "load", "ready", "user"]) {
        for (const one of [...odd, cycle]) {
          for (const two of [undefined, cycle, 1n, () => { throw new Error("callback"); }]) {
            try {
              holdfast[name](one, two, two);
            } catch (error) {
              failed.push(`${name}: ${error.message}`);
            }
          }
        }
      }
      return failed;
    });
    same("no call throws", thrown, []);
    v.answerWith(() => ({ status: 200, body: "" }));
    await page.evaluate(() => (holdfast.optOut(), holdfast.optIn()));
    same("nothing is thrown later", v.errors, []);
    await v.close();
  },

  async "without autocapture nothing is captured"() {
    const v = await visitor();
    const page = await v.open("/quiet", `${script}${load()}<form onsubmit="return false"><input id="x"><button id="b">b</button></form>`);
    await page.fill("#x", "a");
    await page.click("#b");
    await page.evaluate(() => (history.pushState(null, "", "/other"), holdfast.flush()));
    same("no request at all", v.sent.length, 0);
    await v.close();
  },
};

for (const [name, behave] of Object.entries(behaviours)) {
  if (wanted.length && !wanted.some((part) => name.includes(part))) continue;
  await behave().catch((error) => check(name, false, error.message));
}
await browser.close();
server.close();
wire.close();
console.error(`${Object.keys(behaviours).length} behaviours: ${passed} checks passed, ${failed} failed`);
const once = new Map(delivered.map((message) => [message.messageId, message]));
// Of those whose page's clock was moved on by hand, the time is corrected and is another one.
const moved = ["Patient", "Stubborn", "Next"];
for (const message of once.values()) if (!moved.includes(message.event)) console.log(JSON.stringify({ sent: message, expect: {} }));
process.exit(failed ? 1 : 0);
