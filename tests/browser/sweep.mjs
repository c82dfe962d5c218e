// Generated pages with canaries everywhere, all capture on: none may be in anything that leaves, packed or
// not, and the click on each page's ordinary button arrives once.
//
//   node sweep.mjs COLLECT_URL WRITE_KEY PAGES

import { readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { generate } from "./autocapture/generated.mjs";
import { startWire } from "./autocapture/wire.mjs";

const [collectUrl, writeKey, pagesText] = process.argv.slice(2);
const count = Number(pagesText);
if (!count) {
  console.error("usage: node sweep.mjs COLLECT_URL WRITE_KEY PAGES");
  process.exit(64);
}
// A page has about this many places for a canary.
const CANARIES_A_PAGE = 400;
const CORE = 11;

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
const cores = new Set();
// Each has a core that no other has and that is looked for; around it what secrets look like.
const canary = () => {
  let core;
  do {
    core = Array.from({ length: CORE }, () => letters[Math.floor(Math.random() * 36)]).join("");
  } while (!/\d.*\d/.test(core) || !/[a-z].*[a-z].*[a-z]/.test(core) || cores.has(core));
  cores.add(core);
  const shapes = [`K${core}`, `sk_live_${core}Qz`, `Xy-${core}`, `${core}@example.org`, `${core.toUpperCase()}77`, `p@ss${core}!`];
  return shapes[Math.floor(Math.random() * shapes.length)];
};

const script = readFileSync(join(import.meta.dirname, "../../sdk/browser/holdfast.js"));
const server = http.createServer((request, reply) => {
  if (request.url === "/holdfast.js") {
    reply.setHeader("Content-Type", "text/javascript");
    return reply.end(script);
  }
  reply.setHeader("Content-Type", "text/html; charset=utf-8");
  const options = { host: collectUrl, autocapture: { rage: true, attributes: ["data-plan", "data-id"] } };
  reply.end(`<!doctype html><meta charset="utf-8"><script src="/holdfast.js"></script><script>holdfast.load(${JSON.stringify(writeKey)},${JSON.stringify(options)})</script><body><div id="stage"></div><hr><button id="ordinary">Ordinary button</button>`);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const wire = await startWire(new URL(origin));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-component-update", "--disable-background-networking"],
  proxy: { server: wire.address, bypass: "<-loopback>" },
});

let planted = 0;
let acted = 0;
let clicked = 0;
const problems = [];
const PAGES_A_LOAD = 20;
async function walk(pages) {
  const page = await (await browser.newContext()).newPage();
  page.on("pageerror", (error) => problems.push(`the page saw ${error.message.slice(0, 200)}`));
  for (let at = 0; at < pages; at++) {
    if (at % PAGES_A_LOAD === 0) await page.goto(`${origin}/sweep`);
    const done = await page.evaluate(generate, Array.from({ length: CANARIES_A_PAGE }, canary));
    planted += done.planted;
    acted += done.acted;
    await page.evaluate(() => document.getElementById("ordinary").click());
    clicked += 1;
    await page.evaluate(() => holdfast.flush());
  }
}
const half = Math.floor(count / 2);
await Promise.all([walk(count - half), walk(half)]);

const ordinary = (messages) => messages.filter((message) => message.properties?.id === "ordinary" && message.properties.type === "click").length;
await wire.until("every ordinary click", (messages) => ordinary(messages) >= clicked).catch((error) => problems.push(error.message));
if (ordinary(wire.messages()) !== clicked) problems.push(`${ordinary(wire.messages())} of ${clicked} ordinary clicks arrived`);
const messages = wire.messages().length;
if (messages < acted / 4) problems.push(`only ${messages} events of ${acted} acts were captured`);

// Every window of what was sent, as it is, backwards, without its signs, and unpacked.
const everything = wire.everything();
const found = new Map();
const slide = (how, text) => {
  for (let at = 0; at + CORE <= text.length; at++) {
    const window = text.slice(at, at + CORE);
    if (cores.has(window)) found.set(window, how);
  }
};
const views = (how, text) => {
  const low = text.toLowerCase();
  slide(how, low);
  slide(`${how}, backwards`, [...low].reverse().join(""));
  slide(`${how}, between other signs`, low.replace(/[^a-z0-9]/g, ""));
};
views("as it is", everything);
views("percent-encoded", everything.replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(parseInt(digits, 16))));
views("escaped", everything.replace(/\\u([0-9a-f]{4})/gi, (_, digits) => String.fromCharCode(parseInt(digits, 16))));
for (const [run] of everything.matchAll(/[A-Za-z0-9+/_-]{12,}/g)) {
  for (let shift = 0; shift < 4; shift++) slide("base64", Buffer.from(run.slice(shift).replaceAll("-", "+").replaceAll("_", "/"), "base64").toString("latin1").toLowerCase());
}
for (const [run] of everything.matchAll(/[0-9a-f]{16,}/gi)) {
  for (let shift = 0; shift < 2; shift++) slide("hexadecimal", Buffer.from(run.slice(shift), "hex").toString("latin1").toLowerCase());
}
for (const [core, how] of [...found].slice(0, 20)) {
  const at = everything.toLowerCase().indexOf(core);
  problems.push(`a canary left ${how}: …${everything.slice(Math.max(at - 80, 0), at + 60)}…`);
}
if (found.size > 20) problems.push(`${found.size} canaries left`);
await browser.close();
server.close();
wire.close();
for (const problem of problems) console.log(`WRONG ${problem}`);
console.log(`${count} pages, ${planted} canaries, ${acted} acts, ${messages} events, ${everything.length} bytes sent: ${found.size} canaries left`);
process.exit(problems.length ? 1 : 0);
