import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { EventInput, UsageAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { freshFolder } from '../support/folder.ts'
import { day, openHarness, start, subscribe } from '../support/harness.ts'

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
