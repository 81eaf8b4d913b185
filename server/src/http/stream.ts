import type { ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Hono } from 'hono'
import type { Chunk, Listener } from '../delivery/listeners.ts'
import { type Context, snapshotOf, type Who } from '../flows/context.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Authenticate } from './keys.ts'
import type { Replies } from './reply.ts'
import { type RouteEntry, whoOf } from './route.ts'

const heartbeatMs = 25_000
/** A connection that has this much unread is cut off; it reconnects and gets the whole state. */
const backlogBytes = 256 * 1_024
const heartbeat: Chunk = Buffer.from(': still here\n\n')

export interface StreamOptions {
  app: Hono
  context: Context
  authenticate: Authenticate
  replies: Replies
  /** The most connections of one account. */
  perAccount?: number
}

/** What a connection listens to: one account, or all with null; as a user, or as a host. */
interface Subscription {
  account: string | null
  who: Who | null
  /** Epoch ms; null for a secret key. */
  expiresAt: number | null
}

/** Where one connection's chunks go. */
interface Sink {
  write(chunk: Chunk): void
  end(): void
  onClose(fn: () => void): void
}

/** `GET /v1/stream`: the account's state at once, then whatever changes of it and of its user, as server-sent events. */
export function streamRoute({
  app,
  context,
  authenticate,
  replies,
  perAccount = 50,
}: StreamOptions): RouteEntry & { closeAll(): void } {
  const open = new Map<string, number>()
  const sinks = new Set<Sink>()

  const attach = async ({ account, who, expiresAt }: Subscription, sink: Sink): Promise<void> => {
    const key = account ?? ''
    const listener: Listener = { reader: who, write: (chunk) => sink.write(chunk) }
    open.set(key, (open.get(key) ?? 0) + 1)
    sinks.add(sink)
    let cancelBeat = () => {}
    const unsubscribe = context.live.subscribe(account, listener)
    const beat = () => {
      // A token speaks only as long as it lives: the client comes back with a new one.
      if (expiresAt !== null && context.wall.now() >= expiresAt) return sink.end()
      sink.write(heartbeat)
      cancelBeat = context.clock.after(heartbeatMs, beat)
    }
    sink.onClose(() => {
      cancelBeat()
      unsubscribe()
      sinks.delete(sink)
      const left = (open.get(key) ?? 1) - 1
      if (left > 0) open.set(key, left)
      else open.delete(key)
    })
    if (account !== null) await context.live.greet(account, listener)
    cancelBeat = context.clock.after(heartbeatMs, beat)
  }

  app.get('/v1/stream', async (c) => {
    const caller = authenticate(c.req.header('authorization'))
    const query = (name: string) => c.req.query(name)
    const named = caller.kind === 'user' || query('user') !== undefined
    const who = named ? whoOf(query, caller) : null
    const account = who?.account ?? query('account') ?? null
    if (account !== null) await snapshotOf(context, account)
    if ((open.get(account ?? '') ?? 0) >= perAccount)
      throw new ProblemError(
        'rate_limited',
        `The account has ${perAccount} live connections already. Close one, or share it between tabs.`,
      )
    const expiresAt = caller.kind === 'user' ? caller.expiresAt : null
    const subscription = { account, who, expiresAt }
    const headers = {
      ...replies.headers(c.req.header('origin')),
      'content-type': 'text/event-stream',
      'x-accel-buffering': 'no',
    }
    const outgoing = (c.env as { outgoing?: ServerResponse } | undefined)?.outgoing
    if (outgoing) {
      outgoing.writeHead(200, headers)
      outgoing.flushHeaders() // a stream of all accounts may have nothing to say for long
      await attach(subscription, nodeSink(outgoing))
      return RESPONSE_ALREADY_SENT
    }
    const { readable, sink } = webSink()
    await attach(subscription, sink)
    return new Response(readable, { headers })
  })

  const closeAll = (): void => {
    for (const sink of sinks) sink.end()
  }
  return { key: 'GET /v1/stream', access: 'any', schema: null, closeAll }
}

/** Writes the shared buffer straight to the socket: a quarter of the cost of a stream a connection. */
function nodeSink(outgoing: ServerResponse): Sink {
  return {
    write(chunk) {
      if (outgoing.writableLength > backlogBytes) outgoing.destroy()
      else outgoing.write(chunk)
    },
    end: () => outgoing.end(),
    onClose: (fn) => outgoing.once('close', fn),
  }
}

function webSink(): { readable: ReadableStream<Uint8Array>; sink: Sink } {
  const closed: (() => void)[] = []
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null
  const close = () => {
    controller = null
    for (const fn of closed.splice(0)) fn()
  }
  const readable = new ReadableStream<Uint8Array>({
    start(made) {
      controller = made
    },
    cancel: close,
  })
  const sink: Sink = {
    write: (chunk) => controller?.enqueue(chunk),
    end() {
      controller?.close()
      close()
    },
    onClose: (fn) => closed.push(fn),
  }
  return { readable, sink }
}
