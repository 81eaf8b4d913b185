import { describe, expect, it } from 'vitest'
import { isLive, permits } from '../../../server/src/accounts/model.ts'
import { unfitness } from '../../../server/src/billing/targets.ts'
import { live, start, subscription } from '../samples.ts'

const statuses = ['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete', 'incomplete_expired', 'canceled']

describe('a subscription', () => {
  it('gives its plan while it is active, on trial or past due', () => {
    expect(statuses.filter((status) => isLive(subscription({ status })))).toEqual(['active', 'trialing', 'past_due'])
    expect(isLive(null)).toBe(false)
  })

  it('is offered a change only where a quote would not be refused', () => {
    const offered = statuses.filter((status) => isLive(subscription({ status })))
    for (const kind of ['add', 'remove', 'switch', 'cancel', 'resume', 'undo'] as const)
      for (const status of offered)
        for (const cancelAt of [null, start])
          for (const byInvoice of [false, true])
            expect([
              kind,
              status,
              cancelAt,
              byInvoice,
              permits(subscription({ status, cancelAt, byInvoice }), kind),
            ]).toEqual([
              kind,
              status,
              cancelAt,
              byInvoice,
              unfitness(
                live({ status, cancelAt, collectionMethod: byInvoice ? 'send_invoice' : 'charge_automatically' }),
                kind,
              ) === null,
            ])
  })
})
