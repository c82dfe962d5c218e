// A person at the console, in a real browser with a virtual authenticator: set-up, first event, live, a
// question, a token with a touch, a person, the ledger, sign-out and sign-in.
//
//   node journey.mjs CONSOLE_URL COLLECT_URL SETUP_CODE WRITE_KEY OUTDIR
//
// Fails on every message of the browser's console at error level, every uncaught error, every violation of the content
// security policy and every finding of axe. Pictures go to OUTDIR: 1280 and 360 px wide, light and dark.

import { stage } from "./console/stage.mjs";

const [consoleUrl, collectUrl, setupCode, writeKey, outDir] = process.argv.slice(2);
if (!outDir) {
  console.error("usage: node journey.mjs CONSOLE_URL COLLECT_URL SETUP_CODE WRITE_KEY OUTDIR");
  process.exit(64);
}
// Asked for a touch (403), held read-only (409): both are provoked below and told on the page.
const expected = (status, path) => [403, 409].includes(status) && /^\/w\/[^/]+\/(access|sources|settings|dashboards)/.test(path);
const { context, page, check, send, pictures, heading, go, run } = await stage({ collectUrl, writeKey, outDir, expected });

async function journey() {
  // Set-up: the code stands behind # and never leaves the browser but in the ceremony.
  await page.goto(`${consoleUrl}/`);
  await page.waitForURL("**/sign-in");
  check("whoever is not signed in is asked to sign in", (await heading()) === "Sign in");
  await pictures("sign-in");
  await page.goto(`${consoleUrl}/enrol#${setupCode}`);
  check("the set-up code is filled in", (await page.inputValue("#code")) === setupCode);
  check("the set-up code is no longer in the address", !page.url().includes(setupCode));
  await pictures("enrol");
  await page.getByRole("button", { name: "Create passkey" }).click();
  await page.waitForURL("**/welcome");
  check("the owner is taken to the first steps", (await heading()) === "Send your first event");
  check("the write key is shown", (await page.locator("#write-key").innerText()) === writeKey);
  check("the line to paste has key and address", (await page.locator("#curl").innerText()).includes(`${writeKey}: ${collectUrl}/v1/track`));
  check("the lines for a web page have key and hash", /data-write-key="[^"]+"/.test(await page.locator("#browser").innerText()) && (await page.locator("#browser").innerText()).includes('integrity="sha384-'));
  await pictures("welcome");
  const workspace = new URL(page.url()).pathname.split("/")[2];

  // The first event arrives on the page by itself.
  await send("/v1/track", { userId: "u_1", event: "Signed Up", properties: { plan: "pro", password: "hunter2-Very-Secret" } });
  await page.getByRole("heading", { name: "It arrived" }).waitFor();
  check("the first event shows itself", (await page.locator("#arrival").innerText()).includes("Signed Up"));
  check("the secret is marked as removed", (await page.locator("#arrival .mark").first().innerText()).includes("removed: password"));
  await pictures("welcome-arrived");

  // Live: what is there, and what arrives while one looks.
  await page.getByRole("link", { name: "Go to Live" }).click();
  await page.waitForURL("**/live");
  check("live lists the first event", (await page.locator("#live-list > li").count()) === 1);
  check("live shows the mark of the removed secret", (await page.locator("#live-list").innerText()).includes("1 removed"));
  await send("/v1/batch", {
    batch: [
      { type: "identify", userId: "u_1", traits: { email: "ada@example.com", plan: "pro" } },
      { type: "track", userId: "u_1", event: "Order Completed", properties: { revenue: 40, country: "DE" } },
      { type: "track", userId: "u_1", event: "Order Completed", properties: { revenue: 60, country: "DE" } },
      { type: "track", userId: "u_2", event: "Order Completed", properties: { revenue: 5.5, country: "FR" } },
      { type: "track", userId: "u_2", properties: {} },
    ],
  });
  await page.locator("#live-list > li").nth(4).waitFor();
  check("live shows what arrives while one looks", (await page.locator("#live-list > li.fresh").count()) === 4);
  await page.locator("#live-list summary").filter({ hasText: "Signed Up" }).click();
  check("an opened event says why", (await page.locator("#live-list details[open]").innerText()).includes("rule"));
  const live = await page.content();
  check("no secret and no address is on the page", !live.includes("hunter2") && !live.includes("ada@example.com"));
  await page.getByRole("button", { name: "Pause" }).click();
  await send("/v1/track", { userId: "u_2", event: "Cart Viewed" });
  await page.getByText("1 waiting").waitFor();
  check("a paused list waits", (await page.locator("#live-list > li").count()) === 5);
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Resume" }).click()]);
  check("a resumed list has what waited", (await page.locator("#live-list > li").count()) === 6);
  check("the refused event is counted beside the list", (await page.locator(".refused").innerText()).includes("missing event"));
  await pictures("live");
  await page.locator("select[name=event]").selectOption("Order Completed");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL("**event=Order**");
  check("the filter leaves the events of that name", (await page.locator("#live-list > li").count()) === 3);

  // A question is an address; the answer is drawn by the server and stands in a table, too.
  await go("Questions");
  await page.getByRole("link", { name: "Ask about the most frequent event" }).click();
  await page.locator("svg.chart").first().waitFor();
  check("the trend is drawn", (await page.locator("svg.chart path.path").count()) >= 1);
  check("the table has the right number", (await page.locator("main table").first().locator("tbody td.n strong").innerText()) === "3");
  await page.locator("select[name=measure]").first().selectOption("sum");
  await page.locator("input[name=of]").waitFor();
  await page.locator("input[name=of]").fill("revenue");
  await page.locator("input[name=of]").press("Tab");
  await page.locator("main table tbody td.n strong", { hasText: "105.5" }).waitFor();
  check("the sum of revenue is right", true);
  check("the question is in the address", page.url().includes("measure=sum") && page.url().includes("of=revenue"));
  await page.locator("main input[name=by]").first().fill("country");
  await page.locator("main input[name=by]").first().press("Tab");
  await page.locator("main table tbody th", { hasText: "FR" }).waitFor();
  check("what was typed stays in its place", (await page.locator("main input[name=by]").nth(1).inputValue()) === "");
  check("split by country there are two lines", (await page.locator("main table").first().locator("tbody tr").count()) === 2);
  await pictures("question");

  // The question is kept on a dashboard, which draws it; a note at a day is marked on it.
  await page.getByText("Keep on a dashboard").click();
  await page.fill("#title", "Revenue by country");
  await page.getByRole("button", { name: "Keep" }).click();
  await page.getByText("The question is on the dashboard now").waitFor();
  check("the dashboard draws the question", (await page.locator(".tiles svg.chart path.path").count()) >= 2);
  await go("Dashboards");
  await page.fill("#day", new Date().toISOString().slice(0, 10));
  await page.fill("#text", "Version four");
  await page.getByRole("button", { name: "Note" }).click();
  await page.getByText("Noted. It stands on every chart").waitFor();
  await pictures("dashboards");
  await page.getByRole("link", { name: "Revenue by country" }).click();
  await page.locator(".tiles .notes", { hasText: "Version four" }).waitFor();
  await page.getByRole("button", { name: "Make a link" }).click();
  await page.getByText("The link stands below.").waitFor();
  await pictures("dashboard");
  const link = await page.locator("pre", { hasText: "/shared/" }).first().innerText();
  const stranger = await (await page.context().browser().newContext()).newPage();
  await stranger.goto(link.trim());
  check("whoever has the link sees the dashboard and no small group", (await stranger.locator("h1").innerText()) === "Revenue by country" && !(await stranger.content()).includes("FR"));
  await stranger.context().close();
  await page.getByRole("link", { name: "Edit" }).click();
  await page.locator("#title_0").fill("Revenue");
  await pictures("dashboard-edit");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Revenue", exact: true }).waitFor();

  // What the shield found.
  await go("Data quality");
  check("the finding is listed by its property", (await page.locator("main").innerText()).includes("properties.password"));
  await pictures("quality");

  // A token: made with a touch, shown once, used.
  await go("Access");
  check("the only member is the owner", (await page.locator("main table tbody tr").count()) === 1);
  await pictures("members");
  await page.getByRole("link", { name: "API tokens" }).click();
  await page.fill("#name", "Reporting");
  await page.check("input[value='events:read']");
  await pictures("tokens");
  await page.getByRole("button", { name: "Create token" }).click();
  await page.locator("#token").waitFor();
  const token = await page.locator("#token").innerText();
  check("the token is shown once", token.startsWith("hf_"));
  await pictures("token-made");
  const used = await fetch(`${consoleUrl}/api/v1/workspaces/${workspace}/events`, { headers: { Authorization: `Bearer ${token}` } });
  check("the token reads events", used.status === 200 && (await used.json()).items.length === 6);
  await page.getByRole("link", { name: "I have copied it" }).click();
  await page.getByRole("table", { name: "API tokens" }).waitFor();
  check("afterwards only its name is there", !(await page.content()).includes(token));
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "End" }).click();
  await page.getByText("The token was ended.").waitFor();
  const ended = await fetch(`${consoleUrl}/api/v1/workspaces/${workspace}/events`, { headers: { Authorization: `Bearer ${token}` } });
  check("an ended token is refused", ended.status === 401);

  // A second passkey cannot be made on the same device; sessions are listed.
  await page.getByRole("link", { name: "Your passkeys and sessions" }).click();
  check("the passkey and the session are listed", (await page.locator("main table tbody tr").count()) === 2);
  await pictures("passkeys");

  // Sources: a new one with a touch, then disabled.
  await go("Sources");
  await page.fill("#name", "Mobile app");
  await page.getByRole("button", { name: "Create source" }).click();
  await page.getByText("The source was created.").waitFor();
  check("the new source has a write key", (await page.locator("section.panel h2", { hasText: "Mobile app" }).count()) === 1);
  await pictures("sources");

  // A person: masked, with the events.
  await go("People");
  check("two people are known", (await page.locator("main table tbody tr").count()) === 2);
  await pictures("people");
  await page.fill("#find", "ada@example.com");
  await page.getByRole("button", { name: "Find" }).click();
  await page.waitForURL("**/people/p_**");
  const person = await page.locator("main").innerText();
  check("the e-mail address is sealed on the person's page", person.includes("sealed: e-mail") && !(await page.content()).includes("ada@example.com"));
  check("the user id is masked", !/\bu_1\b/.test(person));
  check("the timeline has the person's events", (await page.locator("main ol.events > li:not(.moment)").count()) === 4);
  check("and how the id came to be theirs", (await page.locator("main ol.events > li.moment").count()) >= 1);
  await pictures("person");

  // The ledger has it all.
  await go("Ledger");
  const entries = await page.locator("main table").first().innerText();
  for (const code of ["person.viewed", "token.made", "question.asked", "source.created"]) {
    check(`the ledger has ${code}`, entries.includes(code));
  }
  check("a signed checkpoint can be copied", (await page.locator("#checkpoint").innerText()).includes("—"));
  await pictures("ledger");

  // Settings: the zone changes with a touch; read-only holds at once and shows on every page.
  await go("Settings");
  await page.fill("#time_zone", "Europe/Berlin");
  await page.getByRole("button", { name: "Save settings" }).click();
  await page.getByText("The settings were saved.").waitFor();
  check("the time zone is kept", (await page.inputValue("#time_zone")) === "Europe/Berlin");
  await page.fill("#reason", "A drill");
  await page.getByRole("button", { name: "Hold read-only" }).click();
  await page.getByText("Read-only: nothing may be changed").waitFor();
  await go("Sources");
  await page.fill("#name", "Never");
  await page.getByRole("button", { name: "Create source" }).click();
  await page.getByText("changes are switched off").waitFor();
  check("while read-only nothing is made", (await page.locator("h2", { hasText: "Never" }).count()) === 0);
  await pictures("held");
  await go("Settings");
  await page.fill("#reason", "The drill is over");
  await page.getByRole("button", { name: "Ask to end read-only" }).click();
  await page.getByRole("button", { name: "Approve" }).waitFor();
  await pictures("settings");
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByText("Changes are taken again.").waitFor();
  check("a lone owner may approve with a touch", (await page.locator(".banner").count()) === 0);

  // Colours are kept; what is not there is said so.
  await page.getByRole("button", { name: "Dark mode" }).click();
  await page.locator("html.dark").waitFor();
  check("dark mode is kept", true);
  const missing = await page.request.get(`${consoleUrl}/w/${workspace}/nothing`, { headers: { Accept: "text/html" } });
  check("what is not there is a page that says so", missing.status() === 404 && (await missing.text()).includes("Nothing is here"));

  // Out and in again; a page that is open in another tab is emptied with the session.
  const other = await context.newPage();
  await other.goto(`${consoleUrl}/w/${workspace}/live`);
  await other.locator("#live-state", { hasText: "Live" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in**");
  check("signing out is said", (await page.locator("#notice").innerText()).includes("You are signed out."));
  await other.getByRole("heading", { name: "Your session has ended" }).waitFor();
  check("an open page keeps nothing of what it showed", (await other.locator("main").count()) === 1 && !(await other.content()).includes("Order Completed"));
  await other.close();
  await page.goto(`${consoleUrl}/w/${workspace}/people`);
  await page.waitForURL("**/sign-in?next=**");
  await page.getByRole("button", { name: "Continue with a passkey" }).click();
  await page.waitForURL("**/people");
  check("after signing in one is where one wanted to be", (await heading()) === "People");

  // Ended elsewhere: the page asks, and asking is no use of the session.
  await page.request.delete(`${consoleUrl}/api/v1/session`);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.getByRole("heading", { name: "Your session has ended" }).waitFor();
  check("a session that ended elsewhere empties its page", !(await page.content()).includes("People"));

  // A browser without what signing in needs is told so.
  const old = await context.browser().newContext();
  await old.addInitScript(() => { delete window.PublicKeyCredential; });
  const outdated = await old.newPage();
  await outdated.goto(`${consoleUrl}/sign-in`);
  check("a browser without passkeys is told", await outdated.getByText("This needs scripts and passkeys").isVisible());
  await page.getByRole("link", { name: "Sign in" }).click();
  check("one with them is not", !(await page.getByText("This needs scripts and passkeys").isVisible()));
  await old.close();
}

await run(journey);
