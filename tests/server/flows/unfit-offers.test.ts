import type { GateAnswer, State } from '@softgate/sdk/contract'
import { describe, expect, it } from 'vitest'
import { type Harness, openHarness, subscribe } from '../../support/harness.ts'

const seen = async (harness: Harness) => {
  await harness.softgate.services.sweep()
  const priya = harness.as('acme', 'priya')
  const { offers } = await priya.ok<State>('GET', '/state')
  const { prompt } = await priya.ok<GateAnswer>('POST', '/gates', { feature: 'seats' })
  return { offers: offers.map(({ kind }) => kind), way: prompt?.way, offer: prompt?.offer ?? null }
}

describe('an offer', () => {
  it('stands while the subscription can be changed', async () => {
    const harness = await openHarness()
    await subscribe(harness)
    expect(await seen(harness)).toMatchObject({
      offers: expect.arrayContaining(['add', 'switch', 'remove', 'cancel']),
      way: 'buy',
      offer: { kind: 'add' },
    })
  })

  it('that nobody can buy is never made: the subscription ends with its period', async () => {
    const harness = await openHarness()
    const { subscription } = await subscribe(harness)
    await harness.stripe.subscriptions.update(subscription, { cancel_at_period_end: true })
    await expect.poll(() => seen(harness)).toEqual({ offers: ['resume'], way: 'none', offer: null })
  })
})
