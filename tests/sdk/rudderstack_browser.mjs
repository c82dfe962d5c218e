// Sends every call of RudderStack's browser SDK from a page in Chromium: node rudderstack_browser.mjs COLLECT WRITE_KEY
//
// Visits: the default delivery, one event a request, its first ones refused; batches; beacons that leave with the page;
// and a page that brings its source's configuration itself. The build is the one that loads nothing further.
import { open } from './front.mjs'
import { until, visit } from './site.mjs'
import { delivered, must, tell } from './wire.mjs'

const [collect, writeKey] = process.argv.slice(2)
const files = { '/sdk.js': '@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js' }
const title = '<!doctype html><title>Shop</title>'
const page = (front, options) => `${title}<script src="/sdk.js"></script><script>
  var analytics = new rudderanalytics.RudderAnalytics()
  analytics.load('${writeKey}', '${front.url}', { configUrl: '${front.url}', logLevel: 'ERROR', ${options} })
</script>`
const personal = { 'traits.email': '[sealed: email]', 'traits.firstName': '[sealed: name]' }

async function oneByOne() {
  const front = await open(collect, { refuse: [503, 429] })
  const act = async ({ page, origin }) => {
    await page.goto(`${origin}/pricing?utm_source=letter&q=1`)
    await page.evaluate(() => {
      analytics.page('Docs', 'Pricing', { tab: 'teams' })
      analytics.track('Plan Chosen', { plan: 'pro', seats: 3, price: 12.5, trial: true, tags: ['a', 'b'], nothing: null, nested: { a: [1, [2]] } })
      analytics.track('Form Sent', { password: 'correct horse battery staple', contact: 'write to ada@example.com', method: 'form' })
      analytics.identify('u-ada', { email: 'ada@example.com', firstName: 'Ada', plan: 'pro', company: { id: 'c-1' } })
      analytics.track('Order Completed', { order_id: 'o-1001', total: 129.95, unicode: 'Grüße, 世界 🌍' }, { originalTimestamp: '2026-09-02T08:30:00.000Z', campaign: { name: 'spring' } })
      analytics.group('g-7', { name: 'Analytical Engines', employees: 40 })
      analytics.alias('u-ada-2', 'u-ada')
      analytics.track('No Properties')
      analytics.reset(true)
      analytics.track('After Reset', {})
    })
    await until('everything sent', () => delivered(front.seen).length >= 9)
  }
  await visit(act, { files, pages: { '/pricing': page(front, 'queueOptions: { minRetryDelay: 100 }') }, allowed: [front.url] })
  const sent = delivered(front.seen)
  const user = { userId: 'u-ada', channel: 'web' }
  tell(sent, [
    { type: 'page', name: 'Pricing', category: 'Docs', userId: '', properties: { tab: 'teams', path: '/pricing', title: 'Shop' }, context: { campaign: { source: 'letter' } } },
    { type: 'track', event: 'Plan Chosen', userId: '', properties: { plan: 'pro', seats: 3, price: 12.5, trial: true, tags: ['a', 'b'], nested: { a: [1, [2]] } } },
    { type: 'track', event: 'Form Sent', properties: { method: 'form' }, expect: { 'properties.password': '[removed: password]', 'properties.contact': '~[sealed: email #' } },
    { type: 'identify', ...user, context: { traits: { plan: 'pro', company: { id: 'c-1' } } }, expect: personal },
    { type: 'track', event: 'Order Completed', ...user, originalTimestamp: '2026-09-02T08:30:00.000Z', properties: { total: 129.95 }, expect: personal },
    { type: 'group', ...user, groupId: 'g-7', traits: { name: 'Analytical Engines', employees: 40 } },
    { type: 'alias', userId: 'u-ada-2', previousId: 'u-ada', expect: personal },
    { type: 'track', event: 'No Properties', ...user, expect: personal },
    { type: 'track', event: 'After Reset', userId: '' },
  ])
  const anonymous = (event) => sent.find((message) => message.event === event).anonymousId
  must('the anonymous id stays when somebody signs in', anonymous('Plan Chosen') === anonymous('Order Completed'))
  must('a reset makes a new visitor', anonymous('After Reset') !== anonymous('Plan Chosen'))
  must('the configuration was asked for', front.seen.some(({ method, path }) => method === 'GET' && path.startsWith('/sourceConfig/?')))
  must('what was refused came again', front.seen.filter(({ headers }) => headers['rsa-retry-attempt']).length === 2)
  front.close()
}

async function inBatches() {
  const front = await open(collect)
  const act = async ({ page, origin }) => {
    await page.goto(`${origin}/`)
    await page.evaluate(() => [0, 1, 2, 3].forEach((index) => analytics.track('Batched', { case: index })))
    await until('everything sent', () => delivered(front.seen).length >= 4)
  }
  await visit(act, { files, pages: { '/': page(front, 'queueOptions: { batch: { enabled: true, maxItems: 3, flushInterval: 1000 } }') }, allowed: [front.url] })
  tell(delivered(front.seen), [0, 1, 2, 3].map((index) => ({ type: 'track', event: 'Batched', properties: { case: index } })))
  must('batches went as such', front.seen.some(({ method, path }) => method === 'POST' && path === '/v1/batch'))
  front.close()
}

async function byBeacon() {
  const front = await open(collect)
  const config = { source: { id: 's', name: 'Shop', writeKey, enabled: true, workspaceId: 'w', config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } }, destinations: [] } }
  const options = `useBeacon: true, beaconQueueOptions: { maxItems: 3, flushQueueInterval: 60000 }, getSourceConfig: () => (${JSON.stringify(config)})`
  const act = async ({ page, origin }) => {
    await page.goto(`${origin}/`)
    await page.evaluate(() => [0, 1, 2, 3].forEach((index) => analytics.track('By Beacon', { case: index })))
    await until('a full beacon', () => delivered(front.seen).length >= 3)
    await page.goto(`${origin}/elsewhere`)
    await until('the last of them', () => delivered(front.seen).length >= 4)
  }
  await visit(act, { files, pages: { '/': page(front, options), '/elsewhere': title }, allowed: [front.url] })
  tell(delivered(front.seen), [0, 1, 2, 3].map((index) => ({ type: 'track', event: 'By Beacon', properties: { case: index } })))
  must('beacons went as such', front.seen.every(({ path }) => path.startsWith('/beacon/v1/batch?writeKey=')), front.seen[0].path)
  front.close()
}

await oneByOne()
await inBatches()
await byBeacon()
