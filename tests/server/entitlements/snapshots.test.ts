import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { createSnapshot, type Snapshot } from '../../../server/src/entitlements/snapshot.ts'
import { createSnapshots } from '../../../server/src/entitlements/snapshots.ts'
import { breathe } from '../../../server/src/kernel/breathe.ts'
import { createTestClock } from '../../support/clock.ts'
import { account, start, subscription } from '../samples.ts'

const seatsOf = (snapshot: Snapshot | null | undefined): number | null => snapshot?.decide('seats', 1)?.used ?? null

/** A store of which a test decides when a read answers; each read sees the store as it was when it began. */
function open(options: { maxAgeMs?: number; room?: number; periodEnd?: number } = {}) {
  const clock = createTestClock(start)
  const stored = new Map([['acme', 0]])
  const reads: (() => void)[] = []
  let count = 0
  const load = (id: string): Promise<Snapshot | null> => {
    count++
    const used = stored.get(id)
    const paid = subscription(options.periodEnd === undefined ? {} : { periodEnd: options.periodEnd })
    const counters = [{ account: id, feature: 'seats', scope: '', period: 0, used: used ?? 0 }]
    const made =
      used === undefined
        ? null
        : createSnapshot(config, { account: account({ id }), subscription: paid, counters }, clock.now())
    return new Promise((resolve) => reads.push(() => resolve(made)))
  }
  const snapshots = createSnapshots({
    clock,
    load,
    maxAgeMs: Number.POSITIVE_INFINITY,
    room: Number.POSITIVE_INFINITY,
    ...options,
  })
  const write = (id: string, used: number, how: 'count' | 'drop') => {
    stored.set(id, used)
    if (how === 'drop') snapshots.drop(id)
    else snapshots.count([{ account: id, feature: 'seats', scope: '', period: 0, used }])
  }
  const answer = async (which = 0) => {
    reads.splice(which, 1)[0]?.()
    await breathe()
  }
  const answerAll = async () => {
    while (reads.length > 0) await answer()
  }
  const get = async (id = 'acme') => {
    const found = snapshots.get(id)
    await answerAll()
    return seatsOf(await found)
  }
  return { clock, stored, snapshots, write, answer, answerAll, get, reads, count: () => count }
}

