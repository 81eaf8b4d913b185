import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cleanup } from './cleanup.ts'
import { type Harness, type HarnessOptions, openHarness } from './harness.ts'

/**
 * How a call to Stripe goes wrong. `dead_before`: it never arrives, nor does any after it. `dead_after`: it does its work, its
 * answer is lost, and the line is dead. The others hit this one call only. On a dead line answers break off in the middle: a
 * connection that is reset the client would try once more by itself, after half a second.
 */
export const cuts = [
  'dead_before',
  'dead_after',
  'reset_before',
  'reset_after',
  'error_500_before',
  'error_500_after',
  'rate_limited',
  'locked',
] as const
export type Cut = (typeof cuts)[number]

/** The line between a server and Stripe, on which each call can be cut. */
export interface Line {
  url: string
  /** Cuts the `call`-th call from now, counted from 0. */
  cut(call: number, how: Cut): void
  heal(): void
  /** Changes every answer to calls such as `GET /v1/invoices` (their beginning) from now on. */
  rewrite(call: string, change: (body: string) => string): void
  /** Does something once, just before a call such as `POST /v1/subscriptions` (its beginning) arrives. */
  before(call: string, work: () => Promise<void>): void
  /** The calls since the last cut or healing, as `POST /v1/subscriptions/sub_1`. */
  calls(): readonly string[]
}

const answers: Partial<Record<Cut, [status: number, code: string]>> = {
  error_500_before: [500, 'api_error'],
  error_500_after: [500, 'api_error'],
  rate_limited: [429, 'rate_limit'],
  locked: [429, 'lock_timeout'],
}

/** A server that reaches Stripe by such a line. */
export async function openOnLine(options: HarnessOptions = {}): Promise<{ harness: Harness; line: Line }> {
  const lines: Line[] = []
  const harness = await openHarness({
    ...options,
    async stripeVia(url) {
      const line = await openLine(url)
      lines.push(line)
      return line.url
    },
  })
  const [line] = lines
  if (!line) throw new Error('the harness opened no line')
  return { harness, line }
}

export async function openLine(target: string): Promise<Line> {
  const { hostname, port } = new URL(target)
  let calls: string[] = []
  let at = Number.POSITIVE_INFINITY
  let how: Cut = 'dead_before'
  const rewritten: { call: string; change: (body: string) => string }[] = []
  let awaited: { call: string; work: () => Promise<void> } | null = null
  const server = createServer((incoming, reply) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', async () => {
      const call = `${incoming.method} ${incoming.url?.split('?')[0]}`
      const index = calls.push(call) - 1
      if (awaited && call.startsWith(awaited.call)) {
        const { work } = awaited
        awaited = null
        await work()
      }
      const struck = index === at || (index > at && how.startsWith('dead'))
      const arrives = !struck || (index === at && how.endsWith('_after'))
      const drop = () => incoming.socket.destroy()
      const fail = () => {
        if (how.startsWith('dead')) {
          reply.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 })
          reply.write('{', drop)
          return
        }
        const [status, code] = answers[how] ?? []
        if (status === undefined) return drop()
        reply.writeHead(status, { 'content-type': 'application/json', 'stripe-should-retry': 'false' })
        reply.end(JSON.stringify({ error: { type: 'api_error', code, message: 'The line was cut.' } }))
      }
      if (!arrives) return fail()
      const { method = 'GET', url: path = '/', headers } = incoming
      const forward = send({ hostname, port, method, path, headers }, (response) => {
        const body: Buffer[] = []
        response.on('data', (chunk: Buffer) => body.push(chunk))
        response.on('end', () => {
          if (struck) return fail()
          const fits = rewritten.filter((one) => call.startsWith(one.call))
          const text = fits.reduce((all, { change }) => change(all), Buffer.concat(body).toString())
          const { 'content-length': _, ...head } = response.headers
          reply.writeHead(response.statusCode ?? 502, head)
          reply.end(text)
        })
      })
      forward.on('error', drop)
      forward.end(Buffer.concat(chunks))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port: own } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${own}`,
    cut(call, kind) {
      calls = []
      at = call
      how = kind
    },
    heal() {
      calls = []
      at = Number.POSITIVE_INFINITY
    },
    rewrite(call, change) {
      rewritten.push({ call, change })
    },
    before(call, work) {
      awaited = { call, work }
    },
    calls: () => calls,
  }
}
