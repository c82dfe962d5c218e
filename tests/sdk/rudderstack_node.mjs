// Sends every call of RudderStack's Node SDK: node rudderstack_node.mjs COLLECT WRITE_KEY
//
// Once packed with gzip, through a front that refuses the first two batches, and once plain to the path of imports.
import { readFileSync } from 'node:fs'
import Analytics from '@rudderstack/rudder-sdk-node'
import { open } from './front.mjs'
import { delivered, must, tell } from './wire.mjs'

const [collect, writeKey] = process.argv.slice(2)
const cases = JSON.parse(readFileSync(new URL('cases.json', import.meta.url)))

/** What the call must have become: the SDK's own members come on top. */
function said({ call, expect, ...fields }) {
  const part = { type: call, channel: 'server', ...fields, expect }
  delete part.context
  if (part.userId) part.userId = String(part.userId)
  return part
}

async function run(options, refuse, chosen) {
  const front = await open(collect, { refuse })
  const failed = []
  const analytics = new Analytics(writeKey, {
    dataPlaneUrl: front.url,
    flushAt: 3,
    axiosRetryConfig: { retryDelay: (_, error) => Number(error.response.headers['retry-after']) * 1000 },
    logLevel: 'silly',
    errorHandler: (error) => failed.push(error.message),
    ...options,
  })
  const called = chosen.map(
    ({ call, expect, ...fields }) =>
      new Promise((resolve) => {
        if (fields.timestamp) fields.timestamp = new Date(fields.timestamp)
        analytics[call](fields, (error) => {
          if (error) failed.push(`${call}: ${error}`)
          resolve()
        })
      }),
  )
  while (analytics.queue.length > 0) await analytics.flush()
  await Promise.all(called)
  must('nothing fails', failed.length === 0, failed)
  tell(delivered(front.seen), chosen.map(said))
  const kept = front.seen.filter(({ status }) => status === 200)
  must('several batches went', kept.length === Math.ceil((chosen.length - 1) / 3) + 1, kept.length)
  must('what was refused came again', front.seen.length === kept.length + refuse.length, front.seen.length)
  front.close()
  return kept
}

const packed = await run({}, [429, 503], cases)
must('bodies were packed', packed.every(({ headers }) => headers['content-encoding'] === 'gzip'))
const plain = await run({ gzip: false, path: '/v1/import' }, [], [
  { call: 'track', userId: 'u-grace', event: 'Compiled', properties: { language: 'A-0' } },
  { call: 'page', userId: 'u-grace', name: 'Manual' },
  { call: 'screen', anonymousId: 'anon-9', name: 'Console' },
  { call: 'track', userId: 4711, event: 'Number As Id' },
])
must('bodies were plain', plain.every(({ headers }) => !headers['content-encoding']))
