// Sends every tracking call of Customer.io's Node SDK: node customerio_node.mjs 4|5 COLLECT WRITE_KEY
//
// Version 4 speaks https alone. Version 5 also has batches and the pipelines API, and tries again: to http it goes through a
// front that refuses the first requests. Calls that delete, merge or suppress are answered, and nothing comes of them.
import { open } from './front.mjs'
import { must, person } from './wire.mjs'

const [version, collect, writeKey] = process.argv.slice(2)
const { TrackClient, PipelinesClient } = (await import(`customerio-node-${version}`)).default
const front = collect.startsWith('http:') ? await open(collect, { refuse: [503, 429] }) : undefined
const url = front?.url ?? collect
// The old one does not read the port in the address. Any site id will do.
const options = (path) => (version === '4' ? { url: url + path, port: Number(new URL(url).port) } : { url: url + path })
const context = { library: { name: 'Customer.io Node Client', version: version === '4' ? '4.4.0' : '5.0.1' } }
const said = (message, expect) => console.log(JSON.stringify({ sent: { context, ...message }, expect: expect ?? {} }))
const cio = new TrackClient('site', writeKey, options('/api/v1'))
const at = 1_788_256_800
const timestamp = new Date(at * 1000).toISOString()
const ada = { userId: 'u-ada' }
const token = 'd'.repeat(8) + '-token-1'

async function track() {
  await cio.identify('u-ada', { email: 'ada@example.com', first_name: 'Ada', plan: 'pro', seats: 12, score: 0.5, beta: true, gone: 'soon', tags: ['a', 'b'], anonymous_id: 'anon-1' })
  said(
    { type: 'identify', ...ada, anonymousId: 'anon-1', traits: { email: 'ada@example.com', first_name: 'Ada', plan: 'pro', seats: 12, score: 0.5, beta: true, gone: 'soon', tags: ['a', 'b'] } },
    { 'traits.email': '[sealed: email]', 'traits.first_name': '[sealed: name]' },
  )
  await cio.identify('u-ada', { gone: '', nickname: 'Grüße, 世界 🌍', created_at: at })
  said({ type: 'identify', ...ada, traits: { gone: null, nickname: 'Grüße, 世界 🌍', created_at: at } })
  await cio.identify('grace@example.com', { plan: 'free' })
  said({ type: 'identify', userId: 'grace@example.com', traits: { email: 'grace@example.com', plan: 'free' } }, { 'traits.email': '[sealed: email]' })
  await cio.track('u-ada', { name: 'Order Completed', data: { total: 129.95, products: [{ sku: 's-1' }], nested: { a: [1, [2]] } }, timestamp: at, id: '01BX5ZZKBKACTAV9WEVGEMMVRZ' })
  said({ type: 'track', event: 'Order Completed', messageId: '01BX5ZZKBKACTAV9WEVGEMMVRZ', ...ada, timestamp, properties: { total: 129.95, products: [{ sku: 's-1' }], nested: { a: [1, [2]] } } })
  await cio.track('u-ada', { name: 'Form Sent', data: { password: 'correct horse battery staple', contact: 'write to ada@example.com' } })
  said({ type: 'track', event: 'Form Sent', ...ada, properties: { password: 'x', contact: 'x' } }, { 'properties.password': '[removed: password]', 'properties.contact': '~[sealed: email #' })
  // A public key may not say whom a message goes to.
  await cio.track('u-ada', { name: 'Steered', data: { recipient: 'eve@example.com', from_address: 'eve@example.com', reply_to: 'eve@example.com', case: 1 } })
  said({ type: 'track', event: 'Steered', ...ada, properties: { case: 1 } })
  await cio.trackAnonymous('anon-2', { name: 'Looked Around', data: { case: 2 } })
  said({ type: 'track', event: 'Looked Around', anonymousId: 'anon-2', properties: { case: 2 } })
  await cio.trackPageView('u-ada', 'https://shop.example.com/pricing')
  said({ type: 'page', ...ada, properties: { name: 'https://shop.example.com/pricing' } })
  await cio.trackPush({ delivery_id: 'd-1', device_id: token, event: 'opened', timestamp: at })
  said({ type: 'track', event: 'Delivery Reported', timestamp, properties: { delivery_id: 'd-1', device_id: token, event: 'opened', timestamp: at } })
  await cio.addDevice('u-ada', token, 'ios', { last_used: at, app: '3.1' })
  said({ type: 'track', event: 'Device Added', ...ada, properties: { platform: 'ios', last_used: at, attributes: { app: '3.1' } }, traits: { $union: { devices: [token] } } })
  await cio.addDevice('u-ada', 'token-2', 'android')
  said({ type: 'track', event: 'Device Added', ...ada, properties: { platform: 'android' }, traits: { $union: { devices: ['token-2'] } } })
  await cio.deleteDevice('u-ada', 'token-2')
  said({ type: 'track', event: 'Device Removed', ...ada, traits: { $remove: { devices: 'token-2' } } })
  await cio.suppress('u-ada')
  await cio.unsuppress('u-ada')
  await cio.mergeCustomers('id', 'u-ada', 'email', 'grace@example.com')
  await cio.destroy('u-ada')
}

