// Addresses of pages and links, titles, referrers, campaigns, errors.

const button = '<button id="b">go</button>';
const click = (page) => page.click("#b");
const at = (about, query, more = {}) => ({ about, query, html: button, act: click, ...more });

export const addresses = {
  AC25: at("reset token in the query", (p) => `?token=${p.word}&${p.word}=1&${p.word}`),
  AC26: at("access token in the fragment", (p) => `#access_token=${p.word}`),
  AC32: {
    about: "a GET form puts what was typed in the next address",
    html: '<form method="get"><input id="x" name="utm_source"><input name="password" id="y" type="password"><button id="go">Search</button></form>',
    act: async (page, p) => {
      await page.fill("#x", p.word);
      await page.fill("#y", p.word);
      await Promise.all([page.waitForURL(/password=/), page.click("#go")]);
    },
  },
  AC34: { about: "title with name and address", html: (p) => `<title>${p.word} - ${p.email}</title>${button}`, act: click },
  AC69: {
    about: "uncaught error that holds a typed value",
    html: `<input id="x">${button}`,
    act: async (page, p) => {
      await page.fill("#x", p.word);
      await page.evaluate((word) => {
        setTimeout(() => {
          throw new Error(`bad value ${word}`);
        });
        Promise.reject(new Error(word));
        console.error(word);
        window.dispatchEvent(new ErrorEvent("error", { message: word, filename: `http://x/?${word}` }));
      }, p.word);
      await click(page);
    },
    complains: true,
  },
  // Of our own.
  AC74: {
    about: "history: tokens in addresses that are pushed and replaced",
    html: button,
    act: async (page, p) => {
      await page.evaluate((word) => {
        history.pushState({ word }, word, `/app/invite/${word}/step?x=${word}`);
        history.replaceState({ word }, "", `/app/${word}?a`);
        location.hash = word;
        history.pushState(null, "", `/app/users/${encodeURIComponent(word)}%40example.com/orders`);
      }, p.word);
      await click(page);
    },
    shaped: true,
  },
  AC76: {
    about: "hash routers",
    html: button,
    act: async (page, p) => {
      await page.evaluate((word) => (location.hash = `#/people/${word}?a=${word}`), p.word);
      await page.evaluate((word) => (location.hash = `#!/${word}`), p.word);
      await click(page);
    },
  },
  AC78: {
    about: "referrer with a token",
    html: button,
    act: async (page, p) => {
      await page.evaluate((word) => {
        history.replaceState(null, "", `?token=${word}`);
        location.href = `${location.pathname}?second=1`;
      }, p.word);
      await page.waitForURL(/second/);
      await click(page);
    },
  },
  AC80: at("campaign values that are no words", (p) => `?utm_source=${p.word}&utm_content=${p.email}&utm_term=${p.digits}`, { shaped: true }),
  X01: {
    about: "typed text in the path of the next view",
    html: `<input id="x" type="search">${button}`,
    act: async (page, p) => {
      await page.locator("#x").pressSequentially(p.word);
      await page.evaluate((word) => history.pushState(null, "", `/find/${word}`), p.word);
      await page.evaluate((word) => history.pushState(null, "", `/topics/${word}/all`), p.word);
      await click(page);
    },
  },
  X02: at("matrix parameters and encoded segments", undefined, {
    path: (p) => `/a;jsessionid=${p.word}/%2e%2e/${[...Buffer.from(p.word)].map((b) => `%${b.toString(16)}`).join("")}/${encodeURIComponent(encodeURIComponent(p.email))}/x;${p.word}`,
    shaped: true,
  }),
  X03: at("uuid, hexadecimal, base64 and dates of birth in the path", undefined, {
    path: (p) => `/${Buffer.from(p.word).toString("hex")}/${Buffer.from(p.word).toString("base64url")}/${p.uuid}/${p.digits}/${p.word}.pdf`,
    also: (p) => [p.uuid, p.digits],
    shaped: true,
  }),
  X04: {
    about: "hosts that carry secrets, in links",
    html: (p) => `<a id="b" href="https://${p.word.toLowerCase().replace(/[^a-z0-9]/g, "")}.files.example.com:8443/a" onclick="event.preventDefault()">x</a><a id="c" href="https://xn--${p.word.toLowerCase().replace(/[^a-z0-9]/g, "")}-kva.mail.example.org/" onclick="event.preventDefault()">y</a>`,
    act: async (page) => {
      await page.click("#b");
      await page.click("#c");
    },
    shaped: true,
  },
  X05: {
    about: "schemes of links: script, data, blob, own",
    html: (p) => `<a id="a" href="javascript:void('${p.word}')">a</a> <a id="b" href="data:text/plain,${p.word}" download="${p.word}">b</a> <a id="c">c</a> <a id="d" href="web+${p.word.toLowerCase().replace(/[^a-z]/g, "")}:${p.word}" onclick="event.preventDefault()">d</a> <a id="e" href="http://[${p.word}" onclick="event.preventDefault()">e</a><script>c.href=URL.createObjectURL(new Blob(["${p.word}"]))+"#${p.word}";b.onclick=c.onclick=(e)=>e.preventDefault()</script>`,
    act: async (page) => {
      for (const id of ["a", "b", "c", "d", "e"]) await page.click(`#${id}`);
    },
  },
  X06: {
    about: "base address, canonical link, meta and JSON of the page",
    html: (p) => `<base href="/reset/${p.word}/?${p.word}"><link rel="canonical" href="/${p.word}"><meta property="og:url" content="${p.word}"><script type="application/ld+json">{"a":"${p.word}"}</script><a id="b" href="next" onclick="event.preventDefault()">n</a>`,
    act: click,
    shaped: true,
  },
  X07: {
    about: "fields that hide the document's own properties",
    html: (p) => `<form name="referrer"></form><img name="title" alt="${p.word}"><form name="documentElement"></form><form name="getElementsByTagName"></form><form name="cookie"></form><form name="body"><input name="childNodes"></form>${button}`,
    act: click,
  },
  X08: {
    about: "people's names behind the word for them, in paths",
    html: (p) => `<a id="b" href="/users/${p.word}/settings" onclick="event.preventDefault()">x</a><a id="c" href="/share/x/${p.word}/y" onclick="event.preventDefault()">x</a>`,
    act: async (page, p) => {
      await page.click("#b");
      await page.click("#c");
      await page.evaluate((word) => history.pushState(null, "", `/customers/${word}`), p.word);
    },
  },
  X09: {
    about: "links beneath a password word",
    html: (p) => `<a id="b" href="/contraseña/nueva/${p.word}" onclick="event.preventDefault()">x</a><a id="c" href="/%D0%BF%D0%B0%D1%80%D0%BE%D0%BB%D1%8C/${p.word}" onclick="event.preventDefault()">x</a>`,
    act: async (page) => {
      await page.click("#b");
      await page.click("#c");
    },
  },
};
