import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Decision } from '@softgate/sdk/contract'
import { createHost, type HostOptions, type SoftgateHost } from '@softgate/sdk/host'
import { expect, test } from 'vitest'
import { cleanup } from '../support/cleanup.ts'
import { type Harness, openHarness, secretKey, subscribe } from '../support/harness.ts'

type Fetch = typeof globalThis.fetch

const freshFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'softgate-spool-'))
  cleanup(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

interface Line {
  harness: Harness
  /** Cuts the connection to the backend, or mends it. */
  cut(how: boolean | 'after'): void
  calls: string[]
  host(options?: Partial<HostOptions>): SoftgateHost
}

/** A backend and the line to it; `after` loses replies instead of calls. */
async function openLine(): Promise<Line> {
  const harness = await openHarness()
  await subscribe(harness)
  let broken: boolean | 'after' = false
  const calls: string[] = []
  const fetch: Fetch = async (input, init) => {
    const path = String(input).replace('http://softgate.test', '')
    calls.push(path)
    if (broken === true) throw new Error('connection refused')
    const response = await harness.softgate.app.request(path, init)
    if (broken === 'after') throw new Error('connection reset')
    return response
  }
  return {
    harness,
    calls,
    cut: (how) => {
      broken = how
    },
    host(options = {}) {
      const host = createHost({
        url: 'http://softgate.test',
        secretKey,
        fetch,
        now: harness.clock.now,
        retries: 0,
        onFailure: () => {},
        ...options,
      })
      cleanup(() => host.close())
      return host
    },
  }
}

const used = async ({ host }: Harness): Promise<number | null> =>
  (await host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'automations' })).used

const run = (value: number) => ({ account: 'acme', name: 'run', feature: 'automations', value })

test('events of one turn travel together, and each call hears of its own', async () => {
  const { host, calls, harness } = await openLine()
  const client = host()
  const answers = await Promise.all([
    client.track(run(1)),
    client.track(run(2), { ...run(3), feature: 'nothing' }),
    client.track({ account: 'nobody', name: 'x' }, run(4)),
  ])
  expect(answers).toMatchObject([
    { kept: 'backend', rejected: [] },
    { kept: 'backend', rejected: [{ index: 1, code: 'feature_unknown' }] },
    { kept: 'backend', rejected: [{ index: 0, code: 'account_unknown' }] },
  ])
  expect(calls.filter((path) => path === '/v1/events').length).toBeLessThanOrEqual(2)
  expect(await used(harness)).toBe(7)
})

test.each([[true as const], ['after' as const]])(
  'with the line cut (%s) a caller is answered all the same, and each event counts once when it is mended',
  async (how) => {
    const { host, cut, harness } = await openLine()
    const folder = freshFolder()
    const client = host({ spool: { folder } })
    cut(how)
    expect(await client.track(run(2))).toEqual({ kept: 'spool', rejected: [] })
    expect(await Promise.all([client.track(run(3)), client.track(run(4))])).toMatchObject([
      { kept: 'spool' },
      { kept: 'spool' },
    ])
    cut(false)
    await client.close()
    expect(await used(harness)).toBe(9)
    expect(readdirSync(folder)).toEqual([])
  },
)

test('a batch that the backend will never take is let go with its reason; one that it may take later is kept', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  let status: number | null = null
  const failures: unknown[] = []
  const client = createHost({
    url: 'http://softgate.test',
    secretKey,
    fetch: async (input, init) =>
      status === null
        ? harness.softgate.app.request(String(input).replace('http://softgate.test', ''), init)
        : Response.json({ code: 'invalid_request', status, detail: `No, ${status}.` }, { status }),
    now: harness.clock.now,
    retries: 0,
    onFailure: (error) => failures.push(error),
  })
  for (const never of [400, 413, 422]) {
    status = never
    expect((await client.track(run(1))).kept).toBe('nowhere')
    expect(failures.pop()).toMatchObject({ final: true, message: expect.stringContaining(`No, ${never}.`) })
  }
  for (const later of [408, 429, 500, 503]) {
    status = later
    expect((await client.track(run(1))).kept).toBe('spool')
  }
  expect(failures).toEqual([])
  status = null
  await client.close()
  expect(await used(harness)).toBe(4)
})

test('what is too much for one request goes in several, and each event keeps its place', async () => {
  const { host, harness, calls } = await openLine()
  const client = host()
  const note = 'x'.repeat(900)
  const many = Array.from({ length: 1_500 }, (_, n) => ({ ...run(1), properties: { a: note, n } }))
  const [all, odd] = await Promise.all([
    client.track(...many),
    client.track(...many.slice(0, 600), { ...run(5), feature: 'nothing' }),
  ])
  expect(all).toEqual({ kept: 'backend', rejected: [] })
  expect(odd).toMatchObject({ kept: 'backend', rejected: [{ index: 600, code: 'feature_unknown' }] })
  expect(await used(harness)).toBe(2_100)
  expect(calls.filter((path) => path === '/v1/events').length).toBeLessThan(8)
})

test('what cannot be written down is refused here, and takes nothing else down', async () => {
  const { host, harness } = await openLine()
  const failures: unknown[] = []
  const client = host({
    onFailure(error) {
      failures.push(error)
      throw new Error('whoever listens fails as well')
    },
  })
  const odd = { ...run(1), value: 5n as unknown as number }
  const answers = await Promise.all([client.track(run(2)), client.track(odd), client.track(run(3))])
  expect(answers.map(({ kept }) => kept)).toEqual(['backend', 'nowhere', 'backend'])
  expect(failures).toHaveLength(1)
  expect(await used(harness)).toBe(5)
})

