// Sends every call of Mixpanel's browser SDK from a page in Chromium: node mixpanel_browser.mjs COLLECT WRITE_KEY
//
// Visits: the default, batches of base64, the first one refused; JSON one by one, by beacon and at the page's end; and
// by GET and picture, with the event in the address.
import { open } from './front.mjs'
import { delivered, tell } from './mixpanel.mjs'
import { until, visit } from './site.mjs'
import { must, person } from './wire.mjs'

const [collect, writeKey] = process.argv.slice(2)
const files = { '/sdk.js': 'mixpanel-browser/dist/mixpanel.umd.js' }
const title = '<!doctype html><title>Shop</title>'
const page = (front, options) => `${title}<a id="terms" href="/terms">Terms</a>
  <form id="search" action="/found"><input name="q" value="secret of the form"><button id="go">Go</button></form>
  <script src="/sdk.js"></script><script>
    mixpanel.init('${writeKey}', { api_host: '${front.url}', ${options} })
    // The SDK stores what is called on the side, so that calls made at once may change places. Each waits for the one before.
    const call = (object, method, ...args) => new Promise((done) => object[method](...args, done))
  </script>`

async function inBatches() {
  const front = await open(collect, { refuse: [503] })
  const seen = (event) => until(event, () => delivered(front.seen).find(({ item }) => item.event === event))
  const act = async ({ page, origin }) => {
    await page.goto(`${origin}/pricing?utm_source=letter&utm_campaign=autumn`)
    await page.evaluate(async () => {
      mixpanel.register({ 'App Version': '3.1' })
      mixpanel.register_once({ 'First Plan': 'free' })
      mixpanel.track_pageview({ tab: 'teams' })
      await call(mixpanel, 'track', 'Plan Chosen', { plan: 'pro', seats: 3, price: 12.5, trial: true, tags: ['a', 'b'], nothing: null, nested: { a: [1, [2]] }, at: new Date('2026-09-01T10:00:00Z') })
      await call(mixpanel, 'track', 'Form Sent', { password: 'correct horse battery staple', contact: 'write to ada@example.com', method: 'form' })
      mixpanel.people.set({ $email: 'ada@example.com', plan: 'pro' })
      mixpanel.time_event('Order Completed')
      mixpanel.identify('u-ada')
    })
    await seen('$identify')
    await page.evaluate(async () => {
      const { people } = mixpanel
      await call(mixpanel, 'track', 'Order Completed', { order_id: 'o-1001', total: 129.95, unicode: 'Grüße, 世界 🌍 +/=' })
      mixpanel.unregister('App Version')
      await call(people, 'set', '$first_name', 'Ada')
      await call(people, 'set', { score: 1, visits: 2, gone: 'soon', list: ['x', 'y'], since: new Date('2026-09-01T10:00:00Z') })
      await call(people, 'set_once', { plan: 'free', source: 'letter' })
      await call(people, 'increment', 'visits', 1)
      await call(people, 'increment', { score: -0.5, fresh: 4 })
      await call(people, 'append', 'list', 'z')
      await call(people, 'append', { other: 1 })
      await call(people, 'union', 'list', ['z', 'w'])
      await call(people, 'remove', 'list', 'y')
      await call(people, 'unset', ['gone'])
      people.track_charge(30.5, { sku: 's-1' })
      await call(people, 'clear_charges')
      const group = mixpanel.get_group('company', 'c-1')
      await call(group, 'set', { name: 'Analytical Engines', employees: 40, list: ['a'] })
      await call(group, 'set', 'plan', 'enterprise')
      await call(group, 'set_once', { plan: 'free', since: 1843 })
      await call(group, 'union', 'list', ['b'])
      await call(group, 'remove', 'list', 'a')
      await call(group, 'unset', 'employees')
      await call(mixpanel, 'set_group', 'company', ['c-1', 'c-2'])
      await call(mixpanel, 'add_group', 'company', 'c-3')
      await call(mixpanel, 'remove_group', 'company', 'c-2')
      await call(mixpanel, 'track_with_groups', 'With Groups', { case: 1 }, { company: 'c-9' })
      mixpanel.name_tag('ada')
      mixpanel.alias('u-ada-2')
    })
    await until('the alias', () => delivered(front.seen).some(({ item }) => item.event === '$identify' && item.properties.distinct_id === 'u-ada-2'))
    await page.evaluate(async () => {
      mixpanel.people.delete_user()
      await call(mixpanel.get_group('company', 'c-3'), 'delete')
      mixpanel.reset()
      await call(mixpanel, 'track', 'After Reset', {})
      mixpanel.track_links('#terms', 'Terms Read', { case: 2 })
    })
    await seen('After Reset')
    await page.click('#terms')
    await page.waitForURL('**/terms')
    await page.goto(`${origin}/pricing`)
    await page.evaluate(() => mixpanel.track_forms('#search', 'Searched', { case: 3 }))
    await page.click('#go')
    await page.waitForURL('**/found*')
    await page.goto(`${origin}/pricing`)
    await seen('Searched')
  }
  const options = "batch_flush_interval_ms: 300, flags: true, remote_settings_mode: 'fallback'"
  await visit(act, { files, pages: { '/pricing': page(front, options), '/terms': title, '/found': title }, allowed: [front.url] })
  const web = { properties: { mp_lib: 'web', $lib_version: '2.83.0' } }
  const event = (event, properties, expect) => ({ route: 'track', item: { event, properties: { ...web.properties, ...properties } }, expect })
  const people = (item, expect) => ({ route: 'engage', item: { $distinct_id: 'u-ada', ...item }, expect })
  const group = (item) => ({ route: 'groups', item: { $group_key: 'company', $group_id: 'c-1', ...item } })
  const ada = { distinct_id: 'u-ada', $user_id: 'u-ada' }
  tell(delivered(front.seen), [
    event('$mp_web_page_view', { tab: 'teams', current_url_path: '/pricing', utm_campaign: 'autumn', 'App Version': '3.1' }),
    event('Plan Chosen', { plan: 'pro', seats: 3, price: 12.5, trial: true, tags: ['a', 'b'], nothing: null, nested: { a: [1, [2]] }, 'First Plan': 'free' }),
    event('Form Sent', { method: 'form' }, { 'properties.password': '[removed: password]', 'properties.contact': '~[sealed: email #' }),
    event('$identify', ada),
    event('Order Completed', { ...ada, total: 129.95, unicode: 'Grüße, 世界 🌍 +/=', 'App Version': '3.1' }),
    event('With Groups', { ...ada, case: 1, company: 'c-9' }),
    event('$create_alias', { distinct_id: 'u-ada', alias: 'u-ada-2' }),
    event('$identify', { distinct_id: 'u-ada-2', $anon_distinct_id: 'u-ada' }),
    event('After Reset', {}),
    event('Terms Read', { case: 2 }),
    event('Searched', { case: 3 }),
    people({ $set: { plan: 'pro' } }, { 'traits.email': '[sealed: email]' }),
    people({ $set_once: { initial_utm_source: 'letter' } }),
    people({ $set: { $first_name: 'Ada' } }, { 'traits.first_name': '[sealed: name]' }),
    people({ $set: { score: 1, visits: 2, gone: 'soon', list: ['x', 'y'], since: '2026-09-01T10:00:00' } }),
    people({ $set_once: { plan: 'free', source: 'letter' } }),
    people({ $add: { visits: 1 } }),
    people({ $add: { score: -0.5, fresh: 4 } }),
    people({ $append: { list: 'z' } }),
    people({ $append: { other: 1 } }),
    people({ $union: { list: ['z', 'w'] } }),
    people({ $remove: { list: 'y' } }),
    people({ $unset: ['gone'] }),
    people({ $set: { $transactions: [] } }),
    people({ $set: { company: ['c-1', 'c-2'] } }),
    people({ $union: { company: ['c-3'] } }),
    people({ $remove: { company: 'c-2' } }),
    people({ $delete: 'u-ada' }),
    group({ $set: { name: 'Analytical Engines', employees: 40, list: ['a'] } }),
    group({ $set: { plan: 'enterprise' } }),
    group({ $set_once: { plan: 'free', since: 1843 } }),
    group({ $union: { list: ['b'] } }),
    group({ $remove: { list: 'a' } }),
    group({ $unset: ['employees'] }),
    { route: 'groups', item: { $group_id: 'c-3', $delete: '' } },
  ])
  // The product makes one name of Mixpanel's names where every dialect has it.
  person('u-ada', {
    email: '[sealed: email]', first_name: '[sealed: name]', plan: 'pro', source: 'letter', score: 0.5, visits: 3, fresh: 4,
    list: ['x', 'z', 'w'], other: [1], since: '2026-09-01T10:00:00', company: ['c-1', 'c-3'], $transactions: [],
    initial_utm_source: 'letter', initial_utm_campaign: 'autumn', $initial_referrer: '$direct', $initial_referring_domain: '$direct',
    $os: 'Linux', $browser: 'Chrome', $browser_version: 156,
  })
  const asked = (path) => front.seen.some((one) => one.method === 'GET' && one.path.startsWith(path) && one.status === 200)
  must('flags and settings were asked for', asked('/flags/?') && asked('/settings/?'))
  must('what was refused came again', front.seen.some(({ status }) => status === 503))
  front.close()
}

