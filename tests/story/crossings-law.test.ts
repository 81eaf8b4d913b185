import type { EventInput, EventsAnswer } from '@softgate/sdk/contract'
import { type Catalog, defineConfig } from '@softgate/server'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isHeldOut } from '../../server/src/experiments/assign.ts'
import { openDatabase } from '../../server/src/store/open.ts'
import { type Api, createApi } from '../support/api.ts'
import { cleanup } from '../support/cleanup.ts'
import { openHarness, secretKey } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { startProcess } from '../support/server.ts'
import { freshSqlite } from '../support/sqlite.ts'

const counted = {
  kind: 'metered',
  meter: 'consumable',
  reset: 'month',
  title: 'Units',
  unit: { one: 'unit', other: 'units' },
} as const
const copy = { title: '{who}', body: '-', action: '-', dismiss: '-' }
const source = { holdout: 0.1, expansion: 'more', prompt: 'more', title: 'More' } as const
/** Every trigger listens to all three features. */
const config = defineConfig({
  features: {
    exports: counted,
    notes: { ...counted, scope: 'user' },
    cards: { ...counted, scope: 'entity', total: true, beyond: 'overage' },
  },
  plans: { free: { title: 'Free', grants: { exports: 10, notes: 6, cards: 4 } } },
  defaultPlan: 'free',
  prompts: { more: { placement: 'banner', variants: { fact: { copy: { en: { buy: copy, ask: copy } } } } } },
  triggers: {
    half: { ...source, source: { on: 'usage', above: 50 } },
    nearly: { ...source, source: { on: 'usage', above: 80 }, to: 'both' },
    over: { ...source, source: { on: 'over' }, to: 'admins' },
  },
  billing: 'off',
})
const limits = { exports: 10, notes: 6, cards: 4 }
const marks = {
  half: { exports: 6, notes: 4, cards: 3 },
  nearly: { exports: 9, notes: 5, cards: 4 },
  over: { exports: 11, notes: 7, cards: 5 },
}

