// Reads what an SDK put on the wire, independently of the server, and prints it in the form that compare.py reads.
import { gunzipSync } from 'node:zlib'

const KINDS = { t: 'track', i: 'identify', p: 'page', s: 'screen', g: 'group', a: 'alias' }
const KIND = /\/(track|identify|page|screen|group|alias|[tipsga])\/?(?:\.gif)?$/

/** The body as JSON, unpacked. */
export function json({ body }) {
  const text = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body
  return JSON.parse(text.toString('utf8'))
}

/** The messages of one request to a route of Segment's shape: alone or in a batch, which may share a context. */
export function messages(request) {
  const path = request.path.split('?')[0]
  const whole = json(request)
  if (Array.isArray(whole.batch)) {
    return whole.batch.map((message) => ({ ...message, context: { ...whole.context, ...message.context }, sentAt: message.sentAt ?? whole.sentAt }))
  }
  const kind = KIND.exec(path)?.[1]
  return [{ ...whole, type: KINDS[kind] ?? kind ?? whole.type }]
}

/** All messages among what a front has seen and the server has taken, each once, as the last try sent it. */
export function delivered(seen) {
  const sends = seen.filter(({ method, path, status, body }) => method === 'POST' && status === 200 && body.length > 0 && !/\/v1\/m\b/.test(path))
  const all = new Map()
  for (const message of sends.flatMap(messages)) all.set(message.messageId, message)
  return [...all.values()]
}

/** Whether every member of `part` is in `whole`, as deep as `part` goes. */
export function contains(whole, part) {
  if (part === null || typeof part !== 'object') return whole === part
  if (whole === null || typeof whole !== 'object') return false
  return Object.entries(part).every(([name, value]) => contains(whole[name], value))
}

/**
 * Holds what the SDK sent against what its caller said: each of `said` must be in exactly one message and nothing
 * else be there, then each message is printed with the marks that must stand in it.
 */
export function tell(sent, said) {
  const left = [...sent]
  for (const { expect = {}, ...part } of said) {
    const found = left.findIndex((message) => contains(message, part))
    if (found < 0) throw new Error(`the SDK did not send ${JSON.stringify(part)}; what is left: ${left.map(named).join(', ')}`)
    const [message] = left.splice(found, 1)
    console.log(JSON.stringify({ sent: message, expect }))
  }
  if (left.length > 0) throw new Error(`the SDK sent more: ${left.map(named).join(', ')}`)
}

const named = ({ type, event, name, userId, properties, traits }) => JSON.stringify({ type, event, name, userId, properties, traits })

/** Fails unless `holds`. */
export function must(what, holds, seen = '') {
  if (!holds) throw new Error(`${what} ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`)
}

/** Says what a profile must look like in the end: the traits of a person by their user id. */
export function person(userId, traits, rest = {}) {
  console.log(JSON.stringify({ person: userId, traits, ...rest }))
}
