// Sends every call of Jitsu's SDK as a server makes them: node jitsu_server.mjs COLLECT WRITE_KEY
import { jitsuAnalytics } from '@jitsu/js'
import { open } from './front.mjs'
import { delivered, must, tell } from './wire.mjs'

const [collect, writeKey] = process.argv.slice(2)
const front = await open(collect)
const ada = { userId: 'u-ada', anonymousId: 'anon-1' }
for (const s2s of [true, false]) {
  const analytics = jitsuAnalytics({ host: front.url, writeKey: `${writeKey}:any`, s2s, errorPolicy: 'rethrow' })
  await analytics.identify('u-ada', { email: 'ada@example.com', plan: 'pro', seats: 12 }, { ...ada, context: { s2s } })
  await analytics.track('Order Completed', { total: 129.95, s2s, unicode: 'Grüße, 世界 🌍' }, ada)
  await analytics.page({ name: 'Pricing', url: 'https://shop.example.com/pricing', s2s }, ada)
  await analytics.group('g-7', { name: 'Analytical Engines', s2s }, ada)
}
tell(
  delivered(front.seen),
  [true, false].flatMap((s2s) => [
    { type: 'identify', userId: 'u-ada', traits: { plan: 'pro', seats: 12 }, context: { s2s }, expect: { 'traits.email': '[sealed: email]' } },
    { type: 'track', event: 'Order Completed', ...ada, properties: { total: 129.95, s2s }, expect: { 'traits.email': '[sealed: email]' } },
    { type: 'page', userId: 'u-ada', properties: { name: 'Pricing', s2s }, expect: { 'traits.email': '[sealed: email]' } },
    { type: 'group', userId: 'u-ada', groupId: 'g-7', traits: { s2s } },
  ]),
)
must('both kinds of path were used', ['/api/s/s2s/track', '/api/s/track'].every((path) => front.seen.some((one) => one.path === path)))
front.close()
