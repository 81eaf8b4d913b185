import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { listen } from '@softgate/server'
import { expect, test } from 'vitest'
import { cleanup } from '../support/cleanup.ts'
import { done } from '../support/cli.ts'
import { freshFolder } from '../support/folder.ts'
import { openHarness, secretKey, subscribe } from '../support/harness.ts'
import { runs } from '../support/runs.ts'

async function opened() {
  const harness = await openHarness()
  await subscribe(harness)
  const server = await listen(harness.softgate.app, { port: 0 })
  cleanup(() => server.close())
  const folder = freshFolder()
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
  const run = (path: string) => done(folder, ['import', path, '--url', server.url], { SOFTGATE_SECRET_KEY: secretKey })
  return { file, run }
}

test('a note of how far another file, or another backend, was brought in skips nothing', async () => {
  const { file, run } = await opened()
  const path = file('runs.ndjson', runs(1_500).join('\n'))
  for (const [note, accepted] of [
    [JSON.stringify({ of: 'another', done: 1_000, accepted: 1_000, duplicates: 0, rejected: 0 }), 1_500],
    ['{"done":', 0],
  ] as const) {
    writeFileSync(`${path}.progress.json`, note)
    const text = `${accepted} accepted, ${1_500 - accepted} known already, 0 rejected\n`
    expect(await run(path)).toEqual({ code: 0, text })
  }
})

test('what was rejected is told of the last run alone', async () => {
  const { file, run } = await opened()
  const path = file('odd.ndjson', '{"account":"acme"}\n[]\n')
  for (const _ of [1, 2])
    expect(await run(path)).toMatchObject({ code: 1, text: expect.stringContaining('2 rejected') })
  expect(readFileSync(`${path}.rejected.ndjson`, 'utf8').trim().split('\n')).toHaveLength(2)
})

test('a record that is too large, and a mark of the byte order, hold nothing up', async () => {
  const { file, run } = await opened()
  const [first = '', second = '', third = ''] = runs(3)
  const large = JSON.stringify({ ...JSON.parse(second), properties: { a: 'x'.repeat(1_200_000) } })
  const path = file('large.ndjson', `\ufeff${[first, large, third].join('\r\n')}`)
  expect((await run(path)).text).toMatch(/^2 accepted, 0 known already, 1 rejected/)
  expect(readFileSync(`${path}.rejected.ndjson`, 'utf8')).toContain('larger than')
})

test('a quote within a cell is text, and from where on a file cannot be read is said; what is before it counts', async () => {
  const { file, run } = await opened()
  const head = 'id,account,name,feature,value,time,properties.note'
  const csv = (...rows: [id: string, note: string][]) =>
    [head, ...rows.map(([id, note]) => `${id},acme,run,automations,1,2027-03-12T10:00:00Z,${note}`)].join('\n')
  const quotes = file('quotes.csv', csv(['a', 'x'], ['b', '5" disk'], ['c', '"so" it goes'], ['d', 'x']))
  expect(await run(quotes)).toEqual({ code: 0, text: '4 accepted, 0 known already, 0 rejected\n' })
  const open = file('open.csv', csv(['e', 'x'], ['f', '"never closed'], ['g', 'x']))
  expect(await run(open)).toEqual({
    code: 1,
    text: `softgate: After record 0 ${open} cannot be read: Quote Not Closed: the parsing is finished with an opening quote at line 4\n`,
  })
  writeFileSync(open, csv(['e', 'x'], ['f', '"closed"'], ['g', 'x']))
  expect(await run(open)).toEqual({ code: 0, text: '2 accepted, 1 known already, 0 rejected\n' })

  const cut = file('cut.ndjson.gz', gzipSync(runs(2_500).join('\n')))
  truncateSync(cut, statSync(cut).size - 500)
  const told = /^softgate: After record \d+ .*cut.ndjson.gz cannot be read: unexpected end of file\n$/
  expect((await run(cut)).text).toMatch(told)
  writeFileSync(cut, gzipSync(runs(2_500).join('\n')))
  expect((await run(cut)).text).toMatch(/^[1-9]\d* accepted, [1-9]\d+ known already, 0 rejected\n$/)
})
