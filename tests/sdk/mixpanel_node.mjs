// Sends every call of Mixpanel's Node SDK: node mixpanel_node.mjs COLLECT WRITE_KEY
//
// To http: everything, with short and with verbose replies. To https: the imports that it makes no other way.
// It has no retries. Its flags cannot be pointed elsewhere, their port is fixed.
import Mixpanel from 'mixpanel'
import { open } from './front.mjs'
import { delivered, tell } from './mixpanel.mjs'
import { must, person } from './wire.mjs'

const [collect, writeKey] = process.argv.slice(2)
/** Calls and waits for the server's answer; the SDK takes nothing but exactly `1`, or `status: 1` where it asked for words. */
const call = (object, method, ...args) =>
  new Promise((done, failed) => object[method](...args, (error) => (error && error.length !== 0 ? failed(new Error(`${method}: ${error}`)) : done())))

async function plain() {
  const front = await open(collect)
  const options = { host: '127.0.0.1', port: front.port, protocol: 'http', keepAlive: false }
  const mixpanel = Mixpanel.init(writeKey, options)
  const happened = new Date(Date.now() - 3_600_000)
  await call(mixpanel, 'track', 'Plan Chosen', { distinct_id: 'u-ada', plan: 'pro', seats: 3, price: 12.5, trial: true, tags: ['a', 'b'], nested: { a: [1, [2]] }, time: happened })
  await call(mixpanel, 'track', 'Form Sent', { $device_id: 'anon-1', $insert_id: 'mp-node-1', password: 'correct horse battery staple', contact: 'write to ada@example.com', ip: '203.0.113.9' })
  await call(mixpanel, 'track', 'Signed In', { distinct_id: 'u-ada', $user_id: 'u-ada', $device_id: 'anon-1', unicode: 'Grüße, 世界 🌍 +/=' })
  await call(mixpanel, 'track_batch', [0, 1, 2].map((index) => ({ event: 'Batched', properties: { distinct_id: 'u-ada', case: index, filler: 'ÿ>~?'.repeat(index + 1), time: happened } })), { max_batch_size: 2 })
  await call(mixpanel, 'alias', 'anon-2', 'u-grace')
  const { people, groups } = mixpanel
  await call(people, 'set', 'u-ada', { $email: 'ada@example.com', $first_name: 'Ada', plan: 'pro', score: 1, visits: 2, gone: 'soon', list: ['x', 'y'] })
  await call(people, 'set', 'u-ada', 'beta', true, { $ignore_time: true, $ip: '203.0.113.9' })
  await call(people, 'set_once', 'u-ada', { plan: 'free', source: 'letter' })
  await call(people, 'increment', 'u-ada', 'visits')
  await call(people, 'increment', 'u-ada', { score: -0.5, fresh: 4 })
  await call(people, 'append', 'u-ada', 'list', 'z')
  await call(people, 'append', 'u-ada', { other: 1 })
  await call(people, 'union', 'u-ada', { list: ['z', 'w'] })
  await call(people, 'remove', 'u-ada', { list: 'y' })
  await call(people, 'unset', 'u-ada', ['gone'])
  await call(people, 'track_charge', 'u-ada', 30.5, { sku: 's-1' })
  await call(people, 'clear_charges', 'u-ada')
  await call(people, 'delete_user', 'u-grace')
  await call(groups, 'set', 'company', 'c-1', { name: 'Analytical Engines', employees: 40, list: ['a'] })
  await call(groups, 'set_once', 'company', 'c-1', { name: 'Other', since: 1843 })
  await call(groups, 'union', 'company', 'c-1', { list: ['b'] })
  await call(groups, 'remove', 'company', 'c-1', { list: 'a' })
  await call(groups, 'unset', 'company', 'c-1', 'employees')
  await call(groups, 'delete_group', 'company', 'c-2')
  const talkative = Mixpanel.init(writeKey, { ...options, verbose: true, geolocate: true, key: 'any' })
  await call(talkative, 'track', 'Verbose Reply', { distinct_id: 'u-ada' })
  const long = new Date('2026-03-01T12:00:00.250Z')
  await call(talkative, 'import', 'Long Ago', long, { distinct_id: 'u-ada', $insert_id: 'mp-node-2' })
  await call(talkative, 'import_batch', [0, 1, 2].map((index) => ({ event: 'Imported', properties: { distinct_id: 'u-ada', case: index, time: long, $insert_id: `mp-node-i${index}` } })), { max_batch_size: 2 })

  const node = { mp_lib: 'node', $lib_version: '0.24.0' }
  const event = (event, properties, expect) => ({ route: 'track', item: { event, properties: { ...node, ...properties } }, expect })
  const people_ = (item, expect) => ({ route: 'engage', item: { $distinct_id: 'u-ada', ...item }, expect })
  const group = (item) => ({ route: 'groups', item: { $group_key: 'company', $group_id: 'c-1', ...item } })
  tell(delivered(front.seen), [
    event('Plan Chosen', { plan: 'pro', seats: 3, price: 12.5, trial: true, tags: ['a', 'b'], nested: { a: [1, [2]] }, time: happened.getTime() }),
    event('Form Sent', { $insert_id: 'mp-node-1' }, { 'properties.password': '[removed: password]', 'properties.contact': '~[sealed: email #' }),
    event('Signed In', { unicode: 'Grüße, 世界 🌍 +/=' }),
    ...[0, 1, 2].map((index) => ({ route: 'track', item: { event: 'Batched', properties: { case: index, time: happened.getTime() } } })),
    event('$create_alias', { distinct_id: 'anon-2', alias: 'u-grace' }),
    people_({ $set: { plan: 'pro', score: 1, list: ['x', 'y'] } }, { 'traits.email': '[sealed: email]', 'traits.first_name': '[sealed: name]' }),
    people_({ $set: { beta: true }, $ip: '203.0.113.9' }),
    people_({ $set_once: { plan: 'free', source: 'letter' } }),
    people_({ $add: { visits: 1 } }),
    people_({ $add: { score: -0.5, fresh: 4 } }),
    people_({ $append: { list: 'z' } }),
    people_({ $append: { other: 1 } }),
    people_({ $union: { list: ['z', 'w'] } }),
    people_({ $remove: { list: 'y' } }),
    people_({ $unset: ['gone'] }),
    people_({ $append: { $transactions: { $amount: 30.5, sku: 's-1' } } }),
    people_({ $set: { $transactions: [] } }),
    { route: 'engage', item: { $distinct_id: 'u-grace', $delete: '' } },
    group({ $set: { name: 'Analytical Engines', employees: 40, list: ['a'] } }),
    group({ $set_once: { name: 'Other', since: 1843 } }),
    group({ $union: { list: ['b'] } }),
    group({ $remove: { list: 'a' } }),
    group({ $unset: ['employees'] }),
    { route: 'groups', item: { $group_id: 'c-2', $delete: '' } },
    event('Verbose Reply', {}),
    { route: 'import', item: { event: 'Long Ago', properties: { time: long.getTime(), $insert_id: 'mp-node-2' } } },
    ...[0, 1, 2].map((index) => ({ route: 'import', item: { event: 'Imported', properties: { case: index } } })),
  ])
  person('u-ada', {
    email: '[sealed: email]', first_name: '[sealed: name]', plan: 'pro', beta: true, source: 'letter', score: 0.5, visits: 3,
    fresh: 4, list: ['x', 'z', 'w'], other: [1], $transactions: [],
  })
  must('single events go in the address', front.seen.some(({ method, path }) => method === 'GET' && path.startsWith('/track?')))
  must('batches go in a form', front.seen.filter(({ method, path }) => method === 'POST' && path.startsWith('/import?')).length === 2)
  front.close()
}

