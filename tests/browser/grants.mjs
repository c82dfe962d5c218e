// Two people and an operator at the pages of grants: asking, approving, taking the file, support, revealing, a leaked file;
// empty, full and wrongly filled in.
//
//   node grants.mjs CONSOLE_URL COLLECT_URL SETUP_CODE WRITE_KEY OPERATOR_CODE RECIPIENT OUTDIR
//
// Fails on what journey.mjs fails on.

import { readFileSync } from "node:fs";
import { stage } from "./console/stage.mjs";

const [consoleUrl, collectUrl, setupCode, writeKey, operatorCode, recipient, outDir] = process.argv.slice(2);
if (!outDir) {
  console.error("usage: node grants.mjs CONSOLE_URL COLLECT_URL SETUP_CODE WRITE_KEY OPERATOR_CODE RECIPIENT OUTDIR");
  process.exit(64);
}
// Asked for a touch (403), wrongly filled in (422), ended while it is looked at (404): each is provoked below.
const expected = (status, path) => [403, 422].includes(status) && /^\/w\/[^/]+\/(access|people)/.test(path);
const { context, page, check, send, pictures, keyboard, heading, run } = await stage({ collectUrl, writeKey, outDir, expected });

const at = (path) => `${consoleUrl}/w/${workspace}${path}`;
const main = (of = page) => of.locator("main").innerText();
const press = (name, of = page) => of.locator("main").getByRole("button", { name, exact: true }).first().click();
const told = (text, of = page) => of.locator("#notice").getByText(text).waitFor();
let workspace = "";

// Somebody else, at a browser of their own.
async function somebody(code) {
  const other = await context.browser().newContext({ viewport: { width: 1280, height: 900 } });
  const theirs = await other.newPage();
  theirs.setDefaultTimeout(20_000);
  const devtools = await other.newCDPSession(theirs);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await theirs.goto(`${consoleUrl}/enrol#${code}`);
  await theirs.getByRole("button", { name: "Create passkey" }).click();
  return theirs;
}

async function empty() {
  await page.goto(`${consoleUrl}/enrol#${setupCode}`);
  await page.getByRole("button", { name: "Create passkey" }).click();
  await page.waitForURL("**/welcome");
  workspace = new URL(page.url()).pathname.split("/")[2];
  await page.goto(at("/access/grants"));
  check("the page has its title", (await heading()) === "Access");
  check("it says what a grant is", (await page.locator("main .empty").innerText()).includes("because another person said so"));
  check("somebody alone is told that it is weaker", (await main()).includes("weaker than two people"));
  await pictures("grants-empty");
  await keyboard("grants");
}

async function asking() {
  const people = Array.from({ length: 12 }, (_, number) => ({ type: "identify", userId: `user-${number}`, messageId: `p-${number}`, traits: { email: `u${number}@shop.example`, plan: "pro" } }));
  await send("/v1/batch", { batch: people });
  for (let tries = 0; tries < 60; tries++) {
    await page.goto(at("/people"));
    if ((await main()).includes("of 12")) break;
    await page.waitForTimeout(500);
  }
  await page.goto(at("/access/members"));
  await page.fill("#email", "admin@example.com");
  await page.selectOption("#role", "admin");
  await press("Make an invite");
  const code = (await page.locator("#invite-url").innerText()).split("#")[1];
  const admin = await somebody(code);
  await admin.waitForURL("**/w/**");

  await page.goto(at("/access/grants"));
  check("two are not alone", !(await main()).includes("weaker than two people"));
  await page.fill("#reason", "The yearly letter");
  await page.fill("#rows_max", "20");
  await page.fill("#recipients", "age1nobody");
  await press("Ask");
  await page.locator("#recipients-wrong").waitFor();
  check("what is wrong is told at its field, the rest is kept", (await page.inputValue("#reason")) === "The yearly letter" && (await page.inputValue("#rows_max")) === "20");
  await pictures("grants-wrong");
  await page.fill("#recipients", recipient);
  await press("Ask");
  await told("Asked.");
  check("one's own request is not for oneself to approve", (await page.getByRole("button", { name: "Approve" }).count()) === 0);
  await pictures("grants-asked");

  await admin.goto(at("/access/grants"));
  check("the other sees who asks for what, and why", ((said) => ["The yearly letter", "owner@example.com", "traits.email"].every((text) => said.includes(text)))(await main(admin)));
  await press("Approve", admin);
  await told("Approved.", admin);
  return admin;
}

