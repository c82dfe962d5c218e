// Puts the parts of src/ together: `node build.mjs` writes holdfast.js and holdfast.mjs, each compressed with
// brotli beside it, and manifest.json with their hashes; `node build.mjs --check` fails where they are not
// what the parts make. Nobody who uses the SDK needs this: the results are checked in.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

const here = import.meta.dirname;
// The browser tests bring the minifier along, at the version of their lock file.
const { minify } = createRequire(join(here, "../../tests/browser/package.json"))("terser");
const BROTLI_BYTES_MAX = 8 * 1024;
const LICENCE = "/*! Holdfast, (c) its authors, SPDX-License-Identifier: Apache-2.0 */\n";

const parts = readdirSync(join(here, "src")).filter((name) => name.endsWith(".js")).sort();
const part = (name) => readFileSync(join(here, "src", name), "utf8");
const classic = part(parts.find((name) => name.includes("classic")));
const common = parts.filter((name) => !name.includes("classic")).map(part).join("\n");
const small = async (text, module) => {
  const options = {
    module,
    toplevel: true,
    ecma: 2022,
    compress: { passes: 3, unsafe_arrows: true, reduce_funcs: false },
    format: { comments: false, ascii_only: false, max_line_len: 8000 },
  };
  return `${LICENCE}${(await minify(text, options)).code}\n`;
};
const made = {
  "holdfast.js": await small(
    `(() => { "use strict"; const script = document.currentScript; const HERE = script?.src;\n${common}\n${classic}\n})();`,
    false,
  ),
  "holdfast.mjs": await small(
    `const HERE = import.meta.url;\n${common}\nexport { holdfast as default, load, VERSION as version };`,
    true,
  ),
};

const compress = (text) =>
  brotliCompressSync(text, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text) },
  });
const digest = (kind, text, as) => createHash(kind).update(text).digest(as);
const version = common.match(/VERSION = "([^"]+)"/)[1];
const files = {};
for (const [name, text] of Object.entries(made)) {
  files[name] = { hash: digest("sha256", text, "hex").slice(0, 16), integrity: `sha384-${digest("sha384", text, "base64")}` };
}
const manifest = `${JSON.stringify({ version, files }, null, 2)}\n`;

const checking = process.argv.includes("--check");
let wrong = 0;
const put = (name, text, same) => {
  const path = join(here, name);
  if (!checking) return writeFileSync(path, text);
  if (!existsSync(path) || !same(readFileSync(path))) {
    wrong += 1;
    console.error(`${name} is not what src/ makes: run node sdk/browser/build.mjs`);
  }
};
for (const [name, text] of Object.entries(made)) {
  const packed = compress(text);
  put(name, text, (found) => found.toString() === text);
  // Another release of the compressor may make other bytes of the same text.
  put(`${name}.br`, packed, (found) => brotliDecompressSync(found).toString() === text);
  console.log(`${name}: ${Buffer.byteLength(text)} bytes, ${packed.length} with brotli`);
  if (packed.length >= BROTLI_BYTES_MAX) {
    wrong += 1;
    console.error(`${name} is not below ${BROTLI_BYTES_MAX} bytes with brotli`);
  }
}
put("manifest.json", manifest, (found) => found.toString() === manifest);
process.exit(wrong ? 1 : 0);
