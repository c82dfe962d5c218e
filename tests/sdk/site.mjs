// A shop's site in Debian's Chromium: a tiny server for the page and the SDK's own files, and a browser that
// can reach nothing but this site and the collect door.
//
//   await visit(async ({ page, origin }) => …, { files: { '/sdk.js': 'vendor/dist/sdk.js' }, pages: { '/': '<html>…' }, allowed: [front.url] })
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const TYPES = { js: 'text/javascript', mjs: 'text/javascript', html: 'text/html; charset=utf-8', map: 'application/json', txt: 'text/javascript' }

/** An error of the page, an attempt to reach anybody else, a failed request: each ends the test. */
export async function visit(act, { files = {}, pages = {}, allowed = [] }) {
  const server = http.createServer(async (request, answer) => {
    const { pathname } = new URL(request.url, 'http://site')
    const file = files[pathname]
    const body = pages[pathname] ?? (file && (await readFile(fileURLToPath(new URL(`node_modules/${file}`, import.meta.url)))))
    answer.writeHead(body === undefined ? 404 : 200, { 'Content-Type': TYPES[file?.split('.').pop() ?? 'html'] })
    answer.end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://localhost:${server.address().port}`
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Whatever name is asked for, there is nothing but this machine.
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
  })
  const wrong = []
  try {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin' })
    context.on('request', (request) => {
      const url = request.url()
      if (/^(data|blob|about):/.test(url)) return
      if (![origin, ...allowed].includes(new URL(url).origin)) wrong.push(`asked a stranger: ${url}`)
    })
    context.on('weberror', ({ error }) => wrong.push(`page: ${error().stack ?? error()}`))
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    page.on('console', (message) => process.env.SDK_DEBUG && console.error(`console.${message.type()}: ${message.text()}`))
    await act({ page, context, origin })
  } finally {
    await browser.close()
    server.close()
    server.closeAllConnections()
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
}

/** Asks until `look` says something, for at most a minute. */
export async function until(what, look) {
  const end = Date.now() + 60_000
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited a minute for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
