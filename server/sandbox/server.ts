import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { LostReply } from './wire/faults.ts'

/** A server that was started. */
export interface Listening {
  readonly url: string
  readonly port: number
  /** Ends every connection, also those that wait for a lost reply. */
  close(): Promise<void>
}

/** Serves `answer` over HTTP. A lost reply destroys its socket, as a broken network would. */
export function startServer(
  answer: (request: Request) => Promise<Response>,
  port: number,
  hostname: string,
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      try {
        return await answer(request)
      } catch (error) {
        if (!(error instanceof LostReply)) throw error
        ;(env as HttpBindings).incoming.socket.destroy()
        return RESPONSE_ALREADY_SENT
      }
    },
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, () => {
      const { port: bound } = server.address() as AddressInfo
      resolve({ url: `http://${hostname}:${bound}`, port: bound, close: () => stop(server) })
    })
  })
}

function stop(server: ReturnType<typeof createAdaptorServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
}
