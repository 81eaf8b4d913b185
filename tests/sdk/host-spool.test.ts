import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventInput } from '@softgate/sdk/contract'
import { expect, test, vi } from 'vitest'
import type { Spool } from '../../sdk/src/host/spool.ts'
import { cleanup } from '../support/cleanup.ts'
import { freshFolder } from '../support/folder.ts'
import { canMountMemory, mountMemory } from '../support/mount.ts'

const megabyte = 1_048_576

const event = (id: string, note = ''): EventInput => ({
  id,
  name: 'ran',
  time: '2027-03-12T10:00:00Z',
  properties: { note },
})

/** A spool as another bundle of the same app opens it, or another thread, or a container in which it has the same pid. */
async function openSpool(folder: string, maxBytes = megabyte) {
  vi.resetModules()
  const { openDiskSpool } = await import('../../sdk/src/host/disk-spool.ts')
  const failures: string[] = []
  const failed = (error: unknown): void => void failures.push(String(error))
  const instance = `${opened++}`.padStart(9, '0')
  const spool = await openDiskSpool({ folder, maxBytes, instance, pid: process.pid, failed })
  cleanup(() => spool.close())
  return { spool, failures }
}
let opened = 0

/** All that is taken, in order. */
async function takenFrom(spool: Spool): Promise<string[]> {
  const ids: string[] = []
  for (let taken = await spool.take(); taken; taken = await spool.take()) {
    ids.push(...taken.events.map(({ id }) => id))
    await taken.done()
  }
  return ids
}

test('two that take each other for dead lose nothing of what they keep', async () => {
  const folder = freshFolder()
  const [{ spool: one }, { spool: other }] = [await openSpool(folder), await openSpool(folder)]
  const ids = Array.from({ length: 60 }, (_, n) => `e-${n}`)
  const taken: string[] = []
  let isKept = false
  const keep = async () => {
    for (const id of ids) expect(await one.append([event(id)])).toBe(true)
    isKept = true
  }
  const steal = async () => {
    while (!isKept) taken.push(...(await takenFrom(other)))
  }
  await Promise.all([keep(), steal()])
  expect(taken.length).toBeGreaterThan(0)
  for (const spool of [one, other]) taken.push(...(await takenFrom(spool)))
  expect([...new Set(taken)].sort()).toEqual([...ids].sort())
  expect(readdirSync(folder)).toEqual([])
})

test('what several dead processes left is taken in the order in which it was kept', async () => {
  const folder = freshFolder()
  const dead = 2 ** 22 + 1
  for (const [n, instance] of [3, 9, 1, 7, 4, 8, 2, 6, 5].entries())
    for (const part of [2, 1])
      writeFileSync(
        join(folder, `${dead + n}_0-${instance}_00000000${part}.ndjson`),
        `${JSON.stringify(event(`${instance}.${part}`))}\n`,
      )
  const { spool } = await openSpool(folder)
  expect(await takenFrom(spool)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((n) => [`${n}.1`, `${n}.2`]))
})

test('files of others are left alone, and one that cannot be read holds nothing up', async () => {
  const folder = freshFolder()
  writeFileSync(join(folder, 'notes.ndjson'), '{"mine":true}\n')
  writeFileSync(join(folder, 'a_b_c.ndjson'), '{"mine":true}\n')
  mkdirSync(join(folder, '999999999_old_000000001.ndjson'))
  const { spool, failures } = await openSpool(folder)
  await spool.append([event('kept')])
  expect(await takenFrom(spool)).toEqual(['kept'])
  expect(await takenFrom(spool)).toEqual([])
  expect(failures).toEqual([expect.stringContaining('EISDIR')])
  expect(readFileSync(join(folder, 'notes.ndjson'), 'utf8')).toBe('{"mine":true}\n')
  expect(readFileSync(join(folder, 'a_b_c.ndjson'), 'utf8')).toBe('{"mine":true}\n')
})

test('rubbish in a file is told, a line that was never finished is not; the rest is taken', async () => {
  const folder = freshFolder()
  const file = join(folder, '999999999_old_000000001.ndjson')
  appendFileSync(file, `${JSON.stringify(event('first'))}\n`)
  appendFileSync(file, Buffer.from([0, 255, 254, 10, 0, 0, 10, 10]))
  appendFileSync(file, `null\n7\n${JSON.stringify(event('last'))}\n{"id":"half`)
  const { spool, failures } = await openSpool(folder)
  expect(await takenFrom(spool)).toEqual(['first', 'last'])
  expect(failures).toEqual([expect.stringMatching(/: 4 lines are no events, and are lost[.]$/)])
})

test('a folder that goes away is made again, and where it cannot be events wait in memory, and it is told', async () => {
  const folder = join(freshFolder(), 'spool')
  const { spool, failures } = await openSpool(folder)
  await spool.append([event('lost with it')])
  rmSync(folder, { recursive: true })
  expect(await spool.append([event('in a new one')])).toBe(true)
  expect(readdirSync(folder)).toHaveLength(1)
  expect(await takenFrom(spool)).toEqual(['in a new one'])
  expect(failures).toEqual([])
  rmSync(folder, { recursive: true })
  writeFileSync(folder, 'in the way')
  expect(await spool.append([event('waits')])).toBe(true)
  expect(failures).toEqual([expect.stringContaining('EEXIST')])
  expect(await takenFrom(spool)).toEqual(['waits'])
  await spool.append([event('ends here')])
  await spool.close()
  expect(failures.at(-1)).toContain('1 events are lost')
})

test.skipIf(!canMountMemory)('on a full disk events wait in memory, each once', async () => {
  const folder = mountMemory(megabyte)
  const { spool, failures } = await openSpool(folder, 64 * megabyte)
  const ids = Array.from({ length: 30 }, (_, n) => `e-${n}`)
  for (const id of ids) expect(await spool.append([event(id, 'x'.repeat(60_000))])).toBe(true)
  expect(failures.join()).toContain('ENOSPC')
  expect([...new Set(await takenFrom(spool))]).toEqual(ids)
})
