import { readFileSync } from 'node:fs'
import { createHost } from '@softgate/sdk/host'
import { listen } from '@softgate/server'
import { Hono } from 'hono'
import { type Demo, startDemo } from '../teamflow/demo.ts'

export interface PlainHtml {
  url: string
  demo: Demo
  close(): Promise<void>
}

const page = new URL('./index.html', import.meta.url)

/**
 * What any server does for the page, whatever it is written in: it serves the file, gives a token to whoever is signed in
 * (here always Priya Nair of Acme) and leads `/softgate` to the backend, which is the demo's.
 */
export async function startPlainHtml({ port, data }: { port: number; data: string }): Promise<PlainHtml> {
  const demo = await startDemo({ port: 0, data })
  const host = createHost({ url: demo.backend, secretKey: demo.secretKey })
  const app = new Hono()
  app.get('/', (c) => c.html(readFileSync(page, 'utf8')))
  app.get('/favicon.ico', (c) => c.body(null, 204))
  app.post('/softgate-token', (c) =>
    c.text(host.mintToken({ account: 'acme', user: 'priya', may: ['purchase'] }).token),
  )
  app.mount('/softgate', demo.answer)
  const { url, close } = await listen(app, { port })
  return {
    url,
    demo,
    async close() {
      await close()
      await demo.close()
    },
  }
}
