import { signal } from '@preact/signals-core'
import type { Offer } from '@softgate/sdk/contract'
import { createChangeFlow, createUpgradeFlow } from '@softgate/widget/headless'
import { expect, test } from 'vitest'
import { until } from '../support/browser.ts'
import { type Client, openClient } from '../support/headless.ts'

const gone = 'pm_that_has_vanished'

function flowsOf({ softgate, page: { now, after } }: Client) {
  const left: string[] = []
  const page = { now, after, leave: (url: string) => void left.push(url) }
  const shared = { softgate: signal(softgate), page }
  const upgrade = createUpgradeFlow({ ...shared, stripe: () => Promise.reject(new Error('no page')) })
  const change = createChangeFlow({ ...shared, settle: async () => 'dismissed' })
  const show = (offer: Offer | undefined) => {
    if (!offer) throw new Error('there is no such offer')
    const copy = { title: '', body: '', action: '', dismiss: '' }
    const way = 'buy' as const
    const prompt = { delivery: '', placement: '', feature: null, way, copy, offer, admins: [], invoice: null }
    const { signal: never } = new AbortController()
    return change.present({ decision: softgate.check('seats'), prompt, quantity: 1 }, { signal: never })
  }
  return { left, upgrade, change, show }
}

const offerOf = ({ softgate }: Client, kind: Offer['kind']): Offer | undefined =>
  softgate.state.value?.offers.find((one) => one.kind === kind)

const confirmations = ({ network }: Client): number =>
  network.sent.filter(({ path, method }) => path === '/v1/upgrades' && method === 'POST').length

/** The account's only card goes, behind the page's back. */
async function withoutCard({ harness: { stripe, host } }: Client): Promise<void> {
  const { stripeCustomerId: customer } = await host.ok<{ stripeCustomerId: string }>('GET', '/accounts/acme')
  for (const { id } of (await stripe.paymentMethods.list({ customer })).data) await stripe.paymentMethods.detach(id)
}

test('a saved card that has vanished before the price came is left, and the purchase goes on with the present one', async () => {
  const client = await openClient()
  const { upgrade: flow } = flowsOf(client)
  client.softgate.onPrompt(flow.present)
  void client.softgate.gate('seats')
  await until(() => flow.quote.value !== null)
  flow.chooseCard(gone)
  await until(() => flow.card.value === '' && flow.waiting.value === 'no')
  expect([flow.step.value, flow.quote.value?.paymentMethod?.last4]).toEqual(['quote', '4242'])
  await flow.confirm()
  expect(flow.step.value).toBe('done')
  flow.dispose()
})

test('a declined purchase is not lost to a saved card that has vanished: what is left may pay it', async () => {
  const client = await openClient({ card: 'pm_card_chargeCustomerFail' })
  const { stripe, host } = client.harness
  const { stripeCustomerId: customer } = await host.ok<{ stripeCustomerId: string }>('GET', '/accounts/acme')
  const save = async (token: string): Promise<string> => {
    const { id } = await stripe.paymentMethods.attach(token, { customer })
    await stripe.paymentMethods.update(id, { allow_redisplay: 'always' })
    return id
  }
  const [vanishing, staying] = [await save('pm_card_mastercard'), await save('pm_card_visa')]
  const { upgrade: flow } = flowsOf(client)
  client.softgate.onPrompt(flow.present)
  void client.softgate.gate('seats')
  await until(() => flow.quote.value !== null)
  await flow.confirm()
  expect(flow.step.value).toBe('declined')
  await stripe.paymentMethods.detach(vanishing)
  await flow.payWith(vanishing)
  expect(flow.step.value).toBe('declined')
  await client.harness.clock.advance(1)
  await until(() => flow.upgrade.value?.cards?.some(({ id }) => id === vanishing) === false)
  await flow.payWith(staying)
  await until(() => flow.step.value === 'done')
  flow.dispose()
})

test('a change asks again without a saved card that has vanished', async () => {
  const client = await openClient()
  const { change: flow, show } = flowsOf(client)
  void show(offerOf(client, 'switch'))
  await until(() => flow.quote.value !== null)
  flow.chooseCard(gone)
  await until(() => flow.card.value === '' && !flow.pending.value)
  expect([flow.refusal.value, flow.quote.value?.paymentMethod?.last4]).toEqual([null, '4242'])
  flow.dispose()
})

test('a purchase without any card is confirmed once, and leads to where one is added', async () => {
  const client = await openClient()
  const { upgrade: flow, left } = flowsOf(client)
  client.softgate.onPrompt(flow.present)
  void client.softgate.gate('seats')
  await until(() => flow.quote.value !== null)
  await withoutCard(client)
  flow.retry()
  await until(() => flow.waiting.value === 'no' && flow.quote.value?.paymentMethod === null)
  await flow.confirm()
  await until(() => flow.step.value !== 'paying')
  expect([flow.step.value, confirmations(client)]).toEqual(['cardless', 1])
  await flow.changeCard()
  expect(left).toEqual([expect.stringMatching(/^http/)])
  flow.dispose()
})

test('a change without any card is confirmed once, says that one is missing, and leads to where it is added', async () => {
  const client = await openClient()
  const { change: flow, show, left } = flowsOf(client)
  await withoutCard(client)
  void show(offerOf(client, 'switch'))
  await until(() => flow.quote.value !== null)
  await flow.confirm()
  expect([flow.needsCard.value, flow.refusal.value]).toEqual([
    true,
    'There is no card to charge. Add one, then try again. Nothing was charged.',
  ])
  expect(confirmations(client)).toBe(1)
  await flow.changeCard()
  expect(left).toEqual([expect.stringMatching(/^http/)])
  flow.chooseCard('')
  expect(flow.needsCard.value).toBe(false)
  flow.dispose()
})
