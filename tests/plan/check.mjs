// Compiles usage.ts against the client in the folder given, then each line of misuse.txt by itself: the first must pass,
// every other must fail, and at its own line. Then runs the compiled client around a pretended SDK.
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
const tsc = join(here, "node_modules/typescript/bin/tsc");

writeFileSync(join(folder, "package.json"), '{"type":"module"}');
writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({
  compilerOptions: {
    strict: true, target: "es2022", module: "nodenext", moduleResolution: "nodenext", lib: ["es2022", "dom"], types: [],
    outDir: "out", noImplicitAny: true, exactOptionalPropertyTypes: true,
  },
  include: ["*.ts"],
}));

function compile() {
  try {
    execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    return "";
  } catch (error) {
    return `${error.stdout}${error.stderr}` || "tsc failed without a word";
  }
}

copyFileSync(join(here, "usage.ts"), join(folder, "usage.ts"));
const said = compile();
if (said) throw new Error(`correct use does not compile:\n${said}`);

const head = readFileSync(join(here, "usage.ts"), "utf8").split("\n").slice(0, 10).join("\n");
const wrong = readFileSync(join(here, "misuse.txt"), "utf8").trim().split("\n");
wrong.forEach((line, index) => writeFileSync(join(folder, `wrong${index}.ts`), `${head}\n${line}\n`));
const errors = compile();
wrong.forEach((line, index) => {
  if (!errors.includes(`wrong${index}.ts(11,`)) throw new Error(`this compiles, and must not: ${line}\n${errors}`);
});
for (const error of errors.split("\n").filter((line) => line.includes("error TS"))) {
  if (!/wrong\d+\.ts\(11,/.test(error)) throw new Error(`an error elsewhere: ${error}`);
}

const { planned } = await import(pathToFileURL(join(folder, "out/client.js")).href);
const calls = [];
const record = (name) => (...given) => calls.push([name, ...given]);
globalThis.holdfast = { track: record("track"), identify: record("identify"), group: record("group"), page: record("page") };
planned().track("Signed Out");
planned().identify("ada", { plan: "pro" });
const expected = JSON.stringify([["track", "Signed Out"], ["identify", "ada", { plan: "pro" }]]);
if (JSON.stringify(calls) !== expected) throw new Error(`passed on ${JSON.stringify(calls)}`);
console.log(`the client compiles, and ${wrong.length} wrong uses do not`);
