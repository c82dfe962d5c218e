// Sends every call of Segment's Node SDK: node segment_node.mjs HOST WRITE_KEY
// Prints a line of JSON for each: {"sent": the message as the SDK made it, "expect": {path: mark}}.
import { readFileSync } from 'node:fs'
import { Analytics } from '@segment/analytics-node'

const [host, writeKey] = process.argv.slice(2)
if (!writeKey) {
  console.error('usage: node segment_node.mjs HOST WRITE_KEY')
  process.exit(2)
}
const cases = JSON.parse(readFileSync(new URL('cases.json', import.meta.url)))
// Three a batch, so that several batches are made and the last one leaves with the closing.
const analytics = new Analytics({ host, writeKey, flushAt: 3, maxRetries: 2 })
let failed = 0
analytics.on('error', (error) => {
  failed += 1
  console.error('the SDK reports:', error.code, error.reason ?? '')
})
const sent = cases.map(
  ({ call, expect, ...fields }) =>
    new Promise((resolve) => {
      if (fields.timestamp) fields.timestamp = new Date(fields.timestamp)
      analytics[call](fields, (error, context) => {
        if (error) {
          failed += 1
          console.error(call, 'failed:', error.reason ?? error)
        }
        if (context) console.log(JSON.stringify({ sent: context.event, expect: expect ?? {} }))
        resolve()
      })
    }),
)
await analytics.closeAndFlush({ timeout: 20_000 })
await Promise.all(sent)
process.exit(failed === 0 ? 0 : 1)
