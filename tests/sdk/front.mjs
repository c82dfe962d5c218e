// A door in front of the door, as a load balancer is one: passes requests on byte by byte and remembers them.
// It can refuse the first ones, so that it shows who comes again.
//
//   const front = await open('http://127.0.0.1:7070', { refuse: [429, 503] })
//   front.url, front.seen: [{ method, path, headers, body, status, reply }]
//
// On its own: node front.mjs UPSTREAM [STATUS...] prints its address and then a line for each request;
// with FRONT_CERTIFICATE and FRONT_KEY it speaks TLS.
import http from 'node:http'
import https from 'node:https'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/**
 * `refuse`: what the first requests that bring something are answered, in this order; `Retry-After` is a second.
 * `scripts`: what it gives out itself, by path.
 */
export async function open(upstream, { refuse = [], scripts = {}, certificate, key, onSeen = () => {} } = {}) {
  const seen = []
  const left = [...refuse]
  const handle = async (request, answer) => {
    const script = scripts[request.url]
    if (script !== undefined) return answer.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script)
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const entry = { method: request.method, path: request.url, headers: request.headers, body: Buffer.concat(chunks) }
    const told = request.method !== 'OPTIONS' && entry.body.length > 0 && left.length > 0 ? refused(left.shift(), request) : await passed(upstream, entry)
    Object.assign(entry, { status: told.status, reply: told.body })
    seen.push(entry)
    onSeen(entry)
    answer.writeHead(told.status, told.headers)
    answer.end(told.body)
  }
  const listener = (request, answer) => handle(request, answer).catch(() => answer.destroy())
  const server = certificate ? https.createServer({ cert: certificate, key }, listener) : http.createServer(listener)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  const url = certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url, port, seen, close }
}

function refused(status, request) {
  const headers = { 'Content-Type': 'application/json', 'Retry-After': '1', 'Access-Control-Expose-Headers': 'Retry-After' }
  if (request.headers.origin) {
    headers['Access-Control-Allow-Origin'] = request.headers.origin
    headers['Access-Control-Allow-Credentials'] = 'true'
  }
  return { status, headers, body: Buffer.from('{"success":false,"code":"busy","message":"come again"}') }
}

function passed(upstream, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const request = (upstream.startsWith('https:') ? https : http).request(new URL(path, upstream), { method, headers, agent: false }, async (reply) => {
      const chunks = []
      for await (const chunk of reply) chunks.push(chunk)
      const { connection, 'keep-alive': _, 'transfer-encoding': __, ...kept } = reply.headers
      resolve({ status: reply.statusCode, headers: kept, body: Buffer.concat(chunks) })
    })
    request.on('error', reject)
    request.end(body)
  })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [upstream, ...refuse] = process.argv.slice(2)
  const { FRONT_CERTIFICATE, FRONT_KEY } = process.env
  const read = (file) => file && readFileSync(file)
  const front = await open(upstream, {
    refuse: refuse.map(Number),
    certificate: read(FRONT_CERTIFICATE),
    key: read(FRONT_KEY),
    onSeen: ({ method, path, status }) => console.log(JSON.stringify({ method, path, status })),
  })
  console.log(front.url)
}