interface Happening {
  feature: keyof typeof limits
  name: string
  value: number
}
/** What an event says is a matter of its id: who sends it again sends the same. */
const happenings = fc.array(
  fc.record<Happening>({
    feature: fc.constantFrom('exports', 'notes', 'cards'),
    name: fc.constantFrom('ada', 'bob', 'eve'),
    value: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 30, maxLength: 30 },
)
/** Every third event takes the one before it back, whosever that was. */
const replacedBy = (n: number): number | null => (n % 3 === 2 ? n - 1 : null)
const scopeOf = ({ feature, name }: Happening): string =>
  feature === 'notes' ? `user:${name}` : feature === 'cards' ? `entity:${name}` : ''

const numbers = fc.array(fc.nat(29), { minLength: 1, maxLength: 12 })
/** One request, with what it takes back; or additions alone, sent to all nodes at the same time, some of them twice. */
const days = fc.array(fc.record({ numbers, spread: fc.boolean() }), { minLength: 2, maxLength: 8 }).map((all) =>
  all.map(({ numbers, spread }) => ({
    spread,
    numbers: spread ? numbers.filter((n) => replacedBy(n) === null) : numbers,
  })),
)

const fireKey = (trigger: string, feature: string, scope: string): string => `${trigger} ${feature} ${scope}`

/** A plain model: a mark is answered when use stands at it or above, once. */
function modelOf(all: readonly Happening[], batches: readonly { numbers: readonly number[] }[]): string[] {
  const seen = new Set<number>()
  const taken = new Set<number>()
  const fires = new Set<string>()
  for (const { numbers } of batches) {
    for (const n of numbers) {
      if (!seen.has(n)) {
        const replaced = replacedBy(n)
        if (replaced !== null && !taken.has(n)) taken.add(replaced)
      }
      seen.add(n)
    }
    const used = new Map<string, number>()
    for (const n of seen) {
      const one = all[n]
      if (!one || taken.has(n)) continue
      const key = `${one.feature} ${scopeOf(one)}`
      used.set(key, (used.get(key) ?? 0) + one.value)
    }
    for (const [key, units] of used) {
      const [feature = '', scope = ''] = key.split(' ')
      for (const [trigger, at] of Object.entries(marks))
        if (units >= at[feature as keyof typeof limits]) fires.add(fireKey(trigger, feature, scope))
    }
  }
  return [...fires].sort()
}

const accounts = Array.from({ length: 2_000 }, (_, n) => `acme-${n}`).filter((id) =>
  Object.keys((config as Catalog).triggers).every((key) => !isHeldOut(key, id, 0.1)),
)

type Batch = { numbers: number[]; spread: boolean }

/** What is committed together on PostgreSQL: another process may look in between. */
const inCommits = ({ numbers, spread }: Batch): Batch[] =>
  [numbers.filter((n) => replacedBy(n) === null), ...numbers.filter((n) => replacedBy(n) !== null).map((n) => [n])]
    .filter((some) => some.length > 0)
    .map((some) => ({ numbers: some, spread }))

/** Two servers in processes of their own, which fire by themselves: at once, and what is left lying a moment later. */
async function twoProcesses(database: string, now: number): Promise<Api[]> {
  const start = () => startProcess({ database, now, secretKey, config: config as Catalog, sweepMs: 50 })
  const servers = await Promise.all([start(), start()])
  return servers.map(({ url }) => createApi(fetch, `${url}/v1`, secretKey))
}

for (const [where, fresh, runs] of [
  ['one process on SQLite', freshSqlite, 15],
  ['two nodes on one PostgreSQL', freshPostgres, 15],
  ['two processes on one PostgreSQL', freshPostgres, 10],
] as const)
  test(`what fires is each mark of each user, entity and account that was reached, once: ${where}`, async () => {
    const database = await fresh()
    const harness = await openHarness({ config, database })
    const apart = where.startsWith('two processes')
    const nodes = apart ? [] : [harness.softgate]
    if (where.startsWith('two nodes')) nodes.push(await harness.again())
    const apis = apart
      ? await twoProcesses(database, harness.clock.now())
      : nodes.map(({ app }) => createApi((url, init) => app.request(url, init), '/v1', secretKey))
    const reader = await openDatabase({ url: database, instance: 'test', clock: harness.clock })
    cleanup(() => reader.close())
    const time = new Date(harness.clock.now()).toISOString()
    let next = 0
    let fired = 0
    await fc.assert(
      fc.asyncProperty(happenings, days, async (all, drawn) => {
        const batches = apart ? drawn.flatMap(inCommits) : drawn
        const account = accounts[next++] ?? ''
        await harness.host.ok('PUT', `/accounts/${account}`, { segment: 'smb' })
        const eventOf = (n: number): EventInput => {
          const { feature, name, value } = all[n] as Happening
          const whose = feature === 'notes' ? { user: name } : feature === 'cards' ? { entity: name } : {}
          const replaced = replacedBy(n)
          const replaces = replaced === null ? {} : { replaces: `${account}-${replaced}` }
          return { id: `${account}-${n}`, account, name: 'used', feature, value, time, ...whose, ...replaces }
        }
        for (const [day, { numbers, spread }] of batches.entries()) {
          const parts = spread
            ? [numbers.slice(0, numbers.length / 2 + 2), numbers.slice(numbers.length / 2)]
            : [numbers]
          const sent = parts.filter((part) => part.length > 0)
          const answers = await Promise.all(
            sent.map((part, n) => {
              const api = apis[(day + n) % apis.length] ?? harness.host
              return api.ok<EventsAnswer>('POST', '/events', { events: part.map(eventOf) })
            }),
          )
          expect(answers.flatMap(({ rejected }) => rejected)).toEqual([])
          await Promise.all(nodes.map(({ services }) => services.sweep()))
          const pending = () => reader.read.metering.pendingCrossings(account, 9)
          if (apart) await expect.poll(pending, { interval: 5, timeout: 20_000 }).toEqual([])
        }
        const history = await reader.read.triggers.history(account, 999)
        const answered = history.filter(({ status }) => status !== 'suppressed')
        const found = answered.map(({ trigger, feature, scope }) => fireKey(trigger, feature, scope)).sort()
        expect(found).toEqual(modelOf(all, batches))
        expect(await reader.read.metering.pendingCrossings(account, 9)).toEqual([])
        // Nobody reads what is about somebody else, but admins what is for them.
        for (const user of ['ada', 'bob']) {
          const open = await reader.read.prompts.open(account, { user, entities: [user], admin: false }, 0)
          const theirs = new Set(['', `user:${user}`, `entity:${user}`])
          expect(open.filter(({ scope, to }) => !theirs.has(scope) || to === 'admins')).toEqual([])
          const due = answered.filter(({ scope, to }) => theirs.has(scope) && to !== 'admins')
          expect(open.map(({ fire }) => fire).sort()).toEqual(due.map(({ id }) => id).sort())
        }
        fired += found.length
      }),
      { numRuns: runs, endOnFailure: apart },
    )
    expect(fired).toBeGreaterThan(runs)
    expect(harness.failures).toEqual([])
  }, 120_000)
