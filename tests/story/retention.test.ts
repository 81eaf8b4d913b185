import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { EventInput, UsageAnswer } from '@softgate/sdk/contract'
import { listen } from '@softgate/server'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Catalog, MeteredFeature } from '../../server/src/catalog/model.ts'
import { cleanup } from '../support/cleanup.ts'
import { done } from '../support/cli.ts'
import { freshFolder } from '../support/folder.ts'
import { day, type Harness, openHarness, secretKey, start, subscribe } from '../support/harness.ts'

const config = (folder: string) => ({ ...teamflow, retention: { ...teamflow.retention, export: folder } })
const linesOf = (folder: string): EventInput[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson.gz'))
    .flatMap((name) =>
      gunzipSync(readFileSync(join(folder, name)))
        .toString()
        .trimEnd()
        .split('\n'),
    )
    .map((line) => JSON.parse(line))

test('an event that is no longer kept is in the export, as it was reported, and its use is still told', async () => {
  const folder = freshFolder()
  const harness = await openHarness({ config: config(folder) })
  await subscribe(harness)
  const reported = {
    id: 'run-1',
    account: 'acme',
    user: 'sam',
    name: 'ran',
    feature: 'exports',
    value: 3,
    time: new Date(start).toISOString(),
    properties: { kind: 'pdf' },
  }
  await harness.host.ok('POST', '/events', { events: [reported] })
  await harness.clock.advance(100 * day)
  await harness.softgate.services.sweep()
  expect(linesOf(folder)).toEqual([])
  await harness.clock.advance(1)
  await harness.softgate.services.sweep()
  expect(linesOf(folder)).toContainEqual(reported)
  const { days } = await harness.as('acme', 'sam', []).ok<UsageAnswer>('GET', '/usage?feature=exports&days=101')
  expect(days[0]).toEqual({ date: '2027-03-12', used: 3 })
  await harness.softgate.services.sweep()
  expect(linesOf(folder).filter(({ id }) => id === reported.id)).toHaveLength(1)
  expect(harness.failures).toEqual([])
})

test('nothing is deleted while it cannot be exported; the failure is told, and the next sweep goes on', async () => {
  const folder = join(freshFolder(), 'events')
  const harness = await openHarness({ config: config(join(folder, 'inside')) })
  await subscribe(harness)
  writeFileSync(folder, 'no folder')
  await harness.clock.advance(101 * day)
  await harness.softgate.services.sweep()
  expect(harness.failures).toEqual([expect.stringMatching(/^deleting what is no longer kept: ENOTDIR/)])
  // The same id is still known.
  const event = { id: 'seats-acme', account: 'acme', name: 'seats_taken', feature: 'seats', set: 5 }
  const time = new Date(harness.clock.now()).toISOString()
  expect(await harness.host.ok('POST', '/events', { events: [{ ...event, time }] })).toMatchObject({ duplicates: 1 })
})

const meter = (counts: MeteredFeature['counts'], rest: Partial<MeteredFeature> = {}): MeteredFeature => ({
  kind: 'metered',
  meter: 'consumable',
  reset: 'never',
  title: 'T',
  unit: { one: 'unit', other: 'units' },
  ...(counts && { counts }),
  ...rest,
})
const read = ['called']
const meters: Record<string, MeteredFeature> = {
  tokens: meter({ aggregate: 'sum', events: read, of: 'n', by: ['model'] }),
  calls: meter({ aggregate: 'count', events: read }, { scope: 'entity', total: true }),
  slowest: meter({ aggregate: 'max', events: read, of: 'ms' }),
  people: meter({ aggregate: 'unique', events: read }),
  fetched: meter({ aggregate: 'sum' }),
}
const withMeters = (folder: string): Catalog => {
  const base = config(folder)
  return {
    ...base,
    features: { ...base.features, ...meters },
    plans: Object.fromEntries(
      Object.entries(base.plans).map(([key, plan]) => [
        key,
        { ...plan, grants: { ...plan.grants, ...Object.fromEntries(Object.keys(meters).map((one) => [one, 1_000])) } },
      ]),
    ),
  }
}

/** All that is told of what acme used. */
async function toldBy({ host, as }: Harness): Promise<unknown[]> {
  const used = Object.keys(meters).map(async (feature) => {
    const about = { account: 'acme', feature, ...(feature === 'calls' && { entity: 'board' }) }
    const { used } = await host.ok<{ used: number }>('POST', '/check', about)
    const own = feature === 'calls' ? '&entity=board' : ''
    const { days } = await as('acme', 'sam', []).ok<UsageAnswer>('GET', `/usage?feature=${feature}&days=102${own}`)
    return { feature, used, days: days.filter((one) => one.used) }
  })
  return Promise.all(used)
}

test('what was exported and is brought in elsewhere counts as it did: meters, corrections and attempts', async () => {
  const folder = freshFolder()
  const harness = await openHarness({ config: withMeters(folder) })
  await subscribe(harness)
  const time = new Date(start).toISOString()
  const own = { account: 'acme', time }
  const called = (id: string, user: string, n: number, ms: number) => {
    const properties = { n, ms, model: `m${n % 2}` }
    return { ...own, id, user, entity: 'board', name: 'called', properties }
  }
  const fetched = { ...own, name: 'fetched', feature: 'fetched' }
  await harness.host.ok('POST', '/events', {
    events: [
      called('c1', 'sam', 40, 900),
      called('c2', 'ada', 7, 300),
      called('c3', 'sam', 5, 100),
      { ...fetched, id: 'f1', value: 8 },
      { ...fetched, id: 'f2', value: 9 },
      { ...fetched, id: 'f3', value: 2, replaces: 'f2' },
    ],
  })
  // An attempt at what the plan does not have uses nothing.
  await harness.as('acme', 'sam', []).ok('POST', '/gates', { feature: 'sso' })
  await harness.clock.advance(100 * day + 1)
  const before = await toldBy(harness)
  await harness.softgate.services.sweep()

  const other = await openHarness({ config: withMeters(freshFolder()) })
  await subscribe(other)
  await other.clock.advance(100 * day + 1)
  const server = await listen(other.softgate.app, { port: 0 })
  cleanup(() => server.close())
  for (const name of readdirSync(folder)) {
    const args = ['import', join(folder, name), '--url', server.url]
    const { code, text } = await done(folder, args, { SOFTGATE_SECRET_KEY: secretKey })
    expect(text).toMatch(/ 0 rejected$/m)
    expect(code).toBe(0)
  }
  expect(await toldBy(other)).toEqual(before)
  expect(before).toMatchObject([{ used: 52 }, { used: 3 }, { used: 900 }, { used: 2 }, { used: 10 }])
})
