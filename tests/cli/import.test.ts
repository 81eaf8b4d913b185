import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decision, State, UsageAnswer } from '@softgate/sdk/contract'
import { listen } from '@softgate/server'
import { expect, test } from 'vitest'
import { readEventFile } from '../../server/cli/event-file.ts'
import { cleanup } from '../support/cleanup.ts'
import { done } from '../support/cli.ts'
import { freshFolder } from '../support/folder.ts'
import { day, type Harness, openHarness, secretKey, subscribe } from '../support/harness.ts'

/** A backend that listens, and a way to import a file into it. */
async function opened() {
  const harness = await openHarness()
  await subscribe(harness)
  const server = await listen(harness.softgate.app, { port: 0 })
  cleanup(() => server.close())
  const folder = freshFolder()
  const run = (file: string) => done(folder, ['import', file, '--url', server.url], { SOFTGATE_SECRET_KEY: secretKey })
  const file = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  return { harness, run, file }
}

const used = async ({ host }: Harness, feature: string): Promise<number | null> =>
  (await host.ok<Decision>('POST', '/check', { account: 'acme', feature })).used

test('history of any age is brought in from CSV, counts once however often, and asks nobody anything', async () => {
  const { harness, run, file } = await opened()
  await harness.clock.advance(day)
  const rows = ['account,name,feature,value,time,properties.source']
  for (let i = 0; i < 45; i++) rows.push(`acme,export,exports,1,2027-03-12T15:${String(i).padStart(2, '0')}:00Z,old`)
  rows.push('acme,export,exports,7,2020-02-03T10:00:00Z,old')
  const path = file('history.csv', rows.join('\n'))
  expect(await run(path)).toEqual({ code: 0, text: '46 accepted, 0 known already, 0 rejected\n' })
  expect(await used(harness, 'exports')).toBe(45)
  expect(await run(path)).toEqual({ code: 0, text: '0 accepted, 46 known already, 0 rejected\n' })
  expect(await used(harness, 'exports')).toBe(45)
  // 45 of 50 is far past the soft limit; live, that would have been a crossing.
  const state = await harness.as('acme', 'priya').ok<State>('GET', '/state')
  expect(state.prompts.filter(({ feature }) => feature === 'exports')).toEqual([])
  const { days } = await harness.as('acme', 'priya').ok<UsageAnswer>('GET', '/usage?feature=exports&days=2')
  expect(days[0]?.used).toBe(45)
})

test('of a CSV, numbers and truth values are read from properties; what only looks like one stays text', async () => {
  const path = join(freshFolder(), 'odd.csv')
  const cells = ['12', '-0.5', 'true', '007', '1e3', 'Infinity', ' 5', '']
  const names = cells.map((_, n) => `properties.p${n}`)
  writeFileSync(path, `account,name,time,value,${names}\nacme,call,2027-03-12T15:00:00Z,3,${cells}\n`)
  const { value: record } = await readEventFile(path).next()
  const properties = { p0: 12, p1: -0.5, p2: true, p3: '007', p4: '1e3', p5: 'Infinity', p6: ' 5' }
  expect(record).toMatchObject({ event: { account: 'acme', value: 3, properties } })
})

test('what is wrong in a file is written beside it with the reason, and the rest counts', async () => {
  const { harness, run, file } = await opened()
  const good = { account: 'acme', name: 'run', feature: 'automations', value: 2, time: '2027-03-12T13:00:00Z' }
  const lines = [
    JSON.stringify(good),
    '{"account":"acme",',
    JSON.stringify({ ...good, feature: 'nothing' }),
    '',
    JSON.stringify({ ...good, value: 3 }),
  ]
  const path = file('mixed.ndjson', lines.join('\n'))
  const { code, text } = await run(path)
  expect(code).toBe(1)
  expect(text).toBe(`2 accepted, 0 known already, 2 rejected: see ${path}.rejected.ndjson\n`)
  const refused = readFileSync(`${path}.rejected.ndjson`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(refused).toMatchObject([
    { place: 1, detail: expect.stringContaining('no JSON') },
    { place: 2, detail: expect.stringContaining('no feature nothing'), event: { feature: 'nothing' } },
  ])
  expect(await used(harness, 'automations')).toBe(5)
})
