// Sends every call of Segment's browser SDK from a page in Chromium: node segment_browser.mjs COLLECT WRITE_KEY
//
// Visits: the default delivery, one event a request, its first ones refused; batches that leave with the page;
// the snippet with the settings in the page; and pixels.
import { open } from './front.mjs'
import { until, visit } from './site.mjs'
import { delivered, must, tell } from './wire.mjs'

const [collect, writeKey] = process.argv.slice(2)
const BUNDLES = '@segment/analytics-next/dist/umd'
const files = { '/sdk.js': `${BUNDLES}/index.js`, '/snippet.js': `${BUNDLES}/standalone.js` }
const title = '<!doctype html><title>Shop</title>'
const page = (script) => `${title}<script src="/sdk.js"></script><script>${script}</script>`
// What settings of the SDK people use to point it here.
const pointed = (front, more = '') => `{ integrations: { 'Segment.io': { apiHost: '${front.url.slice(7)}/v1', protocol: 'http' ${more} } } }`
const load = (front, more, settings = '') =>
  `var analytics = AnalyticsNext.AnalyticsBrowser.load({ writeKey: '${writeKey}', cdnURL: '${front.url}' ${settings} }, ${pointed(front, more)})`

async function oneByOne() {
  const front = await open(collect, { refuse: [429, 503] })
  const act = async ({ page }) => {
    await page.goto(`${page.origin}/pricing?utm_source=letter&utm_campaign=autumn&q=1`)
    await page.evaluate(async () => {
      await analytics.page('Docs', 'Pricing', { tab: 'teams' })
      await analytics.track('Plan Chosen', { plan: 'pro', seats: 3, price: 12.5, trial: true, tags: ['a', 'b'], nothing: null, nested: { a: [1, [2]] } })
      await analytics.track('Form Sent', { password: 'correct horse battery staple', contact: 'write to ada@example.com', method: 'form' })
      await analytics.identify('u-ada', { email: 'ada@example.com', firstName: 'Ada', phone: '+49 30 1234567', plan: 'pro', score: 0.5, company: { id: 'c-1' } })
      await analytics.track('Order Completed', { order_id: 'o-1001', total: 129.95, unicode: 'Grüße, 世界 🌍' }, {
        timestamp: new Date('2026-09-02T08:30:00.000Z'),
        integrations: { All: false, 'Segment.io': true },
        context: { campaign: { name: 'spring' }, device: { type: 'till' } },
      })
      await analytics.identify({ nickname: 'duchess' })
      await analytics.group('g-7', { name: 'Analytical Engines', plan: 'enterprise', employees: 40 })
      await analytics.screen('App', 'Settings', { tab: 'billing' })
      await analytics.alias('u-ada-2', 'u-ada')
      await analytics.track('No Properties')
      await analytics.reset()
      await analytics.track('After Reset', {})
    })
    await until('everything sent', () => delivered(front.seen).length >= 11)
  }
  await visitAt(front, { '/pricing': page(load(front)) }, act)
  const campaign = { source: 'letter', name: 'autumn' }
  const sent = delivered(front.seen)
  // Events that come again carry who is signed in by then, so nothing is said of the first ones' user.
  tell(sent, [
    { type: 'page', name: 'Pricing', category: 'Docs', properties: { tab: 'teams', path: '/pricing', title: 'Shop', search: '?utm_source=letter&utm_campaign=autumn&q=1' }, context: { campaign } },
    { type: 'track', event: 'Plan Chosen', properties: { plan: 'pro', seats: 3, price: 12.5, trial: true, tags: ['a', 'b'], nested: { a: [1, [2]] } } },
    { type: 'track', event: 'Form Sent', properties: { method: 'form' }, expect: { 'properties.password': '[removed: password]', 'properties.contact': '~[sealed: email #' } },
    {
      type: 'identify', userId: 'u-ada', traits: { plan: 'pro', score: 0.5, company: { id: 'c-1' } },
      expect: { 'traits.email': '[sealed: email]', 'traits.firstName': '[sealed: name]', 'traits.phone': '[sealed: phone]' },
    },
    { type: 'track', event: 'Order Completed', userId: 'u-ada', timestamp: '2026-09-02T08:30:00.000Z', properties: { total: 129.95 }, context: { campaign: { name: 'spring' }, device: { type: 'till' } } },
    {
      type: 'identify', userId: 'u-ada', traits: { nickname: 'duchess', plan: 'pro' },
      expect: { 'traits.email': '[sealed: email]', 'traits.firstName': '[sealed: name]', 'traits.phone': '[sealed: phone]' },
    },
    { type: 'group', userId: 'u-ada', groupId: 'g-7', traits: { name: 'Analytical Engines', employees: 40 } },
    { type: 'screen', name: 'Settings', category: 'App', userId: 'u-ada', properties: { tab: 'billing' } },
    { type: 'alias', userId: 'u-ada', previousId: 'u-ada' },
    { type: 'track', event: 'No Properties', userId: 'u-ada' },
    { type: 'track', event: 'After Reset', userId: null },
  ])
  const anonymous = (event) => sent.find((message) => message.event === event).anonymousId
  must('the anonymous id stays when somebody signs in', anonymous('Plan Chosen') === anonymous('Order Completed'))
  must('a reset makes a new visitor', anonymous('After Reset') !== anonymous('Plan Chosen'))
  must('every message names the library', sent.every((message) => message.context.library.version.endsWith('next-1.84.3')), sent[0])
  const again = front.seen.filter(({ headers }) => headers['x-retry-count'])
  must('refused messages come again', again.length >= 2, again.length)
  must('the write key stands in the header', front.seen.filter(({ method }) => method === 'POST').every(({ headers }) => headers.authorization))
}