test('a spool that cannot be opened is said, and events wait in memory', async () => {
  const { host, cut, harness } = await openLine()
  const failures: string[] = []
  const folder = join(freshFolder(), 'a-file')
  writeFileSync(folder, '')
  const client = host({ spool: { folder }, onFailure: (error) => failures.push(String(error)) })
  cut(true)
  expect((await client.track(run(2))).kept).toBe('spool')
  expect(failures.join()).toContain('EEXIST')
  cut(false)
  await client.close()
  expect(await used(harness)).toBe(2)
})

test('a backend that hangs is waited for once, and then looked for by one call at a time', async () => {
  const { harness, calls } = await openLine()
  let hangs = true
  const client = createHost({
    url: 'http://softgate.test',
    secretKey,
    now: harness.clock.now,
    retries: 0,
    timeoutMs: 100,
    onFailure: () => {},
    fetch: (input, init) => {
      const path = String(input).replace('http://softgate.test', '')
      calls.push(path)
      if (!hangs) return Promise.resolve(harness.softgate.app.request(path, init))
      return new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      })
    },
  })
  cleanup(() => client.close())
  const asked = { account: 'acme', feature: 'automations' }
  expect(await client.check(asked)).toMatchObject({ source: 'default' })
  for (let n = 0; n < 50; n++) expect(await client.check(asked)).toMatchObject({ source: 'default' })
  expect((await client.consume(asked)).source).toBe('default')
  expect(calls.filter((path) => path !== '/v1/events')).toEqual(['/v1/check', '/v1/check'])
  hangs = false
  await expect.poll(async () => (await client.check(asked)).source).toBe('live')
})

test('what a killed process had kept is sent by the next one, once', async () => {
  const { host, harness } = await openLine()
  const folder = freshFolder()
  const root = new URL('../..', import.meta.url)
  const script = `
    import { createHost } from '@softgate/sdk/host'
    const host = createHost({ url: 'http://127.0.0.1:9', secretKey: '${secretKey}', retries: 0, spool: { folder: ${JSON.stringify(folder)} } })
    const time = '${new Date(harness.clock.now()).toISOString()}'
    for (let i = 0; ; i++) {
      const { kept } = await host.track({ account: 'acme', name: 'run', feature: 'automations', value: 1, time })
      process.stdout.write(kept + '\\n')
    }`
  const child = spawn(
    process.execPath,
    [
      '--conditions=softgate-source',
      `--import=${new URL('.ci/typescript.mjs', root).href}`,
      '--input-type=module',
      '-e',
      script,
    ],
    { cwd: fileURLToPath(root), stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
    if (said.split('\n').length > 50) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.once('close', resolve))
  const acknowledged = said.split('\n').filter((line) => line === 'spool').length
  expect(acknowledged).toBeGreaterThanOrEqual(50)
  await host({ spool: { folder } }).close()
  // The last one may have been written and not said.
  expect(await used(harness)).toBeGreaterThanOrEqual(acknowledged)
  expect(await used(harness)).toBeLessThanOrEqual(acknowledged + 1)
  expect(readdirSync(folder)).toEqual([])
})

test('a spool is bounded: what it does not take is told, and what it took is kept', async () => {
  const { host, cut, harness } = await openLine()
  const failures: string[] = []
  const client = host({
    spool: { folder: freshFolder(), maxBytes: 1_000 },
    onFailure: (error) => failures.push(String(error)),
  })
  cut(true)
  const kept: string[] = []
  for (let i = 0; i < 12; i++) kept.push((await client.track(run(1))).kept)
  const took = kept.filter((where) => where === 'spool').length
  expect(took).toBeGreaterThan(2)
  expect(kept.slice(took)).toEqual(Array.from({ length: 12 - took }, () => 'nowhere'))
  expect(failures.join()).toContain('1 events are lost')
  cut(false)
  await client.close()
  expect(await used(harness)).toBe(took)
})

test('a key that is refused is said at once, and what waits is kept for the right one', async () => {
  const { host, harness, cut } = await openLine()
  const spool = { folder: freshFolder() }
  const before = host({ spool })
  cut(true)
  await before.track(run(2))
  await before.close()
  cut(false)
  const failures: string[] = []
  const wrong = {
    secretKey: 'sg_test_wrongwrongwrongwrong',
    onFailure: (error: unknown) => failures.push(String(error)),
  }
  const client = host({ spool, ...wrong })
  expect(await client.track(run(1))).toEqual({ kept: 'spool', rejected: [] })
  expect(failures[0]).toContain('/v1/events')
  await client.close()
  expect(await used(harness)).toBe(0)
  await host({ spool }).close()
  expect(await used(harness)).toBe(3)
})

test('a consumption whose fate is unknown counts once, if the feature fails open', async () => {
  const { host, cut, harness } = await openLine()
  const client = host({ failOf: { exports: 'closed' } })
  cut('after')
  expect(await client.consume({ account: 'acme', feature: 'automations', quantity: 3 })).toMatchObject({
    allowed: true,
    source: 'default',
  })
  await expect(client.consume({ account: 'acme', feature: 'exports' })).rejects.toMatchObject({ code: 'unreachable' })
  cut(false)
  await client.close()
  expect(await used(harness)).toBe(3)
})