/** Imports with an account and with a secret, which the SDK sends to nothing but https. */
async function overTls() {
  const { hostname, port } = new URL(collect)
  const options = { host: hostname, port: Number(port), protocol: 'https', keepAlive: false }
  const time = Math.floor(Date.UTC(2026, 2, 1) / 1000)
  const sent = (event, given) => {
    const { distinct_id, time, $insert_id, ...properties } = given
    const library = event === 'Imported By Account' ? {} : { library: { name: 'mixpanel-node', version: '0.24.0' } }
    console.log(JSON.stringify({ sent: { type: 'track', event, messageId: $insert_id, userId: distinct_id, timestamp: new Date(time * 1000).toISOString(), properties, context: library } }))
  }
  const account = new Mixpanel.ServiceAccountCredentials('account', 'its-secret', '4711')
  const events = [0, 1].map((index) => ({ distinct_id: 'u-ada', case: index, time, $insert_id: `mp-tls-${index}` }))
  await call(Mixpanel.init(writeKey, { ...options, credentials: account }), 'import_batch', events.map((properties) => ({ event: 'Imported By Account', properties: { ...properties } })))
  for (const one of events) sent('Imported By Account', one)
  const secret = { distinct_id: 'u-ada', case: 2, time, $insert_id: 'mp-tls-2' }
  await call(Mixpanel.init(writeKey, { ...options, secret: 'its-secret', verbose: true }), 'import', 'Imported By Secret', time, { ...secret })
  sent('Imported By Secret', secret)
  const tracked = { distinct_id: 'u-ada', time: Math.floor(Date.now() / 1000), $insert_id: 'mp-tls-3' }
  await call(Mixpanel.init(writeKey, options), 'track', 'Tracked Over TLS', { ...tracked })
  sent('Tracked Over TLS', tracked)
}

await (collect.startsWith('https:') ? overTls() : plain())
