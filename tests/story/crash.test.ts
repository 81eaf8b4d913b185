import type { Decision, EventsAnswer, GateAnswer, Quote, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { createApi } from '../support/api.ts'
import { startDemo } from '../support/demo.ts'
import { freshFolder } from '../support/folder.ts'
import { day, type Harness, minute, openHarness, secretKey, subscribe } from '../support/harness.ts'
import { startServer } from '../support/server.ts'
import { freshSqlite } from '../support/sqlite.ts'

const charges = ({ sandbox }: Harness) => sandbox.control.journal().filter((entry) => entry.kind === 'charge')

/** The instants at which an upgrade can be cut: with the call on its way to Stripe, and with its reply on its way back. */
for (const kind of ['timeout_before', 'timeout_after'] as const)
  test(`the server dies in the middle of an upgrade (${kind}): the next start finishes it with one charge`, async () => {
    const harness = await openHarness()
    await subscribe(harness)
    await harness.clock.advance(10 * day)
    const before = charges(harness).length
    const file = freshSqlite()
    await copyAccount(harness, file)
    const first = await startServer(harness, file)
    const priya = createApi(fetch, `${first.url}/v1`, harness.token('acme', 'priya'))
    const { prompt } = await priya.ok<GateAnswer>('POST', '/gates', { feature: 'seats', quantity: 2 })
    const quote = await priya.ok<Quote>('POST', '/quotes', { offer: prompt?.offer?.id, quantity: 2 })

    harness.sandbox.control.failNext({ kind, match: { method: 'POST', path: '/v1/subscriptions' } })
    const cut = priya('POST', '/upgrades', { quote: quote.id }).catch(() => 'cut')
    const arrived = () =>
      harness.sandbox.control.journal().filter((entry) => entry.kind === 'request' && entry.fault === kind)
    await expect.poll(() => arrived().length).toBe(1)
    await first.kill()
    expect(await cut).toBe('cut')

    // Every process starts at the harness's instant: the second must not begin before the first one's last look at Stripe.
    await harness.clock.advance(minute)
    const second = await startServer(harness, file)
    const again = createApi(fetch, `${second.url}/v1`, harness.token('acme', 'priya'))
    await expect.poll(async () => (await again.ok<Decision>('POST', '/check', { feature: 'seats' })).limit).toBe(7)
    const upgrade = await again.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
    expect(upgrade).toMatchObject({ status: 'applied', invoice: { amountPaid: quote.dueNow } })
    expect((await again.ok<State>('GET', '/state')).upgrade).toBe(null)
    expect(charges(harness)).toHaveLength(before + 1)
  })

/** The same account in a database of its own: what the harness has, told again to a server on another file. */
async function copyAccount(harness: Harness, file: string): Promise<void> {
  const account = await harness.host.ok<{ stripeCustomerId: string }>('GET', '/accounts/acme')
  const { app, close } = await harness.again({ database: file })
  const host = createApi((url, init) => app.request(url, init), '/v1', secretKey)
  await host.ok('PUT', '/accounts/acme', { name: 'Acme', stripeCustomerId: account.stripeCustomerId })
  await host.ok('PUT', '/accounts/acme/users/priya', { role: 'owner' })
  const time = new Date(harness.clock.now()).toISOString()
  await host.ok('POST', '/events', {
    events: [{ id: 's', account: 'acme', name: 'seats', feature: 'seats', set: 5, time }],
  })
  await close()
}

test('killed at any moment under load, the demo comes back with everything it acknowledged and one charge a quote', async () => {
  const data = freshFolder()
  const acknowledged: string[] = []
  const sent: string[] = []
  let extraSeats = 0
  // What the demo's accounts had used before.
  let seeded: number | null = null
  for (let round = 0; round < 6; round++) {
    const demo = await startDemo({ data })
    const priya = demo.as('acme', 'priya')
    const { offers, features } = await priya.ok<State>('GET', '/state')
    seeded ??= features.automations?.used ?? 0
    const quote = await priya.ok<Quote>('POST', '/quotes', { offer: offers[0]?.id, quantity: 1 })
    const upgrade = priya<Upgrade>('POST', '/upgrades', { quote: quote.id }).then(
      ({ body }) => body.status,
      () => 'cut',
    )
    const writer = (async () => {
      for (let i = 0; ; i++) {
        const id = `round-${round}-${i}`
        const event = {
          id,
          account: 'acme',
          name: 'run',
          feature: 'automations',
          value: 1,
          time: new Date().toISOString(),
        }
        sent.push(id)
        try {
          await demo.host.ok<EventsAnswer>('POST', '/events', { events: [event] })
        } catch {
          return
        }
        acknowledged.push(id)
        // Another instant in every round: after the first events, and then ever later into the upgrade.
        if (i === 1 + round * 3) void demo.kill()
      }
    })()
    await writer
    await demo.kill()
    const status = await upgrade

    const back = await startDemo({ data })
    const priyaBack = back.as('acme', 'priya')
    await expect
      .poll(async () => {
        const answer = await priyaBack<Upgrade>('POST', '/upgrades', { quote: quote.id })
        return answer.status === 409 ? 'refused' : answer.body.status
      })
      .toBe('applied')
    extraSeats++
    if (status !== 'cut') expect(status).toBe('applied')
    const seats = await back.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'seats' })
    expect(seats.limit).toBe(5 + extraSeats)
    const runs = await back.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'automations' })
    expect(runs.used).toBeGreaterThanOrEqual(seeded + acknowledged.length)
    expect(runs.used).toBeLessThanOrEqual(seeded + sent.length)
    // What was in flight is sent again with its id, as clients do: then everything counts once.
    for (const id of sent.slice(-2)) {
      const event = {
        id,
        account: 'acme',
        name: 'run',
        feature: 'automations',
        value: 1,
        time: new Date().toISOString(),
      }
      await back.host.ok('POST', '/events', { events: [event] })
    }
    acknowledged.length = 0
    acknowledged.push(...sent)
    expect(await back.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'automations' })).toMatchObject({
      used: seeded + sent.length,
    })
    const { data: journal } = (await back.control('/journal')) as { data: { kind: string; amount: number }[] }
    expect(
      journal.filter((entry) => entry.kind === 'charge' && entry.amount === quote.dueNow.amount).length,
    ).toBeGreaterThanOrEqual(1)
    const acme = await back.host.ok<{ stripeCustomerId: string }>('GET', '/accounts/acme')
    const { data: invoices } = await back.stripeClient.invoices.list({
      customer: acme.stripeCustomerId,
      status: 'paid',
      limit: 100,
    })
    expect(invoices.filter((invoice) => invoice.billing_reason === 'subscription_update')).toHaveLength(extraSeats)
    await back.stop()
  }
})