/** Batches; what is not full leaves when the page does. */
async function inBatches() {
  const front = await open(collect)
  const act = async ({ page }) => {
    await page.goto(`${page.origin}/`)
    await page.evaluate(async () => {
      for (let index = 0; index < 4; index += 1) await analytics.track('Batched', { case: index })
    })
    await until('a full batch', () => front.seen.some(({ path }) => path.startsWith('/v1/b')))
    await page.goto(`${page.origin}/elsewhere`)
    await until('the last of them', () => delivered(front.seen).length >= 4)
  }
  const batching = ", deliveryStrategy: { strategy: 'batching', config: { size: 3, timeout: 60000 } }"
  await visitAt(front, { '/': page(load(front, batching)), '/elsewhere': title }, act)
  tell(delivered(front.seen), [0, 1, 2, 3].map((index) => ({ type: 'track', event: 'Batched', properties: { case: index } })))
  must('batches went as such', front.seen.filter(({ path, method }) => method === 'POST' && path === '/v1/b').length === 2, front.seen)
}

/** The snippet's build, from the shop's own server, with calls made before it was there; and settings given in the page. */
async function bySnippet() {
  const front = await open(collect)
  const queue = `
    window.analytics = [['track', 'Before The Script', { case: 1 }], ['page']]
    analytics.initialized = false; analytics.invoked = true; analytics._writeKey = '${writeKey}'; analytics._cdn = '${front.url}'
    analytics._loadOptions = ${pointed(front)}`
  const pages = {
    '/': `${title}<script>${queue}</script><script src="/snippet.js"></script>`,
    '/given': page(load(front, '', `, cdnSettings: { integrations: { 'Segment.io': { apiKey: '${writeKey}' } } }`)),
  }
  const act = async ({ page }) => {
    await page.goto(`${page.origin}/`)
    await until('what was said before', () => delivered(front.seen).length >= 2)
    const asked = () => front.seen.filter(({ path }) => path.includes('/settings')).length
    must('the snippet asks for its settings', asked() === 1, asked())
    await page.goto(`${page.origin}/given`)
    await page.evaluate(() => analytics.track('Settings Given', { case: 2 }))
    await until('an event without a settings file', () => delivered(front.seen).length >= 3)
    must('nobody asks for given settings', asked() === 1, asked())
  }
  await visitAt(front, pages, act)
  tell(delivered(front.seen), [
    { type: 'track', event: 'Before The Script', properties: { case: 1 } },
    { type: 'page', properties: { path: '/' } },
    { type: 'track', event: 'Settings Given', properties: { case: 2 } },
  ])
}

/** Pictures whose address is the event, as mails and pages without scripts carry them. */
async function byPixel() {
  const front = await open(collect)
  const message = { writeKey, userId: 'u-ada', event: 'Mail Opened', messageId: 'pixel-1', properties: { case: 1, unicode: 'Grüße ÿ~>' }, context: { library: { name: 'pixel' } } }
  const data = (value) => encodeURIComponent(Buffer.from(JSON.stringify(value)).toString('base64'))
  const page = { writeKey, anonymousId: 'anon-pixel', name: 'Mail', messageId: 'pixel-2', properties: { url: 'https://shop.example.com/' } }
  const pictures = [`/v1/pixel/track?data=${data(message)}`, `/v1/pixel/page.gif?data=${data(page)}`]
  const act = async ({ page }) => {
    await page.goto(`${page.origin}/`)
    const widths = await page.evaluate(() => Promise.all([...document.images].map(async (image) => (await image.decode(), image.naturalWidth))))
    must('the pictures are pictures', widths.join() === '1,1', widths.join())
  }
  await visitAt(front, { '/': `${title}${pictures.map((path) => `<img src="${front.url}${path}">`).join('')}` }, act)
  console.log(JSON.stringify({ sent: { ...message, type: 'track' }, expect: {} }))
  console.log(JSON.stringify({ sent: { ...page, type: 'page' }, expect: {} }))
}

async function visitAt(front, pages, act) {
  await visit(async ({ page, origin }) => act({ page: Object.assign(page, { origin }) }), { files, pages, allowed: [front.url] })
  front.close()
}

await oneByOne()
await inBatches()
await bySnippet()
await byPixel()
