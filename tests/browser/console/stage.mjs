// What the runs at the console share: a browser with a virtual authenticator, what it complains about, checks,
// pictures, and the look at a page that a person would take: does it fit, can everybody use it, where does Tab go.

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// Everything of WCAG 2.2 AA that a program can tell, and what axe calls good practice.
const RULES = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
const TABS_MAX = 400;

// `expected(status, path)` says which answers above 399 are provoked by the run.
export async function stage({ collectUrl, writeKey, outDir, expected }) {
  mkdirSync(outDir, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: "Europe/Berlin" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);

  const complaints = [];
  const provoked = (message) => {
    const status = Number(/status of (\d+)/.exec(message.text())?.[1]);
    return status && expected(status, new URL(message.location().url).pathname);
  };
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  const heed = (one) => {
    one.on("console", (message) => {
      // The browser logs every answer above 399.
      if (message.type() === "error" && !provoked(message)) complaints.push(`console: ${message.text()} (${message.location().url})`);
    });
    one.on("pageerror", (error) => complaints.push(`page: ${error.message}`));
    one.on("requestfailed", (request) => {
      // A stream and a poll end when one leaves their page.
      if (request.failure()?.errorText !== "net::ERR_ABORTED") complaints.push(`request: ${request.url()} ${request.failure()?.errorText}`);
    });
  };
  heed(page);

  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });

  const counts = { passed: 0, failed: 0 };
  const check = (what, holds, said = "") => {
    counts[holds ? "passed" : "failed"] += 1;
    console.log(holds ? `ok    ${what}` : `WRONG ${what} ${said}`);
  };

  const send = async (path, body) => {
    const answer = await fetch(collectUrl + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Basic ${btoa(`${writeKey}:`)}` },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} said ${answer.status}`);
  };

  // Pictures light and dark, wide and narrow; in each the page must fit and be usable by everybody.
  const pictures = async (name) => {
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
        // Hiding the caret would leave styles in the page that its policy does not let htmx take over.
        await page.screenshot({ path: join(outDir, `${name}-${width}-${scheme}.png`), fullPage: true, caret: "initial" });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
        if (wide) check(`${name} fits ${width} px`, false);
        // Contrast differs between the schemes, the order of things between the widths: one of each is enough.
        if ((scheme === "light") === (width === 360)) continue;
        const found = await usable();
        if (found.length) check(`${name} is usable by everybody (${width} px, ${scheme})`, false, `\n  ${found.join("\n  ")}`);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1280, height: 900 });
  };

  const usable = async () => {
    // Runs in a world of the test's own: the page's policy forbids scripts like it, as it should.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(async (rules) => {
      const found = await window.axe.run(document, { ...rules, preload: false });
      // It leaves empty style attributes behind, which the page's policy would not let htmx take over.
      for (const left of document.querySelectorAll('[style=""]')) left.removeAttribute("style");
      return found;
    }, RULES);
    return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`));
  };

  // Tab from the top: every control once, in the order of the document, each visibly in focus; nothing holds it.
  const keyboard = async (name) => {
    await page.evaluate(() => {
      // Where Tab begins is wherever one was last: here at the top.
      document.body.tabIndex = -1;
      document.body.focus();
      document.body.removeAttribute("tabindex");
      window.scrollTo(0, 0);
    });
    const seen = [];
    for (let tab = 0; tab < TABS_MAX; tab++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const on = document.activeElement;
        if (!on || on === document.body || on === document.documentElement) return null;
        const all = [...document.querySelectorAll("*")];
        const style = getComputedStyle(on);
        const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
        return { at: all.indexOf(on), what: on.outerHTML.slice(0, 90), shown: shown || on.closest("svg.chart") !== null };
      });
      if (!at || seen.some((one) => one.at === at.at)) break;
      seen.push(at);
    }
    const ordered = seen.every((one, index) => index === 0 || one.at > seen[index - 1].at);
    const unseen = seen.filter((one) => !one.shown).map((one) => one.what);
    check(`${name}: Tab goes through in order and shows where it is`, seen.length > 3 && ordered && unseen.length === 0, `${seen.length} stops ${ordered ? "" : "out of order"} ${unseen.join(" ")}`);
  };

  const end = async () => {
    check("the browser had nothing to complain about", complaints.length === 0, `\n  ${complaints.join("\n  ")}`);
    console.log(`${counts.passed} passed, ${counts.failed} failed`);
    await browser.close();
    process.exit(counts.failed === 0 ? 0 : 1);
  };

  return {
    context,
    page,
    check,
    send,
    pictures,
    keyboard,
    heading: () => page.locator("main h1").innerText(),
    go: (name) => page.locator("nav.side").getByRole("link", { name, exact: true }).click(),
    // Runs `play` to its end or tells where it ended.
    async run(play) {
      try {
        await play();
      } catch (error) {
        check(`the run ended at ${page.url()}: ${error.message}`, false);
        await page.screenshot({ path: join(outDir, "ended.png"), fullPage: true });
      }
      await end();
    },
  };
}
