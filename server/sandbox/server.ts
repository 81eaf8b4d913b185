import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { LostReply } from './wire/faults.ts'

/** Where and whether the sandbox is served over HTTP. */
export interface Host {
  listen(port: number, hostname?: string): Promise<{ readonly url: string; readonly port: number }>
  /** Ends every connection, also those that wait for a lost reply. */
  stop(): Promise<void>
}

type Server = ReturnType<typeof createAdaptorServer>

/** A host that serves `answer`, and tells `onListening` the address once there is one. */
export function createHost(answer: (request: Request) => Promise<Response>, onListening: (url: string) => void): Host {
  let server: Server | undefined
  return {
    listen: async (port, hostname = '127.0.0.1') => {
      const started = createServer(answer)
      const bound = await listenOn(started, port, hostname)
      server = started
      const url = `http://${hostname}:${bound}`
      onListening(url)
      return { url, port: bound }
    },
    stop: async () => server && stop(server),
  }
}

/** Serves `answer` over HTTP. A lost reply destroys its socket, as a broken network would. */
const createServer = (answer: (request: Request) => Promise<Response>): Server =>
  createAdaptorServer({
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

function listenOn(server: Server, port: number, hostname: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, () => resolve((server.address() as AddressInfo).port))
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
}
