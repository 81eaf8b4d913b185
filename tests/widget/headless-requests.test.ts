import { signal } from '@preact/signals-core'
import type { Softgate, Upgrade } from '@softgate/sdk'
import type { Quote, RequestsAnswer } from '@softgate/sdk/contract'
import { createRequests, type RequestGroup, type Requests } from '@softgate/widget/headless'
import { expect, test } from 'vitest'
import { until } from '../support/browser.ts'
import { type Harness, minute } from '../support/harness.ts'
import { type Client, openClient } from '../support/headless.ts'

/** Each of these asks for a seat. */
async function asked(users: string[], options: { card?: string } = {}) {
  const client = await openClient(options)
  const { harness, softgate } = client
  for (const user of users) {
    await harness.host.ok('PUT', `/accounts/acme/users/${user}`, { role: 'member' })
    await harness.as('acme', user, []).ok('POST', '/requests', { feature: 'seats', quantity: 1 })
  }
  await softgate.refresh()
  return client
}
const inboxOf = ({ softgate, page }: Client, finish?: (upgrade: Upgrade) => Promise<boolean>): Requests =>
  createRequests({ softgate: signal<Softgate | null>(softgate), page, ...(finish && { finish }) })

/** The group of the seats with its exact price, when the clicks have calmed down. */
async function priced(harness: Harness, inbox: Requests): Promise<RequestGroup & { quote: Quote }> {
  await until(() => inbox.groups.value.length > 0)
  await harness.clock.advance(300)
  const group = () => inbox.groups.value[0]
  await until(() => typeof group()?.quote === 'object')
  const found = group()
  if (!found?.quote || found.quote === 'waiting') throw new Error('there is no price')
  return { ...found, quote: found.quote }
}
const statuses = async (harness: Harness): Promise<(string | null)[][]> => {
  const { requests } = await harness.as('acme', 'priya').ok<RequestsAnswer>('GET', '/requests')
  return requests.map(({ user, status, reply }) => [user, status, reply ?? null]).sort()
}
const chargesOf = ({ sandbox }: Harness): number[] =>
  sandbox.control.journal().flatMap((entry) => (entry.kind === 'charge' ? [entry.amount] : []))

test('an admin answers several requests with one purchase at the price that was shown, and declines another', async () => {
  const client = await asked(['sam', 'lena', 'aiko'])
  const { harness, network } = client
  const inbox = inboxOf(client)
  const three = await priced(harness, inbox)
  expect(three).toMatchObject({ feature: 'seats', units: 3, covered: false, offer: { kind: 'add' } })
  const aiko = three.requests.find(({ user }) => user === 'aiko')?.id ?? ''
  inbox.toggle(aiko)
  expect(inbox.groups.value[0]?.quote, 'another selection has another price').toBe('waiting')
  const two = await priced(harness, inbox)
  expect(two).toMatchObject({ units: 2, quote: { quantity: 2 } })
  inbox.toggle(aiko)
  inbox.toggle(aiko)
  await harness.clock.advance(300)
  expect(
    network.sent.filter(({ path }) => path === '/v1/quotes'),
    'a price is asked for once',
  ).toHaveLength(2)

  const before = chargesOf(harness)
  await Promise.all([inbox.grant(two), inbox.grant(two)])
  expect(chargesOf(harness)).toEqual([...before, two.quote.dueNow.amount])
  expect(inbox.bought.value).toMatchObject({ feature: 'seats', upgrade: { status: 'applied' } })
  await inbox.decline(aiko, 'In the summer.')
  expect(await statuses(harness)).toEqual([
    ['aiko', 'declined', 'In the summer.'],
    ['lena', 'granted', null],
    ['sam', 'granted', null],
  ])
  expect([inbox.failed.value, inbox.paying.value, inbox.busy.value]).toEqual([false, '', false])
  inbox.dispose()
})

test('an answer that is lost is asked for until it comes, and nothing is paid twice', async () => {
  const client = await asked(['sam'])
  const { harness, network } = client
  const inbox = inboxOf(client)
  const group = await priced(harness, inbox)
  const before = chargesOf(harness)
  network.loseReplies = true
  const granted = inbox.grant(group)
  await until(() => network.sent.some(({ path }) => path === '/v1/upgrades'))
  await until(() => network.pending === 0)
  network.loseReplies = false
  const pass = async (): Promise<void> => {
    while (inbox.busy.value) await client.browser.pass(500)
  }
  await Promise.all([granted, pass()])
  expect(chargesOf(harness)).toEqual([...before, group.quote.dueNow.amount])
  expect(await statuses(harness)).toEqual([['sam', 'granted', null]])
  inbox.dispose()
})

test('a purchase that the bank asks about is brought to its end first; given up, nothing is granted', async () => {
  const client = await asked(['sam'], { card: 'pm_card_authenticationRequired' })
  const { harness } = client
  const seen: string[] = []
  const inbox = inboxOf(client, async ({ status }) => {
    seen.push(status)
    return false
  })
  const group = await priced(harness, inbox)
  await inbox.grant(group)
  expect(seen).toEqual(['requires_action'])
  expect([inbox.bought.value, await statuses(harness)]).toEqual([null, [['sam', 'open', null]]])
  inbox.dispose()
})

test('a price that does not hold any more is replaced by the one that does, and nothing is charged', async () => {
  const client = await asked(['sam'])
  const { harness } = client
  const inbox = inboxOf(client)
  const group = await priced(harness, inbox)
  const before = chargesOf(harness)
  await harness.clock.advance(Date.parse(group.quote.expiresAt) - harness.clock.now() + minute)
  await inbox.grant(group)
  expect([inbox.failed.value, chargesOf(harness)]).toEqual(['changed', before])
  expect((await priced(harness, inbox)).quote.id).not.toBe(group.quote.id)
  inbox.dispose()
})

test('a member sees the own requests only, and takes one back', async () => {
  const client = await asked(['sam', 'lena'])
  const { harness, browser, page } = client
  const { softgate } = browser.open({ user: 'sam', token: () => harness.token('acme', 'sam', []) })
  await softgate.refresh()
  const inbox = createRequests({ softgate: signal<Softgate | null>(softgate), page })
  await until(() => inbox.answered.value.length > 0)
  expect([inbox.groups.value, inbox.answered.value.map(({ user, status }) => [user, status])]).toEqual([
    [],
    [['sam', 'open']],
  ])
  await inbox.withdraw(inbox.answered.value[0]?.id ?? '')
  expect(inbox.answered.value.map(({ status }) => status)).toEqual(['withdrawn'])
  expect(await statuses(harness)).toEqual([
    ['lena', 'open', null],
    ['sam', 'withdrawn', null],
  ])
  inbox.dispose()
})
