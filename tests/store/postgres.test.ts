import fc from 'fast-check'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { Op } from '../../server/src/metering/model.ts'
import { createTestClock } from '../support/clock.ts'
import { freshPostgres } from '../support/postgres.ts'
import { anyEvent, ownOf, stateOf } from './conformance/meters.ts'
import { storeConformance } from './conformance.ts'
import { addition, driftsIn, level, open, start, used } from './setting.ts'

storeConformance('PostgreSQL', async () => open({ url: await freshPostgres() }))

const user = { account: 'acme', id: 'ada', email: null, name: '0', role: null, locale: null, entities: [] }

/** Two nodes on one database. */
async function twoNodes() {
  const url = await freshPostgres()
  return [await open({ url, instance: 'node-1' }), await open({ url, instance: 'node-2' })] as const
}

async function notify(url: string, payloads: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const payload of payloads) await client.query('select pg_notify($1, $2)', ['softgate_changes', payload])
  await client.end()
}

describe('a PostgreSQL database of many nodes', () => {
  it('is brought up to date by one of the nodes that start together', async () => {
    const url = await freshPostgres()
    const nodes = await Promise.all([1, 2, 3, 4].map((n) => open({ url, instance: `node-${n}` })))
    for (const node of nodes) await expect(node.ping()).resolves.toBeUndefined()
  })

  it('is not opened where a commit would be told before it is on the disk', async () => {
    const url = await freshPostgres()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(`alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`)
    await client.end()
    await expect(open({ url })).rejects.toThrow('synchronous_commit=off')
  })

  it('is refused, and left as it is, where another line of versions made its tables', async () => {
    const url = await freshPostgres()
    await (await open({ url })).close()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query("update drizzle.__drizzle_migrations set hash = 'another', created_at = 1 where id = 1")
    await expect(open({ url })).rejects.toThrow('cannot take over from')
    const { rows } = await client.query('select created_at from drizzle.__drizzle_migrations where id = 1')
    expect(rows).toEqual([{ created_at: '1' }])
    await client.end()
  })

  it('shows every node what another one wrote', async () => {
    const [one, two] = await twoNodes()
    await one.writeOps([addition(3)])
    await two.writeOps([addition(4)])
    expect([await used(one, 'exports'), await used(two, 'exports')]).toEqual([7, 7])
    await one.transaction('acme', (stores) => stores.accounts.saveUser(user, start))
    expect(await two.read.accounts.findUser('acme', 'ada')).toEqual(user)
  })

  it('serialises the transactions of an account over all nodes', async () => {
    const [one, two] = await twoNodes()
    await one.transaction('acme', (stores) => stores.accounts.saveUser(user, start))
    const raise = (node: typeof one) =>
      node.transaction('acme', async ({ accounts }) => {
        const before = await accounts.findUser('acme', 'ada')
        await accounts.saveUser({ ...user, name: String(Number(before?.name) + 1) }, start)
      })
    await Promise.all([one, two, one, two, one, two].map(raise))
    expect(await one.read.accounts.findUser('acme', 'ada')).toMatchObject({ name: '6' })
  })

  it('holds a bound and records a crossing once over all nodes', async () => {
    const nodes = await twoNodes()
    const consume = Array.from({ length: 40 }, (_, n) =>
      nodes[n % 2]?.writeOps([addition(1, { bound: 20, marks: [10] })]),
    )
    const written = await Promise.all(consume)
    expect(written.flatMap((one) => one?.crossings ?? [])).toHaveLength(1)
    expect(await used(nodes[0], 'exports')).toBe(20)
  })

  it('counts the same when nodes write the same counters, some of them new, in opposite order', async () => {
    const nodes = await twoNodes()
    const features = ['a', 'b', 'c', 'd', 'e', 'f']
    for (let round = 1; round <= 10; round++) {
      const ops = features.map((feature) => addition(1, { feature: `${feature}${round % 5}`, marks: [2] }))
      const batches = nodes.flatMap((node, n) => {
        const own = ops.map((op) => ({ ...op, id: `${op.id}-${n}` }))
        return [node.writeOps(n === 0 ? own : own.reverse()), node.writeOps([level(round, start + round)])]
      })
      await Promise.all(batches)
    }
    for (const feature of features) expect(await used(nodes[0], `${feature}1`)).toBe(4)
    const crossings = await nodes[0].read.metering.pendingCrossings('acme', 99)
    expect(crossings.filter(({ feature }) => feature === 'a1')).toHaveLength(1)
  })

  it('comes to the same split over nodes that write at once, with corrections, users and repetitions, as on one node', async () => {
    const nodes = await twoNodes()
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEvent('it'), { minLength: 2, maxLength: 12 }),
        fc.infiniteStream(fc.nat(2)),
        async (events, chance) => {
          const [one, other] = [`one-${++run}`, `other-${run}`]
          for (const event of ownOf(events, one)) await nodes[0].writeOps([event])
          const parts: [Op[], Op[]] = [[], []]
          for (const event of ownOf(events, other)) {
            const where = chance.next().value ?? 0
            if (where !== 1) parts[0].push(event)
            if (where !== 0) parts[1].unshift(event)
          }
          await Promise.all(parts.map((part, n) => nodes[n]?.writeOps(part)))
          expect(await stateOf(nodes[1], other)).toEqual(await stateOf(nodes[1], one))
        },
      ),
      { numRuns: 60 },
    )
    expect(await driftsIn(nodes[1])).toEqual([])
  })

  it('lets a node hear of the changes of others, and not of its own', async () => {
    const url = await freshPostgres()
    const clock = createTestClock(start)
    const [one, two] = [await open({ url, instance: 'node-1' }), await open({ url, instance: 'node-2', clock })]
    const heard = new Set<string>()
    await one.onForeignChange({ changed: (account) => heard.add(account), missed() {} })
    two.announce(['acme', 'with a space', 'acme'])
    await expect.poll(() => [...heard]).toEqual(['acme', 'with a space'])

    const burst = Array.from({ length: 200 }, (_, n) => `burst-${n}`)
    for (const account of burst) two.announce([account])
    // One connection keeps the order: once the last is heard, the first would have been.
    await notify(url, ['node-1 own', 'node-2 last'])
    await expect.poll(() => [...heard]).toEqual(['acme', 'with a space', 'last'])
    await clock.advance(50)
    await expect.poll(() => heard).toEqual(new Set(['acme', 'with a space', 'last', ...burst]))
  })

  it('goes on once the connection on which it writes was cut', async () => {
    const url = await freshPostgres()
    const db = await open({ url })
    await db.writeOps([addition(1)])
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rowCount } = await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%with stored as%' and pid <> pg_backend_pid()",
    )
    await client.end()
    expect(rowCount).toBe(1)
    const write = () =>
      db.writeOps([addition(1)]).then(
        ({ statuses }) => statuses,
        () => 'cut',
      )
    await expect.poll(write).toEqual(['accepted'])
    expect(await used(db, 'exports')).toBe(2)
  })

  it('may be closed twice', async () => {
    const db = await open({ url: await freshPostgres() })
    await Promise.all([db.close(), db.close()])
    await expect(db.ping()).rejects.toThrow()
  })

  it('is not there at a wrong address, and says so', async () => {
    await expect(open({ url: 'postgres://nobody@127.0.0.1:1/none' })).rejects.toThrow('ECONNREFUSED')
  })
})
