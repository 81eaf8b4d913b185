import { expect, test } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import type { MeteredFeature, PaymentRules } from '../../../server/src/catalog/model.ts'
import { createSnapshot } from '../../../server/src/entitlements/snapshot.ts'
import { account, day, start, subscription } from '../samples.ts'

const anchor = Date.UTC(2027, 2, 5)
const began = { anchor, periodStart: anchor, periodEnd: Date.UTC(2027, 3, 5) }
const rows = [
  { account: 'acme', feature: 'exports', scope: '', period: anchor, used: 40 },
  { account: 'acme', feature: 'exports', scope: '', period: Date.UTC(2027, 2, 1), used: 2 },
]

test.each<[string, string, Partial<PaymentRules>, number, number]>([
  ['paused', 'that is kept', { paused: 'keep' }, 40, 50],
  ['unpaid', 'in its grace', { unpaid: { graceDays: 7 } }, 40, 50],
  ['canceled', 'in its grace', { cancelling: { graceDays: 3 } }, 40, 50],
  ['past_due', 'that gives nothing', { past_due: 'drop' }, 40, 5],
  ['paused', 'that gives nothing', { paused: 'drop' }, 2, 5],
  ['canceled', 'that gives nothing', {}, 2, 5],
])('what was used under a plan stays used with it: of a subscription %s %s', (status, _, payment, used, limit) => {
  const exports = { ...config.features.exports, reset: 'billing' } as MeteredFeature
  const features = { ...config.features, exports }
  const rules = { ...config, features, payment: { ...config.payment, ...payment } }
  const facts = { account: account(), subscription: subscription({ ...began, status }), counters: rows }
  const snapshot = createSnapshot(rules, facts, start)
  expect(snapshot.decide('exports', 1)).toMatchObject({ used, limit })
  // A policy that ends takes the plan, and its period with it.
  if (snapshot.nextChangeAt < start + 8 * day)
    expect(createSnapshot(rules, facts, snapshot.nextChangeAt).decide('exports', 1)).toMatchObject({
      used: 2,
      limit: 5,
    })
})
