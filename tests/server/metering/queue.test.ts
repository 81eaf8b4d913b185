import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { breathe } from '../../../server/src/kernel/breathe.ts'
import type { Op, OpStatus, Written } from '../../../server/src/metering/model.ts'
import { createIngestQueue, type QueueOptions } from '../../../server/src/metering/queue.ts'
import { start } from '../samples.ts'

const op = (id: string): Op => ({
  account: 'acme',
  id,
  user: null,
  name: 'exported',
  feature: 'exports',
  period: 0,
  add: 1,
  level: null,
  time: start,
  receivedAt: start,
  day: 0,
  properties: null,
  marks: [],
  bound: null,
})
const ops = (...ids: string[]): Op[] => ids.map(op)
const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await breathe()
}

/** A queue before a disk on which every commit waits for `finish`. An op with the id `poison` fails its commit. */
function open(options: Partial<QueueOptions> = {}) {
  const commits: string[][] = []
  const running: (() => void)[] = []
  const heard: Written[] = []
  const write = (batch: readonly Op[]): Promise<Written> => {
    commits.push(batch.map(({ id }) => id))
    const statuses = batch.map(({ id }): OpStatus => (id.startsWith('again') ? 'duplicate' : 'accepted'))
    return new Promise((resolve, reject) => {
      const poisoned = batch.some(({ id }) => id === 'poison')
      running.push(() => (poisoned ? reject(new Error('disk')) : resolve({ statuses, counters: [], crossings: [] })))
    })
  }
  const failures: unknown[] = []
  const queue = createIngestQueue({
    write,
    committed: (written) => heard.push(written),
    failed: (error) => failures.push(error),
    ...options,
  })
  const finish = async () => {
    for (let n = 0; n < 50; n++) {
      running.shift()?.()
      await breathe()
    }
  }
  return { queue, commits, running, heard, failures, finish }
}

describe('the queue of events', () => {
  it('answers with the statuses in the order of the ops, to each caller its own', async () => {
    const { queue, finish } = open()
    const pushed = [queue.push(ops('a', 'again-1')), queue.push(ops('again-2')), queue.push(ops('b', 'c'))]
    await finish()
    expect(await Promise.all(pushed)).toEqual([['accepted', 'duplicate'], ['duplicate'], ['accepted', 'accepted']])
  })

  it('commits together what came in one turn, and what came during a commit in the next', async () => {
    const { queue, commits, running, finish } = open()
    const pushed = [queue.push(ops('a')), queue.push(ops('b'))]
    await turns(2)
    expect(commits).toEqual([['a', 'b']])
    for (const id of ['c', 'd', 'e']) pushed.push(queue.push(ops(id)))
    await turns(5)
    expect(running.length).toBe(1)
    await finish()
    await Promise.all(pushed)
    expect(commits).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ])
  })

  it('has the next commit under way before it answers the last one', async () => {
    const seen: string[][][] = []
    const { queue, commits, running, finish } = open({ committed: () => seen.push([...commits]) })
    const pushed = [queue.push(ops('a'))]
    await turns(2)
    pushed.push(queue.push(ops('b')))
    running.shift()?.()
    await pushed[0]
    expect(seen).toEqual([[['a'], ['b']]])
    await finish()
    expect(await Promise.all(pushed)).toEqual([['accepted'], ['accepted']])
  })

  it('keeps a commit within its size without tearing a request apart', async () => {
    const { queue, commits, finish } = open({ batch: 3 })
    const pushed = [ops('a', 'b'), ops('c', 'd'), ops('e'), ops('f', 'g', 'h', 'i'), ops('j')].map(queue.push)
    await finish()
    await Promise.all(pushed)
    expect(commits).toEqual([['a', 'b'], ['c', 'd', 'e'], ['f', 'g', 'h', 'i'], ['j']])
  })

  it('says what was committed before its callers hear of it', async () => {
    const order: string[] = []
    const { queue, finish } = open({ committed: () => order.push('committed') })
    const pushed = queue.push(ops('a')).then(() => order.push('answered'))
    await finish()
    await pushed
    expect(order).toEqual(['committed', 'answered'])
  })

  it('refuses what it cannot hold, and takes more once there is room', async () => {
    const { queue, finish } = open({ capacity: 3 })
    const first = queue.push(ops('a', 'b'))
    await expect(queue.push(ops('c', 'd'))).rejects.toMatchObject({ code: 'overloaded', status: 503 })
    const small = queue.push(ops('e'))
    await expect(queue.push(ops('f'))).rejects.toMatchObject({ code: 'overloaded' })
    await finish()
    expect([await first, await small]).toEqual([['accepted', 'accepted'], ['accepted']])
    const later = queue.push(ops('g', 'h', 'i'))
    await finish()
    expect(await later).toHaveLength(3)
  })

  it('rejects the callers of a failing write only, and goes on with the later ones', async () => {
    const { queue, heard, finish } = open()
    const outcome = (pushed: Promise<OpStatus[]>) => pushed.then(String, (error: { code: string }) => error.code)
    const pushed = [ops('a'), ops('poison'), ops('b')].map((batch) => outcome(queue.push(batch)))
    await finish()
    expect(await Promise.all(pushed)).toEqual(['accepted', 'storage_unavailable', 'accepted'])
    const later = outcome(queue.push(ops('c')))
    await finish()
    expect(await later).toBe('accepted')
    expect(heard.flatMap(({ statuses }) => statuses)).toEqual(['accepted', 'accepted', 'accepted'])
  })

  it('commits every op once and in order, however they came', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.boolean()),
        async (requests, batch, pauses) => {
          const { queue, commits, finish } = open({ batch })
          const wanted: string[] = []
          const pushed: Promise<OpStatus[]>[] = []
          for (const [n, size] of requests.entries()) {
            const ids = Array.from({ length: size }, (_, i) => `${n}.${i}`)
            wanted.push(...ids)
            pushed.push(queue.push(ops(...ids)))
            if (pauses[n]) await breathe()
          }
          await finish()
          expect((await Promise.all(pushed)).map((statuses) => statuses.length)).toEqual(requests)
          expect(commits.flat()).toEqual(wanted)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('tells its callers that they are stored even when what follows a commit fails, and goes on', async () => {
    const broken = new Error('a listener')
    const { queue, commits, failures, finish } = open({
      committed() {
        throw broken
      },
    })
    const pushed = [queue.push(ops('a')), queue.push(ops('b'))]
    await finish()
    expect(await Promise.all(pushed)).toEqual([['accepted'], ['accepted']])
    const later = queue.push(ops('c'))
    await finish()
    expect([await later, commits, failures]).toEqual([['accepted'], [['a', 'b'], ['c']], [broken, broken]])
  })
})