/** Version 2 of the tracking API: operations on people and objects in one request; what is wrong with one is told. */
async function batch() {
  const someone = { type: 'person', identifiers: { id: 'u-ada' } }
  const acme = { object_type_id: '1', object_id: 'acme' }
  const reply = await cio.batch([
    { ...someone, action: 'identify', attributes: { plan: 'enterprise' } },
    { ...someone, action: 'event', name: 'Batched', attributes: { case: 1 }, id: '01BX5ZZKBKACTAV9WEVGEMMVS0', timestamp: at },
    { ...someone, action: 'page', name: 'Pricing', attributes: { case: 2 } },
    { ...someone, action: 'screen', name: 'Settings', attributes: { case: 3 } },
    { ...someone, action: 'add_device', device: { token: 'token-3', platform: 'ios' } },
    { ...someone, action: 'delete_device', device: { token: 'token-3', platform: 'ios' } },
    { ...someone, action: 'add_relationships', cio_relationships: [{ identifiers: acme, relationship_attributes: { role: 'owner' } }] },
    { type: 'object', identifiers: acme, action: 'identify', attributes: { name: 'Analytical Engines', employees: 40 }, cio_relationships: [{ identifiers: { id: 'u-ada' } }] },
    { ...someone, action: 'event', attributes: { case: 4 } },
    { ...someone, action: 'suppress' },
    { type: 'object', identifiers: acme, action: 'delete' },
  ])
  must('the reply names the one that is wrong', reply.errors?.length === 1 && reply.errors[0].batch_index === 8, reply)
  said({ type: 'identify', ...ada, traits: { plan: 'enterprise' } })
  said({ type: 'track', event: 'Batched', ...ada, messageId: '01BX5ZZKBKACTAV9WEVGEMMVS0', timestamp, properties: { case: 1 } })
  said({ type: 'page', ...ada, properties: { name: 'Pricing', case: 2 } })
  said({ type: 'screen', ...ada, properties: { name: 'Settings', case: 3 } })
  said({ type: 'track', event: 'Device Added', ...ada, properties: { platform: 'ios' }, traits: { $union: { devices: ['token-3'] } } })
  said({ type: 'track', event: 'Device Removed', ...ada, traits: { $remove: { devices: 'token-3' } } })
  said({ type: 'group', ...ada, groupId: '1:acme', properties: { role: 'owner' } })
  said({ type: 'group', groupId: '1:acme', traits: { name: 'Analytical Engines', employees: 40 } })
  said({ type: 'group', ...ada, groupId: '1:acme' })
}

/** The pipelines API: Segment's messages, with failures told where one asks for it. */
async function pipelines() {
  const cdp = new PipelinesClient(writeKey, { ...options('/v1'), strictMode: true, defaultContext: { app: 'shop' } })
  const own = { context: { app: 'shop', library: { name: 'customerio-node', version: '5.0.1' } } }
  const grace = { userId: 'u-grace' }
  const messages = [
    { type: 'identify', ...grace, traits: { plan: 'free' }, messageId: 'cdp-1' },
    { type: 'track', ...grace, event: 'Compiled', properties: { language: 'A-0' }, timestamp, messageId: 'cdp-2' },
    { type: 'page', ...grace, name: 'Manual', properties: { case: 1 }, messageId: 'cdp-3' },
    { type: 'screen', anonymousId: 'anon-9', name: 'Console', messageId: 'cdp-4' },
    { type: 'group', ...grace, groupId: 'g-7', traits: { name: 'Navy' }, messageId: 'cdp-5' },
    { type: 'alias', ...grace, previousId: 'anon-9', messageId: 'cdp-6' },
  ]
  for (const { type, ...message } of messages) {
    await cdp[type](message)
    said({ type, ...message, ...own })
  }
  const many = messages.map((message) => ({ ...message, messageId: `${message.messageId}-b` }))
  await cdp.batch(many)
  for (const message of many) said({ ...message, ...own })
}

await track()
if (version === '5') {
  await batch()
  await pipelines()
}
const traits = { email: '[sealed: email]', first_name: '[sealed: name]', plan: version === '5' ? 'enterprise' : 'pro', seats: 12, score: 0.5, beta: true, tags: ['a', 'b'], nickname: 'Grüße, 世界 🌍', created_at: at, devices: [token] }
person('u-ada', traits)
if (front) {
  const again = front.seen.filter(({ headers }) => headers['x-retry-count'] > 0)
  must('what was refused came again', again.length === 2, again.length)
  front.close()
}
