import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  graceMs,
  knownMs,
  type OverageRecord,
  type SettleInput,
  settle,
  type UseReport,
} from '../../../server/src/billing/overage.ts'
import { day, start } from '../samples.ts'

const period = { start: Date.UTC(2027, 2, 1), end: Date.UTC(2027, 3, 1) }
const billed = { price: 'starter', since: period.start, limit: 1_000 }

/** A store of one counter: settles what it is told, and keeps what Stripe would count. */
function ledger() {
  let record: OverageRecord | null = null
  let told: UseReport[] = []
  let ids = 0
  const look = (used: number, rest: Partial<SettleInput> = {}) => {
    const settled = settle({
      use: { account: 'acme', feature: 'calls', period: period.start, used },
      before: record,
      billed,
      period,
      told: [...told].reverse(),
      customer: 'cus_1',
      now: start,
      newId: () => `use_${++ids}`,
      ...rest,
    })
    record = settled.record
    const voided = new Set(settled.reports.map(({ voids }) => voids))
    told = [
      ...told.filter(({ id }) => !voided.has(id) && !settled.dropped.includes(id)),
      ...settled.reports.filter(({ voids }) => voids === null),
    ]
    return settled
  }
  return {
    look,
    send: () => {
      told = told.map((one) => ({ ...one, state: 'sent' }))
    },
    counted: () => told.reduce((sum, { units }) => sum + units, 0),
  }
}

describe('use beyond a limit', () => {
  it('is told in full and never twice, however use goes up and down within a day', () => {
    const uses = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(uses, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), (all, sends) => {
        const { look, send, counted } = ledger()
        all.forEach((used, index) => {
          const { record } = look(used, { now: start + index * 60_000 })
          if (sends[index]) send()
          expect([counted(), record.reported, record.missed]).toEqual([Math.max(0, used - 1_000), counted(), 0])
        })
      }),
    )
  })

  it('is of an instant within its period and before now', () => {
    const { look } = ledger()
    expect(look(1_200).reports).toMatchObject([{ units: 200, time: start - 1_000, until: period.end + graceMs }])
    expect(look(1_300, { now: period.end + 60_000 }).reports).toMatchObject([{ units: 100, time: period.end - 1_000 }])
  })

  it('is missed once the invoice is final, and said so as long as it is', () => {
    const { look } = ledger()
    look(1_200)
    const late = { now: period.end + graceMs }
    expect(look(1_300, late)).toMatchObject({ record: { reported: 200, missed: 100 }, reports: [] })
    expect(look(1_250, late)).toMatchObject({ record: { reported: 200, missed: 50 }, reports: [] })
    expect(look(1_100, late)).toMatchObject({ record: { reported: 200, missed: -100 }, reports: [] })
    expect(look(1_200, late)).toMatchObject({ record: { reported: 200, missed: 0 }, reports: [] })
  })

  it('that nobody was told of is dropped; what Stripe has is voided whole, and the rest told anew', () => {
    const { look, send } = ledger()
    look(1_200)
    send()
    look(1_300)
    expect(look(1_150)).toMatchObject({
      dropped: ['use_2'],
      reports: [
        { voids: 'use_1', units: 200 },
        { voids: null, units: 150 },
      ],
      record: { reported: 150 },
    })
  })

  it('cannot be taken back after a day, but for what was told since', () => {
    const { look, send } = ledger()
    look(1_200)
    send()
    look(1_260, { now: start + day / 2 })
    send()
    expect(look(1_000, { now: start + knownMs })).toMatchObject({
      reports: [{ voids: 'use_2' }],
      record: { reported: 200, missed: -200 },
    })
  })

  it('counts anew under another price, from where use stood when it came', () => {
    const { look, send, counted } = ledger()
    look(1_200)
    send()
    const other = { price: 'pro', since: period.start, limit: 5_000 }
    expect(look(4_000, { billed: other }).record).toMatchObject({ base: 1_200, reported: 0 })
    expect(look(5_010, { billed: other }).record).toMatchObject({ reported: 10, missed: 0 })
    expect(counted()).toBe(210)
    const lower = { price: 'basic', since: period.start, limit: 100 }
    expect(look(5_030, { billed: lower }).record).toMatchObject({ base: 5_010, reported: 20 })
  })

  it('is not billed for what was used before a price came in the middle of the period', () => {
    const { look } = ledger()
    const late = { ...billed, since: start - day }
    expect(look(1_700, { billed: late })).toMatchObject({ record: { base: 1_700, reported: 0 }, reports: [] })
    expect(look(1_705, { billed: late }).reports).toMatchObject([{ units: 5 }])
  })
})
