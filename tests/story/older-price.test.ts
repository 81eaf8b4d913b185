import type { PlansAnswer, State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import type { Api } from '../support/api.ts'
import { buy, offerOf } from '../support/buying.ts'
import { openFree } from '../support/checkout.ts'
import { openHarness, subscribe } from '../support/harness.ts'
import { repriced, starterAt } from '../support/repriced.ts'

/** What a seat of Starter costs each month, as the plans show it. */
const shown = async (user: Api): Promise<number | undefined> => {
  const { plans } = await user.ok<PlansAnswer>('GET', '/plans')
  return plans.find(({ key }) => key === 'starter')?.prices.find(({ interval }) => interval === 'month')?.price.amount
}

test('an account keeps the price it was sold at, reads it, and pays it for more; whoever comes now pays the new one', async () => {
  const harness = await openHarness({ inlineWriter: false })
  await subscribe(harness)
  await openFree(harness)
  const { as } = await repriced(harness, starterAt(1_500))
  const priya = as('acme', 'priya')
  const ben = as('birch', 'ben')
  expect([await shown(priya), await shown(ben)]).toEqual([1_200, 1_500])
  expect((await offerOf(ben, { kind: 'switch', title: 'Starter', interval: 'month' })).price.amount).toBe(1_500)

  expect((await offerOf(priya, { kind: 'add' })).price.amount).toBe(1_200)
  const { quote, upgrade } = await buy(priya, { kind: 'add', quantity: 2 })
  expect([upgrade.status, quote.previous?.amount, quote.recurring.amount]).toEqual(['applied', 5 * 1_200, 7 * 1_200])
  expect(harness.failures).toEqual([])
})

test('who leaves the older price for another plan finds the new one on the way back', async () => {
  const harness = await openHarness({ inlineWriter: false })
  await subscribe(harness)
  const { as } = await repriced(harness, starterAt(1_500))
  const priya = as('acme', 'priya')
  await buy(priya, { kind: 'switch', title: 'Professional', interval: 'month' })
  expect(await shown(priya)).toBe(1_500)
  const { offers } = await priya.ok<State>('GET', '/state')
  const back = offers.find(
    ({ kind, title, interval }) => kind === 'switch' && title === 'Starter' && interval === 'month',
  )
  expect(back?.price.amount).toBe(1_500)
})
