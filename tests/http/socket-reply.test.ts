import { connect } from 'node:net'
import { mintToken } from '@softgate/sdk/host'
import { createSoftgate, type Listening, listen } from '@softgate/server'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import config from '../../examples/teamflow/softgate.config.ts'
import { createApi } from '../support/api.ts'
import { createTestClock } from '../support/clock.ts'
import { secretKey, start } from '../support/harness.ts'
import { freshSqlite } from '../support/sqlite.ts'

let listening: Listening
beforeAll(async () => {
  const clock = createTestClock(start)
  const made = await createSoftgate({ config, database: freshSqlite(), secretKeys: [secretKey], clock })
  const host = createApi((url, init) => made.app.request(url, init), '/v1', secretKey)
  await host.ok('PUT', '/accounts/acme', { name: 'Größe 😀', plan: 'starter' })
  await host.ok('PUT', '/accounts/acme/users/priya', { name: 'Priya' })
  await host.ok('POST', '/events', { events: [event] })
  listening = await listen(made.app, { port: 0 })
  return async () => {
    await listening.close()
    await made.close()
  }
})

const { token } = mintToken({ secretKey, account: 'acme', user: 'priya', now: start })
const event = {
  id: 'e1',
  account: 'acme',
  name: 'run',
  feature: 'exports',
  value: 1,
  time: new Date(start).toISOString(),
}

interface Text {
  line: string
  body?: unknown
  headers?: string[]
}

/** A request as it goes over the wire. */
function textOf({ line, body, headers = [] }: Text): string {
  const json = body === undefined ? '' : JSON.stringify(body)
  const lines = [line, 'host: softgate', `authorization: Bearer ${token}`, ...headers]
  if (json !== '') lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(json)}`)
  return `${lines.join('\r\n')}\r\n\r\n${json}`
}

const check = textOf({ line: 'POST /v1/check HTTP/1.1', body: { feature: 'exports' } })
const state = textOf({ line: 'GET /v1/state HTTP/1.1' })
const repeated = textOf({ line: 'POST /v1/events HTTP/1.1', body: { events: [event] } })
const refused = textOf({ line: 'POST /v1/check HTTP/1.1', body: { feature: 'nope' } })
const cold = textOf({ line: 'GET /healthz HTTP/1.1' })
const closing = ['connection: close']

interface Answer {
  status: number
  headers: Map<string, string>
  body: string
}

/** Writes the pieces one after the other on one connection, and only then reads, until the server closes it. */
function talk(pieces: readonly Uint8Array[]): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(listening.port, '127.0.0.1', () => {
      socket.setNoDelay(true)
      for (const piece of pieces) socket.write(piece)
      socket.write('', () => socket.on('data', (chunk) => chunks.push(chunk)))
    })
    socket.on('error', reject)
    socket.on('end', () => resolve(answersIn(Buffer.concat(chunks))))
  })
}

function answersIn(bytes: Buffer): Answer[] {
  const answers: Answer[] = []
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf('\r\n\r\n', from)
    const [line = '', ...lines] = bytes.toString('latin1', from, end).split('\r\n')
    const headers = new Map(lines.map((text) => [text.split(': ')[0]?.toLowerCase() ?? '', text.split(': ')[1] ?? '']))
    const length = Number(headers.get('content-length') ?? 0)
    answers.push({
      status: Number(line.split(' ')[1]),
      headers,
      body: bytes.toString('utf8', end + 4, end + 4 + length),
    })
    from = end + 4 + length
  }
  return answers
}

/** A request on a connection of its own, which Node's own way of answering closes. */
async function alone(text: string): Promise<Omit<Answer, 'headers'>> {
  const [answer] = await talk([
    Buffer.from(text.replace('host: softgate', ['host: softgate', ...closing].join('\r\n'))),
  ])
  return { status: answer?.status ?? 0, body: answer?.body ?? '' }
}

describe('a reply that is written at once', () => {
  it('comes in its turn, whole, however requests follow each other and are cut into pieces', async () => {
    const requests = [check, state, repeated, refused, cold]
    const expected = new Map<string, Omit<Answer, 'headers'>>()
    for (const text of requests) expected.set(text, await alone(text))
    const cut = fc.array(fc.nat(3_000), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...requests), { maxLength: 8 }), cut, async (texts, places) => {
        const all = Buffer.from([...texts, textOf({ line: 'GET /healthz HTTP/1.1', headers: closing })].join(''))
        const ends = [...places].map((place) => Math.min(place, all.length)).sort((a, b) => a - b)
        const pieces = [...ends, all.length].map((end, n) => all.subarray(ends[n - 1] ?? 0, end))
        const answers = await talk(pieces)
        const heard = answers.slice(0, -1).map(({ status, body }) => ({ status, body }))
        expect(heard).toEqual(texts.map((text) => expected.get(text)))
      }),
      { numRuns: 50 },
    )
  })

  it('keeps the connection as Node itself does', async () => {
    const last = textOf({ line: 'GET /healthz HTTP/1.1', headers: closing })
    const [hot, own] = await talk([Buffer.from(check + cold + last)])
    const kept = ({ headers }: Answer) => ['connection', 'keep-alive', 'date'].map((name) => headers.get(name))
    expect(hot && kept(hot)).toEqual(own && kept(own))
    expect(hot && Date.parse(hot.headers.get('date') ?? '')).toBeGreaterThan(0)
  })

  it.each([
    ['asks for it', 'HTTP/1.1', closing],
    ['is of the old kind', 'HTTP/1.0', []],
  ])('leaves the connection to Node where the client %s', async (_, version, headers) => {
    const answers = await talk([Buffer.from(textOf({ line: `GET /v1/state ${version}`, headers }))])
    expect(answers.map(({ status }) => status)).toEqual([200])
    expect(answers[0]?.headers.get('connection')).toBe('close')
  })

  it('is lost alone where the client has gone', async () => {
    const gone = Array.from({ length: 20 }, () => {
      return new Promise<void>((resolve) => {
        const socket = connect(listening.port, '127.0.0.1', () => {
          socket.write(repeated + state.repeat(20), () => socket.resetAndDestroy())
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve())
      })
    })
    await Promise.all(gone)
    expect(await alone(check)).toMatchObject({ status: 200 })
  })

  it('waits for a client who is slow to read', async () => {
    const many = 400
    const last = textOf({ line: 'GET /healthz HTTP/1.1', headers: closing })
    const answers = await talk([Buffer.from(state.repeat(many) + last)])
    const { body } = await alone(state)
    expect(answers).toHaveLength(many + 1)
    expect(new Set(answers.slice(0, many).map((answer) => answer.body))).toEqual(new Set([body]))
  })
})
