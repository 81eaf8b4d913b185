import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSoftgate, listen } from '@softgate/server'
import { Hono } from 'hono'
import { config } from './config.ts'

/** One server to be measured; says where it is in one line of JSON. */
const secretKey = 'sg_test_benchmarkbenchmarkbenchmark'
const [, , kind, database] = process.argv

const bare = (): { app: Hono; close(): Promise<void> } => {
  const app = new Hono()
  app.get('/', (c) => c.json({ ok: true }))
  app.post('/', async (c) => c.json(await c.req.json()))
  return { app, close: async () => {} }
}

async function softgate(): Promise<{ app: Hono; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'softgate-bench-'))
  const made = await createSoftgate({
    config,
    database: database || join(folder, 'bench.db'),
    secretKeys: [secretKey],
  })
  return {
    app: made.app,
    async close() {
      await made.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Processor seconds: Linux knows them by thread, elsewhere all count as the main thread's. */
function cpu(): { main: number; others: number } {
  if (!existsSync('/proc/self/task')) {
    const { user, system } = process.cpuUsage()
    return { main: (user + system) / 1e6, others: 0 }
  }
  const threads = readdirSync('/proc/self/task').map((thread) => ({
    main: Number(thread) === process.pid,
    seconds: Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e9,
  }))
  const sum = (main: boolean) =>
    threads.filter((thread) => thread.main === main).reduce((all, thread) => all + thread.seconds, 0)
  return { main: sum(true), others: sum(false) }
}

const { app, close } = kind === 'bare' ? bare() : await softgate()
app.get('/_spent', (c) => c.json({ ...cpu(), rss: process.memoryUsage.rss() }))
const listening = await listen(app, { port: 0 })
process.stdout.write(`${JSON.stringify({ url: listening.url, secretKey })}\n`)
process.on('SIGTERM', async () => {
  await listening.close()
  await close()
  process.exit(0)
})
