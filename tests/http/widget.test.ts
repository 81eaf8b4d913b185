import { gunzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { buildWidget } from '../../examples/build-widget.ts'
import { listen } from '../../server/src/http/listen.ts'
import { widgetRoutes } from '../../server/src/http/widget.ts'
import { cleanup } from '../support/cleanup.ts'
import { openHarness } from '../support/harness.ts'

test('the widget is served to any page: its script for five minutes, its parts for ever', async () => {
  await buildWidget()
  const { softgate } = await openHarness()
  const { url, close } = await listen(softgate.app, { port: 0 })
  cleanup(close)
  const script = await fetch(`${url}/widget.js`)
  expect(script.status).toBe(200)
  expect(Object.fromEntries(script.headers)).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'content-encoding': 'gzip',
    'cache-control': 'public, max-age=300',
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  })
  const text = await script.text()
  const parts = new Set([...text.matchAll(/new URL\(.\.\/(widget-[\w-]+\.js)/g)].map(([, name = '']) => name))
  const subjects = [...parts].map((name) => name.split('-')[1])
  expect(subjects).toEqual(expect.arrayContaining(['gate', 'plans', 'prompts', 'requests', 'subscription', 'upgrade']))
  for (const name of parts) {
    const part = await fetch(`${url}/${name}`)
    expect([part.status, part.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    expect(await part.text()).toContain('softgate.widget')
  }
  const etag = script.headers.get('etag') ?? ''
  const again = await softgate.app.request('/widget.js', { headers: { 'if-none-match': etag } })
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
  const plain = await softgate.app.request('/widget.js')
  expect([plain.headers.get('content-encoding'), await plain.text()]).toEqual([null, text])
  const zipped = await softgate.app.request('/widget.js', { headers: { 'accept-encoding': 'br, gzip' } })
  expect(gunzipSync(await zipped.arrayBuffer()).toString()).toBe(text)
})

test('what is not there is told with what to do', async () => {
  await buildWidget()
  const { softgate } = await openHarness()
  const old = await softgate.app.request('/widget-upgrade-0ldw1dget.js')
  expect([old.status, (await old.json()).detail]).toEqual([404, expect.stringContaining('load it anew')])
  for (const path of ['/widget-..%2f..%2fpackage.json', '/widget-%2e%2e/x.js', '/widget.json', '/widget'])
    expect((await softgate.app.request(path)).status).toBe(404)
  const bare = new Hono()
  widgetRoutes(bare, '/nowhere')
  bare.onError((error, c) => c.text(error.message, 404))
  expect(await (await bare.request('/widget.js')).text()).toContain('Run "npm run build"')
})
