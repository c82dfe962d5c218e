// Harder pages: secrets in paths, hosts, hashes, link targets, titles, referrers and the history.

const person = (p) => [p.first, p.last];
const slug = (p) => `${p.first}-${p.last}`.toLowerCase();
const button = '<button id="b">go</button>';
const click = (page) => page.click("#b");
const at = (about, path, more = {}) => ({ about, path, html: button, act: click, shaped: true, expects: [{ type: "click", tag: "button", id: "b" }], ...more });
const moves = (about, addresses, more = {}) => ({
  about,
  html: button,
  act: async (page, p) => {
    for (const address of addresses(p)) await page.evaluate((to) => history.pushState(null, "", to), address);
    await page.click("#b");
  },
  also: person,
  ...more,
});
const links = (about, addresses, more = {}) => ({
  about,
  html: (p) => addresses(p).map((to, i) => `<p><a id="l${i}" href="${to.replaceAll('"', "&quot;")}">x</a></p>`).join("") + "<script>document.addEventListener('click',(event)=>event.target.closest('a')&&event.preventDefault())</script>",
  act: async (page, p) => {
    for (let i = 0; i < addresses(p).length; i++) await page.click(`#l${i}`);
  },
  also: person,
  ...more,
});

export const hardAddresses = {
  H74: at("e-mail in the path, encoded once, twice and thrice, and with plus", (p) => `/x/${p.email}/${encodeURIComponent(p.email)}/${encodeURIComponent(encodeURIComponent(p.email))}/%2525${p.word}/${p.email.replace("@", "+a%40")}`, { word: (p) => p.word }),
  H75: at("matrix parameters, dots, tildes, commas, colons and stars", (p) => `/list;user=${p.word};id=${p.digits}/~${p.word}/a,${p.word},b/key:${p.word}/x.${p.word}.html/(${p.word})/*${p.word}`, { also: (p) => [p.digits] }),
  H76: at("a code split into short segments", (p) => `/${p.digits.match(/.{1,3}/g).join("/")}/end`, { word: (p) => p.digits }),
  H77: at("a token split by hyphens into short parts", (p) => `/x/${p.word.match(/.{1,4}/g).join("-")}/y/${p.word.match(/.{1,3}/g).join("_")}`),
  H78: moves("people's names behind words for people, in other languages and forms", (p) =>
    ["user", "profile", "profil", "kunden", "clientes", "utilisateur", "members", "u", "people", "author", "patients", "employees", "contacts", "team", "accounts", "benutzer", "polzovatel", "@", "~"].map((word) => (/\w/.test(word) ? `/${word}/${slug(p)}/edit` : `/${word}${slug(p)}`)).concat(`/in/${slug(p)}`, `/users/by-name/${slug(p)}`, `/api/v2/customers/${p.first}/${p.last}`)),
  H79: moves("tokens behind words for them", (p) =>
    ["reset", "verify", "confirm", "invite", "unsubscribe", "magic", "activate", "download", "s", "t", "token", "share", "track", "magic-link", "reset-password", "password-reset", "passwort-zuruecksetzen", "oauth", "callback", "session", "auth", "key", "secret", "code", "otp", "order", "ticket", "voucher"].map((word) => `/${word}/${slug(p)}/x`)),
  H80: moves("hash routes, hash-bang, text fragments and fragments with queries", (p) => [`#/reset/${p.word}`, `#!/users/${p.word}?q=${p.word}`, `#:~:text=${p.word}`, `#${p.email}`, `?#/${p.word}`, `##${p.word}`]),
  H81: moves("queries in odd places: empty, doubled, encoded, semicolons", (p) => [`?${p.word}`, `??${p.word}`, `?a;b=${p.word}`, `/p%3Ftoken%3D${p.word}`, `/p%23${p.word}`, `?utm_source=news&ref=${slug(p)}&gclid=${p.word}`], { shaped: true }),
  H82: moves("the same in the form of state and replaced addresses", (p) => [`/app/${slug(p)}-${p.digits}`, `/${p.digits.slice(0, 3)}-${p.digits.slice(3, 6)}-${p.digits.slice(6, 9)}`, `/1987-03-21/${p.uuid.replaceAll("-", "/")}`, `/q/${p.word.split("").join("/")}`], { word: (p) => p.word, also: (p) => [p.digits.slice(0, 9), p.uuid.replaceAll("-", ""), "1987-03-21", p.last], shaped: true }),
  H83: links("schemes: mailto, tel, sms, facetime, skype, whatsapp, data, javascript, blob, filesystem, view-source, own, in odd spellings", (p) => [`mailto:${p.email}?subject=${p.word}`, `\tMAILTO:${p.word}`, `tel:+49${p.digits}`, `sms:${p.digits}?body=${p.word}`, `facetime:${p.email}`, `skype:${slug(p)}?call`, `whatsapp://send?phone=${p.digits}&text=${p.word}`, `data:text/html;base64,${Buffer.from(p.word).toString("base64")}`, `javascript:void("${p.word}")`, `java\nscript:"${p.word}"`, `view-source:http://x/${p.word}`, `filesystem:http://x/${p.word}`, `${slug(p)}:x`, `web+${slug(p)}://${p.word}`, `intent://${p.word}#Intent;end`, `bitcoin:${p.word}`, `geo:52.5${p.digits.slice(0, 4)},13.4`], { also: (p) => [p.digits, ...person(p)] }),
  H84: links("hosts, ports, user parts and addresses of networks that carry secrets", (p) => [`https://${slug(p)}:${p.word}@h.example/`, `https://${slug(p)}.example.com/a`, `https://${p.word.toLowerCase()}.s3.example.com/a`, `//${slug(p)}.my.example.net/`, `https://xn--${slug(p)}-9za.mail.example.org/`, `http://${p.digits.slice(0, 2)}.1.1.1/${p.word}`, `https://[fe80::1]/${p.word}`, `https://h.example\\@${p.word}/`, `https://h.example/%2f%2f${p.word}`], { shaped: true, also: person }),
  H85: links("own links: names, tokens, files, searches", (p) => [`/users/${slug(p)}`, `/files/${slug(p)}/invoice-${p.digits}.pdf`, `/download/${p.word}/${p.word}.zip`, `../reset/${p.word}`, `?user=${slug(p)}`, `#user-${slug(p)}`, `/@${slug(p)}`, `/search/${encodeURIComponent(`${p.first} ${p.last}`)}`, `/s/${p.word.slice(0, 8)}`, `/profile/${p.first}.${p.last}`, `/home/${p.first}_${p.last}/x`], { also: (p) => [p.digits, ...person(p)], shaped: true }),
  H86: {
    about: "targets, pings, download names, rel, forms' actions and buttons' formaction",
    html: (p) => `<a id="a" href="/x" target="${p.word}" ping="/t/${p.word}" download="${p.word}.csv" rel="${p.word}" hreflang="${p.word}" type="${p.word}">a</a><form id="f" action="/u/${p.word}?${p.word}" target="${p.word}" name="${p.word}" method="dialog" onsubmit="return false"><button id="go" formaction="/z/${p.word}" formtarget="${p.word}" name="${p.email}">Send</button></form><map name="${p.word}"><area id="ar" href="/m/${p.word}" alt="${p.word}"></map><script>a.onclick=(e)=>e.preventDefault()</script>`,
    act: async (page) => {
      await page.click("#a");
      await page.click("#go");
      await page.evaluate(() => document.getElementById("ar").addEventListener("click", (event) => event.preventDefault()));
      await page.evaluate(() => document.getElementById("ar").click());
    },
    shaped: true,
    expects: [{ type: "click", tag: "a", id: "a" }, { type: "submit", tag: "form", id: "f" }],
  },
  H87: {
    about: "the title changes with each view, and holds names and counts",
    html: button,
    act: async (page, p) => {
      for (const title of [`(3) ${p.first} ${p.last}`, p.email, `Order ${p.digits}`]) {
        await page.evaluate((now) => {
          document.title = now;
          history.pushState({ now }, now, "/inbox/list");
        }, title);
      }
      await page.click("#b");
    },
    also: (p) => [p.digits, ...person(p)],
  },
  H88: {
    about: "a referrer whose path holds a name and a token",
    html: button,
    act: async (page, p) => {
      await page.evaluate((to) => history.replaceState(null, "", to), `/${new URL(page.url()).pathname.split("/")[1]}/reset/${p.word}/${slug(p)}?x=${p.word}`);
      await Promise.all([page.waitForNavigation(), page.evaluate(() => (location.href = `/${location.pathname.split("/")[1]}/second`))]);
      await page.click("#b");
    },
    also: person,
  },
  H89: {
    about: "the base address, canonical and the document's own address changed by the page",
    html: (p) => `<base href="https://${p.word.toLowerCase()}.example.org/reset/${p.word}/"><a id="a" href="plans">a</a><a id="e" href="">e</a><form id="f" action="go"><button id="go">Go</button></form><script>document.addEventListener("click",(e)=>e.target.closest("a")&&e.preventDefault());document.addEventListener("submit",(e)=>e.preventDefault())</script>`,
    act: async (page) => {
      for (const id of ["a", "e", "go"]) await page.click(`#${id}`);
    },
    shaped: true,
  },
  H90: {
    about: "what is typed in a search is the path, split, joined with signs, encoded and in another case",
    html: `<input id="x" type="search">${button}`,
    act: async (page, p) => {
      await page.locator("#x").pressSequentially(p.word);
      await page.evaluate((word) => {
        for (const path of [word.toLowerCase(), word.toUpperCase(), `${word}-news`, `${word.slice(0, 5)}/${word.slice(5)}`, `a_${word}_b`, btoa(word), [...word].reverse().join("")]) history.pushState(null, "", `/topics/${path}`);
      }, p.word);
      await page.click("#b");
    },
    also: (p) => [p.word.slice(0, 5) + p.word.slice(5)],
  },
  H91: moves("ordinary views keep their path", () => ["/prices", "/docs/getting-started", "/shop/shoes", "/blog/how-to-choose-a-tent"], {
    also: undefined,
    some: (event) => event.type === "page" && /\/docs\/getting-started$/.test(event.context.page.path),
  }),
};
