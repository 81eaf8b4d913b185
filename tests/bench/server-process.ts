import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSoftgate, listen } from '@softgate/server'
import { Hono } from 'hono'
import config from '../../examples/teamflow/softgate.config.ts'

/** One server to be measured; says where it is in one line of JSON. */
const secretKey = 'sg_test_benchmarkbenchmarkbenchmark'

const bare = (): { app: Hono; close(): Promise<void> } => {
  const app = new Hono()
  app.get('/', (c) => c.json({ ok: true }))
  app.post('/', async (c) => c.json(await c.req.json()))
  return { app, close: async () => {} }
}

async function softgate(): Promise<{ app: Hono; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'softgate-bench-'))
  const made = await createSoftgate({ config, database: join(folder, 'bench.db'), secretKeys: [secretKey] })
  return {
    app: made.app,
    async close() {
      await made.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const { app, close } = process.argv[2] === 'bare' ? bare() : await softgate()
app.get('/_cpu', (c) => {
  const { user, system } = process.cpuUsage()
  return c.text(String((user + system) / 1e6))
})
const listening = await listen(app, { port: 0 })
process.stdout.write(`${JSON.stringify({ url: listening.url, secretKey })}\n`)
process.on('SIGTERM', async () => {
  await listening.close()
  await close()
  process.exit(0)
})