/** JSON in the form, one event a request, its own reply to each; a beacon, and what leaves when the page does. */
async function oneByOne() {
  const front = await open(collect)
  const act = async ({ page, origin }) => {
    await page.goto(`${origin}/`)
    const answered = await page.evaluate(async () => [
      await call(mixpanel, 'track', 'Plain Reply', { case: 1, unicode: 'Grüße, 世界 🌍 +/=&%' }),
      await call(mixpanel, 'track', 'By Beacon', { case: 2 }, { transport: 'sendBeacon' }),
      (mixpanel.set_config({ verbose: true }), await call(mixpanel, 'track', 'Verbose Reply', { case: 3 })),
    ])
    must('the SDK reads the replies', JSON.stringify(answered) === '[1,1,{"status":1,"error":null}]', answered)
    await page.goto(`${origin}/batching`)
    await page.evaluate(() => call(mixpanel, 'track', 'Left Behind', { case: 4 }))
    // A page that is hidden may never come back, so its events leave by beacon.
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
      window.dispatchEvent(new Event('visibilitychange'))
    })
    await until('the beacon', () => delivered(front.seen).some(({ item }) => item.event === 'Left Behind'))
    await page.goto(`${origin}/opting`)
    await page.evaluate(async () => {
      mixpanel.opt_out_tracking()
      mixpanel.track('Not To Be Sent')
      mixpanel.opt_in_tracking()
    })
    await until('the consent', () => delivered(front.seen).some(({ item }) => item.event === '$opt_in'))
  }
  const single = "api_payload_format: 'json', batch_requests: false"
  const pages = { '/': page(front, single), '/batching': page(front, "api_payload_format: 'json', batch_flush_interval_ms: 60000"), '/opting': page(front, single) }
  await visit(act, { files, pages, allowed: [front.url] })
  const said = ['Plain Reply', 'By Beacon', 'Verbose Reply', 'Left Behind'].map((event, index) => ({ route: 'track', item: { event, properties: { case: index + 1 } } }))
  tell(delivered(front.seen), [...said, { route: 'track', item: { event: '$opt_in' } }])
  const beacons = front.seen.filter(({ headers }) => headers['content-type']?.startsWith('text/plain'))
  must('beacons have the type of a text', beacons.length >= 2, beacons.length)
  front.close()
}

/** The event in the address: asked for by XHR, and as a picture. */
async function inTheAddress() {
  const front = await open(collect)
  const act = async ({ page, origin }) => {
    await page.goto(`${origin}/`)
    const answered = await page.evaluate(() => call(mixpanel, 'track', 'By Address', { case: 1, unicode: 'Grüße ÿ~> +/=' }))
    must('the SDK reads the reply', answered === 1, answered)
    await page.goto(`${origin}/picture`)
    await page.evaluate(() => mixpanel.track('By Picture', { case: 2 }))
    const width = await until('the picture', () => page.evaluate(() => document.querySelector('img')?.naturalWidth))
    must('the picture is a picture', width === 1, width)
  }
  const options = "batch_requests: false, api_method: 'GET'"
  await visit(act, { files, pages: { '/': page(front, options), '/picture': page(front, `${options}, img: true`) }, allowed: [front.url] })
  tell(delivered(front.seen), ['By Address', 'By Picture'].map((event, index) => ({ route: 'track', item: { event, properties: { case: index + 1 } } })))
  must('nothing was posted', front.seen.every(({ method }) => method === 'GET'))
  front.close()
}

await inBatches()
await oneByOne()
await inTheAddress()
