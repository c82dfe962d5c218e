// Everything the browser sends, byte by byte: the browser reaches the world through this proxy alone, which
// writes down every request that does not go to the pages' own server. Bodies are unpacked before they are searched.

import http from "node:http";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

const HOP = ["proxy-connection", "connection"];

// `pages`: the host of the pages' own server, whose requests are the page's and not the SDK's.
export async function startWire(pages) {
  const heard = [];
  const foreign = [];
  const watchers = new Set();
  const server = http.createServer((request, reply) => {
    const url = new URL(request.url);
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces);
      if (url.host !== pages.host) {
        heard.push({ url: request.url, headers: request.rawHeaders.join("\n"), body: unpacked(body) });
        for (const watcher of watchers) watcher();
      }
      const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP.includes(name)));
      const onward = http.request(url, { method: request.method, headers }, (answer) => {
        reply.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(reply);
      });
      onward.on("error", () => reply.destroy());
      onward.end(body);
    });
  });
  server.on("connect", (request, socket) => {
    foreign.push(request.url);
    socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

  const messages = () =>
    heard.flatMap((request) => {
      try {
        return JSON.parse(request.body).batch ?? [];
      } catch {
        return [];
      }
    });
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    heard,
    foreign,
    messages,
    // All that was sent, as one text.
    everything: () => heard.map((request) => `${request.url}\n${request.headers}\n${request.body}`).join("\n"),
    // Resolves once `holds` gives something of what was sent.
    until: (what, holds, ms = 15000) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = holds(messages());
          if (!found) return;
          clearTimeout(timer);
          watchers.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => {
          watchers.delete(look);
          reject(new Error(`${what} did not arrive`));
        }, ms);
        watchers.add(look);
        look();
      }),
    close: () => server.close(),
  };
}

function unpacked(body) {
  for (const open of [gunzipSync, inflateSync, brotliDecompressSync]) {
    try {
      if (body.length > 2 && (open !== brotliDecompressSync || body[0] !== 0x7b)) return open(body).toString("latin1");
    } catch {
      // Not packed in this way.
    }
  }
  return body.toString("utf8");
}

// Every spelling of `secret` that `text` holds: as it is, in another case, backwards, escaped, packed in base64
// or hexadecimal, or with other signs between its letters.
export function spellings(haystack, secret) {
  const low = secret.toLowerCase();
  const back = [...low].reverse().join("");
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  const found = [];
  const look = (how, text, needle) => needle.length > 4 && text.includes(needle) && found.push(how);
  look("as it is", haystack.low, low);
  look("backwards", haystack.low, back);
  look("between other signs", haystack.bare, low.replace(/[^\p{L}\p{N}]/gu, ""));
  look("hexadecimal", haystack.low, hex);
  look("percent-encoded", haystack.low, hex.replace(/../g, "%$&"));
  look("percent-encoded", haystack.low, encodeURIComponent(secret).toLowerCase());
  look("escaped", haystack.low, [...secret].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""));
  for (let shift = 0; shift < 3; shift++) {
    // Only the digits of base64 that the bytes around cannot change.
    const packed = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64").replace(/=+$/, "");
    const sure = packed.slice(shift && shift + 1, bytes.length % 3 || shift ? -1 : undefined);
    look("base64", haystack.text, sure);
    look("base64 for addresses", haystack.text, sure.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return found;
}
export const haystackOf = (text) => ({ text, low: text.toLowerCase(), bare: text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") });
