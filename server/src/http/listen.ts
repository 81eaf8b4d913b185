import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { listenBefore } from './hot-shells.ts'
import { keepAliveMs } from './socket-reply.ts'

export interface Listening {
  url: string
  port: number
  /** Stops accepting and cuts what is still open. */
  close(): Promise<void>
}

/**
 * Serves an app on a port of this machine; 0 picks a free one. Headers and bodies must arrive in time, so that slow clients
 * cannot hold all connections.
 *
 * @throws the system's error when the port is taken (`EADDRINUSE`) or not allowed
 */
export function listen(
  app: Hono,
  { port, hostname = '127.0.0.1' }: { port: number; hostname?: string },
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const limits = {
      headersTimeout: 10_000,
      requestTimeout: 20_000,
      maxHeaderSize: 16 * 1_024,
      keepAliveTimeout: keepAliveMs,
    }
    const server = createServer(limits, listenBefore(app, getRequestListener(app.fetch, { hostname })))
    server.once('error', reject)
    server.listen(port, hostname, () => {
      server.off('error', reject)
      const taken = (server.address() as AddressInfo).port
      const close = () =>
        new Promise<void>((done) => {
          server.close(() => done())
          server.closeAllConnections()
        })
      resolve({ url: `http://${hostname}:${taken}`, port: taken, close })
    })
  })
}
