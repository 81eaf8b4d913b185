import type { Account, DoctorAnswer, DoctorInput } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { day, type Harness, openHarness, subscribe } from '../support/harness.ts'

const examine = ({ host }: Harness, more: Partial<DoctorInput> = {}): Promise<DoctorAnswer> =>
  host.ok('POST', '/admin/doctor', { mode: 'look', ...more })

const peace = { findings: [], next: null, nextSubscription: null, nextCounter: null }

/** A paid account whose seats change at Stripe while every webhook is lost. */
async function drifted(): Promise<Harness> {
  const harness = await openHarness()
  const { subscription } = await subscribe(harness)
  const { items } = await harness.stripe.subscriptions.retrieve(subscription)
  // Nothing of how it began may still be under way, or it would see the change by itself.
  await harness.sandbox.control.webhooks.flush()
  await harness.softgate.services.sweep()
  harness.sandbox.control.webhooks.dropNext(100)
  await harness.stripe.subscriptions.update(subscription, { items: [{ id: items.data[0]?.id ?? '', quantity: 9 }] })
  return harness
}

const seats = async ({ host }: Harness) =>
  (await host.ok<Account>('GET', '/accounts/acme')).subscription?.quantities.seats

test('where all agree there is nothing to say, also later', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  expect(await examine(harness)).toMatchObject(peace)
  await harness.clock.advance(3 * day)
  expect(await examine(harness)).toMatchObject(peace)
})

test('a subscription that drifted is named, and mended only when asked', async () => {
  const harness = await drifted()
  const { findings } = await examine(harness)
  expect(findings).toMatchObject([{ code: 'subscription_differs', subject: 'acme', mended: false }])
  expect(findings[0]?.detail).toMatch(/has .*5 seats.*, Stripe has .*9 seats/)
  expect(await seats(harness)).toBe(5)
  expect((await examine(harness, { mode: 'mend' })).findings).toMatchObject([{ mended: true }])
  expect(await seats(harness)).toBe(9)
  expect((await examine(harness)).findings).toEqual([])
})

test('two subscriptions of one customer are a fault that somebody has to choose about', async () => {
  const harness = await openHarness()
  const { customer, subscription } = await subscribe(harness)
  const second = await harness.stripe.subscriptions.create({
    customer,
    items: [{ price: harness.prices.get('softgate_starter_month_usd') ?? '', quantity: 1 }],
  })
  const { findings } = await examine(harness, { mode: 'mend' })
  const doubled = findings.find((finding) => finding.code === 'subscriptions_doubled')
  expect(doubled).toMatchObject({ subject: 'acme', mended: false, way: 'End all but one at Stripe.' })
  expect(doubled?.detail).toContain(subscription)
  expect(doubled?.detail).toContain(second.id)
})

test('a price that somebody archived is a difference in the catalogue', async () => {
  const harness = await openHarness()
  await harness.stripe.prices.update(harness.prices.get('softgate_starter_month_usd') ?? '', { active: false })
  expect((await examine(harness)).findings).toMatchObject([
    { code: 'catalogue_differs', subject: 'stripe', way: 'Run "softgate push".' },
  ])
})

test('fifty accounts are looked at in one call, and the rest after them', async () => {
  const harness = await openHarness()
  for (let i = 0; i < 51; i++)
    await harness.host.ok('PUT', `/accounts/a${String(i).padStart(2, '0')}`, { stripeCustomerId: `cus_none${i}` })
  const first = await examine(harness)
  expect(first.next).toBe('a49')
  expect(await examine(harness, { after: first.next ?? '' })).toMatchObject({ next: null })
})
