import { serve } from '@hono/node-server'
import type { Hono } from 'hono'

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
    const server = serve(
      {
        fetch: app.fetch,
        port,
        hostname,
        serverOptions: { headersTimeout: 10_000, requestTimeout: 20_000, maxHeaderSize: 16 * 1_024 },
      },
      (address) => {
        server.off('error', reject)
        const close = () =>
          new Promise<void>((done) => {
            server.close(() => done())
            if ('closeAllConnections' in server) server.closeAllConnections()
          })
        resolve({ url: `http://${hostname}:${address.port}`, port: address.port, close })
      },
    )
    server.once('error', reject)
  })
}
