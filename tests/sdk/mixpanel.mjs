// Reads what a Mixpanel SDK put on the wire, and says what is to become of it.
import { gunzipSync } from 'node:zlib'
import { contains, must } from './wire.mjs'

/** The items that the server has taken, in their order: { route: 'track' | 'engage' | 'groups' | 'import', item }. */
export function delivered(seen) {
  const all = []
  for (const { path, status, body } of seen) {
    const { pathname, searchParams } = new URL(path, 'http://front')
    const route = /^\/(track|engage|groups|import)\/?$/.exec(pathname)?.[1]
    if (!route || status !== 200) continue
    const whole = data(body, searchParams)
    for (const item of Array.isArray(whole) ? whole : [whole]) all.push({ route, item })
  }
  return all
}

/** The JSON of a request: as it stands, or in the member `data` of a form or an address, there mostly in base64. */
function data(body, searchParams) {
  const text = (body[0] === 0x1f ? gunzipSync(body) : body).toString('utf8')
  if (/^[[{]/.test(text)) return JSON.parse(text)
  // Some SDKs put base64 into a form as it is, so that a plus sign reads as a space.
  const value = (text.startsWith('data=') || text.includes('&data=') ? new URLSearchParams(text) : searchParams).get('data').replaceAll(' ', '+')
  if (/^[[{]/.test(value)) return JSON.parse((text ? new URLSearchParams(text) : searchParams).get('data'))
  return JSON.parse(joined(Buffer.from(value, 'base64')))
}

/** The browser's own base64 writes a character beyond the first plane as its two surrogates, three bytes each. */
function joined(bytes) {
  const pair = /\xed([\xa0-\xaf])([\x80-\xbf])\xed([\xb0-\xbf])([\x80-\xbf])/g
  const half = (high, low) => 0xd000 | ((high.charCodeAt(0) & 0x3f) << 6) | (low.charCodeAt(0) & 0x3f)
  const proper = (_, a, b, c, d) => Buffer.from(String.fromCharCode(half(a, b), half(c, d)), 'utf8').toString('latin1')
  return Buffer.from(bytes.toString('latin1').replace(pair, proper), 'latin1').toString('utf8')
}

// Mixpanel's names of traits that every dialect has under one name.
const RENAMED = { $email: 'email', $phone: 'phone', $name: 'name', $first_name: 'first_name', $last_name: 'last_name', $avatar: 'avatar', $created: 'created_at' }
const OPERATIONS = ['$set_once', '$add', '$append', '$remove', '$union']
const renamed = (object) => Object.fromEntries(Object.entries(object).map(([name, value]) => [RENAMED[name] ?? name, value]))
// What a write key may not do, so that nothing of it may be kept.
const isForbidden = ({ item }) => '$delete' in item || item.event === '$merge'

/** The message in Segment's shape that an item must become. */
function message({ route, item }) {
  if (route === 'engage' || route === 'groups') {
    const traits = renamed(item.$set ?? {})
    for (const operation of OPERATIONS) if (item[operation]) traits[operation] = renamed(item[operation])
    if (item.$unset) traits.$unset = renamed(Object.fromEntries(item.$unset.map((name) => [name, null])))
    const timestamp = item.$time === undefined ? undefined : at(item.$time)
    if (route === 'groups') return { type: 'group', groupId: `${item.$group_key}:${item.$group_id}`, timestamp, traits }
    return { type: 'identify', ...who(item.$distinct_id, item.$device_id, item.$user_id), timestamp, traits }
  }
  const { distinct_id, $device_id, $user_id, token, time, $insert_id, $anon_distinct_id, mp_lib, $lib_version, ip, alias, ...properties } = item.properties
  const base = { messageId: $insert_id, timestamp: time === undefined ? undefined : at(time), context: mp_lib ? { library: { name: `mixpanel-${mp_lib}`, version: $lib_version } } : {}, properties }
  if (mp_lib && $lib_version === undefined) delete base.context.library.version
  if (item.event === '$create_alias') return { ...base, type: 'alias', userId: alias, previousId: bare(distinct_id) }
  if (alias !== undefined) properties.alias = alias
  const ids = who(distinct_id, $device_id, $user_id)
  if (item.event === '$identify') return { ...base, type: 'identify', ...ids, anonymousId: bare($anon_distinct_id) ?? ids.anonymousId }
  return { ...base, type: 'track', event: item.event, ...ids }
}

// Seconds, or milliseconds where it could be no seconds of this age.
const at = (time) => new Date(typeof time === 'number' && time < 1e11 ? time * 1000 : time).toISOString()
const bare = (id) => (id === undefined ? undefined : String(id).replace(/^\$device:/, ''))

/** A distinct id names a device where it says so, else a person. */
function who(distinct, device, user) {
  const anonymousId = device ?? (String(distinct).startsWith('$device:') ? bare(distinct) : undefined)
  const isDevice = String(distinct).startsWith('$device:') || String(distinct) === anonymousId
  return { userId: user ?? (isDevice || distinct === undefined ? undefined : String(distinct)), anonymousId }
}

/**
 * Holds what went over the wire against what the caller said, item by item, and prints the message that each must
 * become. An `$insert_id` that came twice, as a page's last beacon does, is one event.
 */
export function tell(sent, said) {
  const once = new Map(sent.map((one, index) => [one.item.properties?.$insert_id ?? index, one]))
  const left = [...once.values()]
  for (const { expect = {}, ...part } of said) {
    const found = left.findIndex((one) => contains(one, part))
    must('the SDK did not send', found >= 0, `${JSON.stringify(part)}; what is left: ${JSON.stringify(left)}`)
    const [one] = left.splice(found, 1)
    if (!isForbidden(one)) console.log(JSON.stringify({ sent: message(one), expect }))
  }
  must('the SDK sent more:', left.length === 0, left)
}
