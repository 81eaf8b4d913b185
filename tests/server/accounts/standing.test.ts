import { describe, expect, it, test } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { standingOf } from '../../../server/src/accounts/standing.ts'
import type { PaymentRules } from '../../../server/src/catalog/model.ts'
import { account, day, start, subscription } from '../samples.ts'

type Rest = Parameters<typeof subscription>[0]
const standing = (rest: Rest | null, payment: Partial<PaymentRules> = {}, now = start) =>
  standingOf(
    { ...config, payment: { ...config.payment, ...payment } },
    account({ plan: null }),
    rest ? subscription({ statusSince: start, ...rest }) : null,
    now,
  )

describe('the plan in force', () => {
  test.each<[string, Rest | null, Partial<PaymentRules>, string, number | null]>([
    ['of an active subscription', {}, {}, 'starter', null],
    ['without one', null, {}, 'free', null],
    ['of one past due that is kept', { status: 'past_due' }, {}, 'starter', null],
    ['of one past due that is dropped', { status: 'past_due' }, { past_due: 'drop' }, 'free', null],
    [
      'of one past due in its grace',
      { status: 'past_due' },
      { past_due: { graceDays: 7 } },
      'starter',
      start + 7 * day,
    ],
    ['of one on trial', { status: 'trialing' }, {}, 'starter', null],
    ['of a paused one', { status: 'paused' }, {}, 'free', null],
    ['of a paused one that is kept', { status: 'paused' }, { paused: 'keep' }, 'starter', null],
    ['of an unpaid one', { status: 'unpaid' }, {}, 'free', null],
    ['of one that will end', { cancelAt: start + 5 * day }, {}, 'starter', start + 5 * day],
    ['of one that will end, dropped at once', { cancelAt: start + 5 * day }, { cancelling: 'drop' }, 'free', null],
    [
      'of one that will end, and days after',
      { cancelAt: start + day },
      { cancelling: { graceDays: 3 } },
      'starter',
      start + 4 * day,
    ],
    ['of one that has ended', { status: 'canceled', cancelAt: start }, {}, 'free', null],
    [
      'of one that has ended, in its grace',
      { status: 'canceled' },
      { cancelling: { graceDays: 3 } },
      'starter',
      start + 3 * day,
    ],
    [
      'of one that was ended before its day, in its grace',
      { status: 'canceled', cancelAt: start + 20 * day },
      { cancelling: { graceDays: 3 } },
      'starter',
      start + 3 * day,
    ],
    [
      'of one past due that will end, by the stricter rule',
      { status: 'past_due', cancelAt: start + 2 * day },
      { past_due: { graceDays: 7 } },
      'starter',
      start + 2 * day,
    ],
    ['of one that was never paid', { status: 'incomplete' }, {}, 'free', null],
  ])('%s', (_, rest, payment, plan, until) => {
    expect(standing(rest, payment)).toMatchObject({ plan, until })
  })

  it('falls at the very instant that it says', () => {
    const grace = { past_due: { graceDays: 7 } }
    const at = (now: number) => standing({ status: 'past_due' }, grace, now).plan
    expect([at(start + 7 * day - 1), at(start + 7 * day)]).toEqual(['starter', 'free'])
  })

  it('says which policy let it stand, or fall', () => {
    const told = (payment: PaymentRules['past_due']) => standing({ status: 'past_due' }, { past_due: payment }).explain
    expect(told({ graceDays: 7 })).toEqual([
      {
        code: 'payment_tolerated',
        facts: { status: 'past_due', until: new Date(start + 7 * day).toISOString() },
        rule: 'payment.past_due: {"graceDays":7}',
      },
      { code: 'plan', facts: { plan: 'starter', from: 'subscription' } },
    ])
    expect(told('drop').map(({ code }) => code)).toEqual(['payment_dropped', 'plan'])
  })
})
