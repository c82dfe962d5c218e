// Every case of autocapture in a real browser: a secret is planted in a page, things are clicked, typed and
// sent, and nothing of the secret may be in anything that leaves, in any spelling, while the click on the
// page's ordinary button arrives, on the harder pages every ordinary act with its structure. Without autocapture nothing leaves by itself.
//
//   node autocapture.mjs COLLECT_URL WRITE_KEY [--every-kind] [CASE …]
//
// Prints what was planted as one line of JSON at the end, so that what is stored can be searched as well.

import { readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { addresses } from "./autocapture/addresses.mjs";
import { hardAddresses } from "./autocapture/hard-addresses.mjs";
import { hardMarkup } from "./autocapture/hard-markup.mjs";
import { hardText } from "./autocapture/hard-text.mjs";
import { hardTraps } from "./autocapture/hard-traps.mjs";
import { goShopping, kept, missing, shop, shopExpects, shopScript } from "./autocapture/ordinary.mjs";
import { structure } from "./autocapture/structure.mjs";
import { text } from "./autocapture/text.mjs";
import { traps } from "./autocapture/traps.mjs";
import { typed } from "./autocapture/typed.mjs";
import { haystackOf, spellings, startWire } from "./autocapture/wire.mjs";

const [collectUrl, writeKey, ...more] = process.argv.slice(2);
const everyKind = more.includes("--every-kind");
const wanted = more.filter((one) => !one.startsWith("--"));
if (!writeKey) {
  console.error("usage: node autocapture.mjs COLLECT_URL WRITE_KEY [--every-kind] [CASE …]");
  process.exit(64);
}
const hard = { ...hardMarkup, ...hardText, ...hardAddresses, ...hardTraps };
const cases = { ...typed, ...structure, ...addresses, ...text, ...traps, ...hard };
const script = readFileSync(join(import.meta.dirname, "../../sdk/browser/holdfast.js"));

const pick = (letters, count) => Array.from({ length: count }, () => letters[Math.floor(Math.random() * letters.length)]).join("");
// Three kinds of secret: of letters and digits, of letters alone, and one that could be a word. The last
// cannot be told from a label by its looks, so it is left out where looks are all there is to go by.
const kinds = {
  mixed: () => `Zq${pick("abcdefghijkmnpqrstuvwxyz23456789", 9)}7${pick("bcdfghjklmnp23456789", 4)}`,
  letters: () => pick("bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ", 20),
  word: () => `${pick("BDFGKLMNPRSTVZ", 1)}${Array.from({ length: 4 }, () => pick("aeiou", 1) + pick("bdfgklmnprstvz", 1)).join("")}a`,
};
const plantOf = (kind) => {
  const word = kinds[kind]();
  const digits = `${pick("123456789", 1)}${pick("0123456789", 15)}`;
  return { word, email: `${word}@example.org`, digits, uuid: crypto.randomUUID(), first: kinds.word(), last: kinds.word() };
};

const pages = new Map();
const server = http.createServer((request, reply) => {
  const url = new URL(request.url, "http://pages");
  if (url.pathname === "/holdfast.js") {
    reply.setHeader("Content-Type", "text/javascript");
    return reply.end(script);
  }
  const page = pages.get(url.pathname.split("/")[1]);
  reply.setHeader("Content-Type", "text/html; charset=utf-8");
  for (const [header, value] of Object.entries(page?.headers ?? {})) reply.setHeader(header, value);
  reply.end(page?.text ?? "<!doctype html>");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const wire = await startWire(new URL(origin));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-component-update", "--disable-background-networking"],
  proxy: { server: wire.address, bypass: "<-loopback>" },
});

const planted = [];
let failed = 0;
let passed = 0;
const wrong = (what) => {
  failed += 1;
  console.log(`WRONG ${what}`);
};

async function play(id, kind, autocapture) {
  const given = cases[id];
  const p = plantOf(kind);
  const secrets = [given.word?.(p) ?? p.word, ...(given.also?.(p) ?? [])];
  if (!given.word) secrets.push(p.word.slice(-10));
  const plant = { id, kind, secrets };
  planted.push(plant);
  const context = await browser.newContext({ viewport: { width: 900, height: 900 } });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
  const page = await context.newPage();
  page.setDefaultTimeout(10000);
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("dialog", (dialog) => dialog.dismiss());
  const name = `${id.toLowerCase()}${pick("abcdefgh", 3)}`;
  const html = typeof given.html === "function" ? given.html(p) : given.html;
  const options = { host: collectUrl, autocapture: autocapture && { rage: true, attributes: ["data-plan"] }, ...given.options };
  const nonce = given.nonce ? ` nonce="${given.nonce}"` : "";
  const shopping = id in hard ? `${shop}<script${nonce}>${shopScript}</script>` : "";
  pages.set(name, {
    headers: given.headers ?? {},
    text: `<!doctype html><meta charset="utf-8">${given.head?.(p) ?? ""}<script${nonce} src="${origin}/holdfast.js"></script><script${nonce}>holdfast.load(${JSON.stringify(writeKey)},${JSON.stringify(options)});window.flushed=()=>holdfast.flush()</script><body>${html}<hr>${shopping}<p><button id="ordinary">Ordinary button</button></p>`,
  });
  let asked = 0;
  page.on("request", (request) => (asked += request.url().startsWith(collectUrl) ? 1 : 0));
  const path = given.path?.(p) ?? "";
  await page.goto(`${origin}/${name}${path}${given.query?.(p) ?? ""}`);
  const anonymous = await page.evaluate(() => holdfast.user().anonymousId);
  const took = await given.act(page, p);
  if (shopping) await goShopping(page);
  await page.click("#ordinary");
  const mine = (messages) => messages.filter((message) => message.anonymousId === anonymous);
  await page.evaluate(() => window.flushed());
  if (shopping) plant.kept = await page.evaluate(kept);
  if (given.silent) {
    if (given.options?.consent && asked) wrong(`${id}: ${asked} requests left a page without consent`);
    if (wire.messages().some((message) => message.anonymousId === anonymous)) wrong(`${id}: events left a page that must be silent`);
    if (given.options?.consent && plant.kept) wrong(`${id}: without consent something was kept`);
  } else if (autocapture) {
    const ordinary = (message) => message.event === "$autocapture" && message.properties.type === "click" && message.properties.id === "ordinary";
    await wire.until("the click on the ordinary button", (messages) => mine(messages).some(ordinary));
    if (shopping) await wire.until("the form", (messages) => !missing(shopExpects({}).slice(-1), mine(messages)).length).catch(() => {});
    const sent = mine(wire.messages());
    plant.anonymous = anonymous;
    const count = sent.filter(ordinary).length;
    if (count !== 1) wrong(`${id}: the ordinary click arrived ${count} times`);
    if (!given.loose && sent.find(ordinary).properties.text !== "Ordinary button" && !given.quiet) wrong(`${id}: the ordinary button lost its text`);
    for (const seen of given.sees ?? []) {
      if (!sent.some((message) => message.properties?.type === seen)) wrong(`${id}: no ${seen} arrived`);
    }
    const lost = missing([...(given.expects ?? []), ...(shopping ? shopExpects(given.plain && {}) : [])], sent);
    if (lost.length) wrong(`${id} (${kind}): did not arrive: ${lost.join("; ")}`);
    if (given.never && sent.some(given.never)) wrong(`${id}: something arrived that must not`);
    if (given.some && !sent.some(given.some)) wrong(`${id}: something did not arrive that must`);
    if (!sent.some((message) => message.type === "page")) wrong(`${id}: no page view arrived`);
    const unmarked = sent.filter((message) => (message.event === "$autocapture") !== (message.context.holdfast?.autocapture === true) && message.type !== "page");
    if (unmarked.length) wrong(`${id}: an event is not marked as it should be`);
  } else if (mine(wire.messages()).some((message) => message.event !== "Bought")) {
    wrong(`${id}: without autocapture something was captured`);
  }
  if (given.quickMs && !(took < given.quickMs)) wrong(`${id}: a click took ${took} ms`);
  if (errors.length && !given.complains) wrong(`${id}: the page saw ${errors.join("; ").slice(0, 300)}`);
  await context.close();
}

async function work(list) {
  for (let next = list.shift(); next; next = list.shift()) {
    const [id, kind, on] = next;
    const before = failed;
    await play(id, kind, on).catch((error) => wrong(`${id} (${kind}): ${error.message.slice(0, 400)}`));
    if (failed === before) passed += 1;
  }
}
// Every case with letters and digits, and with a word where it is no matter of looks; the harder ones with one of
// the two. The long run has all kinds, and every page without autocapture; the short one has every tenth of those.
const list = Object.keys(cases)
  .filter((id) => !wanted.length || wanted.includes(id))
  .flatMap((id, at) => {
    const { shaped } = cases[id];
    const whole = everyKind || !(id in hard);
    const fitting = [...(whole || shaped ? ["mixed"] : []), ...(shaped ? [] : ["word"]), ...(everyKind ? ["letters"] : [])].map((kind) => [id, kind, true]);
    return everyKind || (whole && at % 10 === 0) ? [...fitting, [id, "mixed", false]] : fitting;
  });
const runs = list.length;
await Promise.all([work(list), work(list)]);

const haystack = haystackOf(wire.everything());
for (const { id, kind, secrets, anonymous, kept } of planted) {
  // Short ones, such as codes, are looked for in what their own page sent, without what is random or a time.
  const own = wire.heard.filter((request) => anonymous && request.body.includes(anonymous)).map((request) => request.body.replace(/"(messageId|timestamp|sentAt|anonymousId)":"[^"]*"/g, ""));
  const near = haystackOf([...own, kept ?? ""].join("\n").replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{13}|20\d\d-\d\d-\d\dT[\d:.]+Z/g, ""));
  for (const secret of secrets) {
    const found = [...(id in hard && secret.length < 8 ? [] : spellings(haystack, secret)), ...(id in hard ? spellings(near, secret) : [])];
    if (found.length) wrong(`${id} (${kind}): the secret left ${[...new Set(found)].join(", ")}`);
  }
}
// The browser asks for updates of its own; what pages send says which origin it is from.
const elsewhere = wire.heard.filter((request) => new URL(request.url).host !== new URL(collectUrl).host && /^origin$/im.test(request.headers));
if (elsewhere.length) wrong(`requests went elsewhere: ${elsewhere.map((request) => request.url).join(" ")}`);
await browser.close();
server.close();
wire.close();
console.log(`${Object.keys(cases).length} cases, ${runs} runs, ${planted.length} secrets, ${wire.heard.length} requests: ${passed} passed, ${failed} failed`);
console.log(JSON.stringify(planted.flatMap((plant) => plant.secrets)));
process.exit(failed ? 1 : 0);