describe('the snapshots in memory', () => {
  it('are loaded once, however many ask at the same time, and then answer without a promise', async () => {
    const { snapshots, answerAll, count } = open()
    const asked = Promise.all([snapshots.get('acme'), snapshots.get('acme'), snapshots.get('acme')])
    await answerAll()
    expect(new Set(await asked).size).toBe(1)
    expect(count()).toBe(1)
    expect(snapshots.peek('acme')).toBe((await asked)[0])
  })

  it('move with counters and are loaded again after other writes', async () => {
    const { snapshots, get, write, count } = open()
    await get()
    write('acme', 3, 'count')
    expect(seatsOf(snapshots.peek('acme'))).toBe(3)
    expect(count()).toBe(1)
    write('acme', 4, 'drop')
    expect(snapshots.peek('acme')).toBeUndefined()
    expect(await get()).toBe(4)
  })

  it('do not keep a load that a write overtook', async () => {
    for (const how of ['count', 'drop'] as const) {
      const { snapshots, write, answerAll } = open()
      const asked = snapshots.get('acme')
      write('acme', 7, how)
      await answerAll()
      await asked
      expect(seatsOf(await Promise.all([snapshots.get('acme'), answerAll()]).then(([found]) => found))).toBe(7)
    }
  })

  it('never answer a reader with the state before a write that was announced before it asked', async () => {
    // Each step writes, asks, or lets one of the running reads answer, in any order.
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom('count' as const, 'drop' as const, 'ask' as const) }),
      fc.record({ do: fc.constant('answer' as const), which: fc.nat(3) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { snapshots, write, answer, answerAll, reads, stored } = open()
        const asked: Promise<[wanted: number, found: number | null]>[] = []
        let written = 0
        for (const now of steps) {
          if (now.do === 'answer') await answer(reads.length === 0 ? 0 : now.which % reads.length)
          else if (now.do === 'ask') {
            const wanted = written
            asked.push(snapshots.get('acme').then((found) => [wanted, seatsOf(found)]))
          } else write('acme', ++written, now.do)
        }
        await answerAll()
        for (const [wanted, found] of await Promise.all(asked)) expect(found).toBeGreaterThanOrEqual(wanted)
        const last = Promise.all([snapshots.get('acme'), answerAll()])
        expect(seatsOf((await last)[0])).toBe(stored.get('acme'))
      }),
    )
  })

  it('never do so either after a load was overtaken time and again', async () => {
    for (let writes = 1; writes <= 12; writes++) {
      const { snapshots, write, answer, answerAll } = open()
      const first = snapshots.get('acme')
      for (let n = 1; n < writes; n++) {
        write('acme', n, 'drop')
        await answer()
      }
      write('acme', writes, 'drop')
      const late = snapshots.get('acme')
      await answerAll()
      await first
      expect(seatsOf(await late)).toBe(writes)
    }
  })

  it('answer in the end even while an account is written without a pause', async () => {
    const { snapshots, write, answer, reads } = open()
    const asked = snapshots.get('acme').then(seatsOf)
    for (let n = 1; n <= 20 && reads.length > 0; n++) {
      write('acme', n, 'count')
      await answer()
    }
    expect(reads).toEqual([])
    expect(await asked).toBeGreaterThanOrEqual(0)
    expect(snapshots.peek('acme')).toBeUndefined()
  })

  it('say that there is no such account, and look again the next time', async () => {
    const { get, stored } = open()
    expect(await get('birch')).toBeNull()
    stored.set('birch', 2)
    expect(await get('birch')).toBe(2)
  })

  it('fail the readers of a load that fails, and load again for the next', async () => {
    let fail = true
    const made = createSnapshot(config, { account: account(), subscription: null, counters: [] }, start)
    const load = async () => {
      if (fail) throw new Error('the database is away')
      return made
    }
    const snapshots = createSnapshots({ clock: createTestClock(start), load, maxAgeMs: 1_000, room: 1e9 })
    await expect(snapshots.get('acme')).rejects.toThrow('away')
    fail = false
    expect(await snapshots.get('acme')).toBe(made)
  })

  it('go when they are older than they may be, or when time alone changes them', async () => {
    const old = open({ maxAgeMs: 1_000 })
    await old.get()
    await old.clock.advance(1_000)
    expect(old.snapshots.peek('acme')).toBeDefined()
    await old.clock.advance(1)
    expect(old.snapshots.peek('acme')).toBeUndefined()

    const ending = open({ periodEnd: start + 5_000 })
    await ending.get()
    await ending.clock.advance(4_999)
    expect(ending.snapshots.peek('acme')).toBeDefined()
    await ending.clock.advance(1)
    expect(ending.snapshots.peek('acme')).toBeUndefined()
  })

  it('take no more memory than they may; what nobody asked for of late goes first', async () => {
    const one = open()
    one.stored.set('acme', 1)
    await one.get()
    const each = one.snapshots.held().bytes
    const { stored, snapshots, get } = open({ room: 3 * each })
    const ids = ['acme', 'birch', 'cedar', 'dogwood', 'elm']
    for (const id of ids) stored.set(id, 1)
    for (const id of ids.slice(0, 3)) await get(id)
    expect(snapshots.held()).toEqual({ count: 3, bytes: 3 * each, room: 3 * each, evicted: 0 })
    snapshots.peek('acme')
    for (const id of ids.slice(3)) await get(id)
    const here = ids.filter((id) => snapshots.peek(id) !== undefined)
    expect(here).toHaveLength(3)
    expect(here).toContain('acme')
    expect(here).not.toContain('birch')
    expect(snapshots.held()).toEqual({ count: 3, bytes: 3 * each, room: 3 * each, evicted: 2 })
  })

  it('go as well when others grow, and give their memory back when they are dropped', async () => {
    const { stored, snapshots, get } = open({ room: 20_000 })
    stored.set('birch', 1)
    await get('birch')
    await get('acme')
    const before = snapshots.held().bytes
    snapshots.peek('acme')?.state()
    expect(snapshots.held().bytes).toBeGreaterThan(before)
    snapshots.peek('acme')?.grow(20_000)
    expect([snapshots.peek('birch'), snapshots.held().count]).toEqual([undefined, 1])
    snapshots.drop('acme')
    expect(snapshots.held()).toMatchObject({ count: 0, bytes: 0 })
  })

  it('say at any time how much those that are kept take, whatever is loaded, asked, counted and dropped', async () => {
    const ids = ['acme', 'birch', 'cedar', 'dogwood']
    const steps = fc.array(
      fc.tuple(fc.constantFrom('load' as const, 'ask' as const, 'count' as const, 'drop' as const), fc.nat(3)),
      { maxLength: 40 },
    )
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 40_000 }), async (taken, room) => {
        const { stored, snapshots, get, write } = open({ room })
        for (const id of ids) stored.set(id, 1)
        for (const [what, which] of taken) {
          const id = ids[which] ?? ''
          if (what === 'load') await get(id)
          else if (what === 'ask') snapshots.peek(id)?.state()
          else write(id, which + 2, what)
          const here = ids.flatMap((one) => snapshots.peek(one) ?? [])
          const bytes = here.reduce((sum, one) => sum + one.bytes, 0)
          expect(snapshots.held()).toMatchObject({ count: here.length, bytes })
          expect(bytes <= room || here.length <= 1).toBe(true)
        }
      }),
    )
  })
})
