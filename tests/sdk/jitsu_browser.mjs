// Sends every call of Jitsu's SDK from a page in Chromium: node jitsu_browser.mjs COLLECT WRITE_KEY
//
// Visits: the module; the script with its settings in attributes; and one whose person does not want to be recognised.
// A key of Jitsu has two parts, so whoever moves here writes something after the write key.
import { readFileSync } from 'node:fs'
import { open } from './front.mjs'
import { until, visit } from './site.mjs'
import { delivered, must, tell } from './wire.mjs'

const [collect, writeKey] = process.argv.slice(2)
const files = { '/jitsu.mjs': '@jitsu/js/dist/jitsu.es.js' }
// The script sends to where it came from, so that whoever uses it has one name for it and the collect door.
const scripts = { '/p.js': readFileSync(new URL('node_modules/@jitsu/js/dist/web/p.js.txt', import.meta.url)) }
const title = '<!doctype html><title>Shop</title>'
const key = `${writeKey}:any`
const module = (front, options = '') => `${title}<script type="module">
  import { jitsuAnalytics } from '/jitsu.mjs'
  window.analytics = jitsuAnalytics({ host: '${front.url}', writeKey: '${key}', errorPolicy: 'rethrow', ${options} })
</script>`
const traits = { plan: 'pro', company: { id: 'c-1' } }
const personal = { 'traits.email': '[sealed: email]', 'traits.firstName': '[sealed: name]' }

async function byModule() {
  const front = await open(collect)
  const act = async ({ page, origin }) => {
    await page.goto(`${origin}/pricing?utm_source=letter&utm_campaign=autumn`)
    await page.evaluate(async () => {
      await analytics.page('Pricing', { tab: 'teams' })
      await analytics.track('Plan Chosen', { plan: 'pro', seats: 3, price: 12.5, trial: true, tags: ['a', 'b'], nothing: null, nested: { a: [1, [2]] } })
      await analytics.track('Form Sent', { password: 'correct horse battery staple', contact: 'write to ada@example.com', method: 'form' })
      await analytics.identify('u-ada', { email: 'ada@example.com', firstName: 'Ada', plan: 'pro', company: { id: 'c-1' } })
      await analytics.track('Order Completed', { order_id: 'o-1001', total: 129.95, unicode: 'Grüße, 世界 🌍' }, { context: { campaign: { name: 'spring' } } })
      await analytics.group('g-7', { name: 'Analytical Engines', employees: 40 })
      analytics.setContextProperty('shop', { branch: 'north' })
      await analytics.track('In A Branch')
      await analytics.reset()
      await analytics.track('After Reset', {})
    })
    await until('everything sent', () => delivered(front.seen).length >= 8)
  }
  await visit(act, { files, pages: { '/pricing': module(front) }, allowed: [front.url] })
  const sent = delivered(front.seen)
  const user = { userId: 'u-ada' }
  tell(sent, [
    { type: 'page', properties: { name: 'Pricing', tab: 'teams', path: '/pricing' }, context: { campaign: { source: 'letter' } } },
    { type: 'track', event: 'Plan Chosen', properties: { plan: 'pro', seats: 3, price: 12.5, trial: true, tags: ['a', 'b'], nested: { a: [1, [2]] } } },
    { type: 'track', event: 'Form Sent', properties: { method: 'form' }, expect: { 'properties.password': '[removed: password]', 'properties.contact': '~[sealed: email #' } },
    { type: 'identify', ...user, traits, expect: personal },
    { type: 'track', event: 'Order Completed', ...user, context: { traits, campaign: { name: 'spring' } }, expect: personal },
    { type: 'group', ...user, groupId: 'g-7', traits: { name: 'Analytical Engines', employees: 40 } },
    // After a call of group the SDK takes the group's traits for the person's.
    { type: 'track', event: 'In A Branch', ...user, context: { shop: { branch: 'north' } }, expect: { ...personal, 'traits.name': '[sealed: name]' } },
    { type: 'track', event: 'After Reset' },
  ])
  const anonymous = (event) => sent.find((message) => message.event === event).anonymousId
  must('the anonymous id stays when somebody signs in', anonymous('Plan Chosen') === anonymous('Order Completed'))
  must('a reset makes a new visitor', anonymous('After Reset') !== anonymous('Plan Chosen'))
  const posts = front.seen.filter(({ method }) => method === 'POST')
  must('the key stands in the header', posts.every(({ headers }) => headers['x-write-key'] === key))
  must('the SDK reads the replies', posts.every(({ reply }) => JSON.parse(reply).ok === true))
  front.close()
}

async function byScript() {
  const front = await open(collect, { scripts })
  const script = `${title}<script>window.jitsuLoaded = (jitsu) => jitsu.track('By Script', { case: 1 })</script>
    <script src="${front.url}/p.js" data-onload="jitsuLoaded" data-write-key="${key}"></script>`
  const unknown = module(front, 'privacy: { disableUserIds: true, ipPolicy: "remove" }')
  const act = async ({ page, origin }) => {
    await page.goto(`${origin}/`)
    await until('the page and an event', () => delivered(front.seen).length >= 2)
    await page.goto(`${origin}/unknown`)
    await page.evaluate(() => analytics.track('By Nobody', { case: 2 }))
    await until('the last answer', () => front.seen.at(-1).body.includes('By Nobody'))
  }
  await visit(act, { files, pages: { '/': script, '/unknown': unknown }, allowed: [front.url] })
  const sent = delivered(front.seen)
  const nobody = sent.find(({ event }) => event === 'By Nobody')
  must('nobody has no id', !nobody.userId && !nobody.anonymousId, nobody)
  // An event of nobody is refused and counted; nothing of it may be kept.
  tell(sent.filter((message) => message !== nobody), [
    { type: 'page', properties: { path: '/' } },
    { type: 'track', event: 'By Script', properties: { case: 1 } },
  ])
  front.close()
}

await byModule()
await byScript()