async function taking() {
  await page.goto(at("/access/grants"));
  await press("Begin export");
  await page.getByRole("heading", { name: "The export is ready" }).waitFor();
  await pictures("export-begun");
  await keyboard("an export that is ready");
  const coming = page.waitForEvent("download");
  await press("Take the file");
  const file = await coming;
  const text = readFileSync(await file.path(), "latin1");
  check("the file is encrypted", text.startsWith("age-encryption.org/v1") && !text.includes("shop.example"));
  await page.goto(at("/access/grants"));
  check("the grant is over", (await page.getByRole("row", { name: /export/ }).first().innerText()).includes("ended"));
  await pictures("grants");
}

async function leaking() {
  await page.fill("#leak", "nobody@elsewhere.example\nuser-3,u3@shop.example");
  await press("Find its export");
  await page.getByRole("heading", { name: "Where the file comes from" }).waitFor();
  check("a guess is called one", (await main()).includes("a guess and accuses nobody"));
  await pictures("grants-leak");
}

async function revealing() {
  await page.goto(at("/people"));
  await page.locator("main table tbody tr a").first().click();
  await page.waitForURL("**/people/p_**");
  check("the person is masked", !(await main()).includes("@shop.example"));
  await page.selectOption("#field", "email");
  await page.fill("#reason", "They wrote to us");
  await pictures("person-reveal");
  await press("Reveal");
  await page.getByText("@shop.example").waitFor();
  check("one value is shown, once", (await main()).includes("shown this once"));
  await keyboard("a person with a value in clear");
  await page.reload();
  check("after that it is masked again", !(await main()).includes("@shop.example"));
}

async function supporting(admin) {
  const operator = await somebody(operatorCode);
  await operator.waitForURL("**/operations");
  const own = await operator.locator("main code").first().innerText();
  check("the operator has their id to tell", /^mem_/.test(own));
  await page.goto(at("/access/grants"));
  await page.fill("#operator", "mem_nobody");
  await page.fill("#support_reason", "Ticket 7");
  await press("Open");
  await page.locator("#operator-wrong").waitFor();
  await page.fill("#operator", own);
  await press("Open");
  await told("Opened.");
  await pictures("grants-support");

  await operator.reload();
  await operator.getByRole("link", { name: "Shop" }).click();
  await operator.waitForURL("**/live");
  check("the operator looks in", (await operator.locator("main h1").innerText()).length > 0 && (await operator.locator("nav.side").innerText()).includes("Operations"));
  check("of access, ledger and sources there is nothing", !/Members|Ledger|Sources|Settings/.test(await operator.locator("nav.side").innerText()));
  await admin.goto(at("/access/grants"));
  admin.once("dialog", (dialog) => dialog.accept());
  await press("End", admin);
  await told("Ended", admin);
  await operator.reload();
  check("ended, there is nothing", (await operator.locator("main").innerText()).toLowerCase().includes("nothing"), await operator.locator("main").innerText());
  await page.goto(at("/notices"));
  check("every step is told", ["grant.asked", "grant.approved", "grant.used", "export.finished", "support.opened", "support.ended", "person.revealed"].every(((said) => (kind) => said.includes(kind))(await main())));
}

await run(async () => {
  await empty();
  const admin = await asking();
  await taking();
  await leaking();
  await revealing();
  await supporting(admin);
});
