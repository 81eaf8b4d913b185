import { describe, expect, it } from 'vitest'
import { isChangeable, isLive } from '../../../server/src/accounts/model.ts'
import { unfitness } from '../../../server/src/billing/targets.ts'
import { live, start, subscription } from '../samples.ts'

const statuses = ['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete', 'incomplete_expired', 'canceled']

describe('a subscription', () => {
  it('gives its plan while it is active, on trial or past due', () => {
    expect(statuses.filter((status) => isLive(subscription({ status })))).toEqual(['active', 'trialing', 'past_due'])
    expect(isLive(null)).toBe(false)
  })

  it('is offered a change only where a quote would not be refused', () => {
    expect(isChangeable(null)).toBe(false)
    for (const status of statuses)
      for (const cancelAt of [null, start])
        expect([status, cancelAt, isChangeable(subscription({ status, cancelAt }))]).toEqual([
          status,
          cancelAt,
          unfitness(live({ status, cancelAt })) === null,
        ])
  })
})
