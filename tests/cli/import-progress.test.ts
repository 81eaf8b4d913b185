import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { listen } from '@softgate/server'
import { expect, test } from 'vitest'
import { cleanup } from '../support/cleanup.ts'
import { done } from '../support/cli.ts'
import { freshFolder } from '../support/folder.ts'
import { openHarness, secretKey, subscribe } from '../support/harness.ts'
import { runs } from '../support/runs.ts'

const terminal = '--import=data:text/javascript,process.stdout.isTTY=true;process.stdout.columns=80'

/** A backend, a way to it that breaks off after some requests, and a file of 2,500 events. */
async function opened() {
  const harness = await openHarness()
  await subscribe(harness)
  const backend = await listen(harness.softgate.app, { port: 0 })
  cleanup(() => backend.close())
  let left = Number.POSITIVE_INFINITY
  const way = createServer(async (request, response) => {
    if (--left < 0) return void request.socket.destroy()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url = '', headers } = request
    const answer = await fetch(backend.url + url, {
      method,
      headers: { authorization: String(headers.authorization), 'content-type': 'application/json' },
      body: Buffer.concat(chunks),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  cleanup(() => void way.close())
  const address = way.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const folder = freshFolder()
  const path = join(folder, 'long.ndjson')
  writeFileSync(path, runs(2_500).join('\n'))
  return {
    path,
    used: async () =>
      (await harness.host.ok<{ used: number }>('POST', '/check', { account: 'acme', feature: 'automations' })).used,
    breakAfter: (requests: number) => {
      left = requests
    },
    run: (env: Record<string, string> = {}) =>
      done(folder, ['import', path, '--url', url], { SOFTGATE_SECRET_KEY: secretKey, ...env }),
  }
}

test('an import that broke off goes on with what was not sent, and tells the sum of both', async () => {
  const { path, used, breakAfter, run } = await opened()
  breakAfter(2)
  const broken = await run({ NODE_OPTIONS: terminal })
  expect(broken).toMatchObject({ code: 1, text: expect.stringContaining('Stopped importing') })
  expect(await used()).toBe(2_000)
  expect(JSON.parse(readFileSync(`${path}.progress.json`, 'utf8'))).toMatchObject({ done: 2_000, accepted: 2_000 })
  breakAfter(1)
  const { code, text } = await run()
  expect(text).toBe('Going on after record 2000.\n2500 accepted, 0 known already, 0 rejected\n')
  expect(code).toBe(0)
  expect(await used()).toBe(2_500)
  expect(existsSync(`${path}.progress.json`)).toBe(false)
})

test('a terminal is shown how far it is, a file or pipe only the end', async () => {
  const { run } = await opened()
  const shown = await run({ NODE_OPTIONS: terminal })
  // A quick machine is done between two pictures: which counts of records are seen is left to it.
  for (const words of ['Importing', 'Imported']) expect(shown.text).toContain(words)
  expect(shown.text).toContain('2500 accepted, 0 known already, 0 rejected')
  expect((await run()).text).toBe('0 accepted, 2500 known already, 0 rejected\n')
})
