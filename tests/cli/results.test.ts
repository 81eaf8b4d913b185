import type { GateAnswer, ResultsAnswer } from '@softgate/sdk/contract'
import { listen } from '@softgate/server'
import { expect, test } from 'vitest'
import { buy } from '../support/buying.ts'
import { cleanup } from '../support/cleanup.ts'
import { done } from '../support/cli.ts'
import { freshFolder } from '../support/folder.ts'
import { day, openHarness, secretKey, subscribe } from '../support/harness.ts'

test('the results of a prompt say who was asked with which words, what they paid, and what is not known yet', async () => {
  const harness = await openHarness()
  const { url, close } = await listen(harness.softgate.app, { port: 0 })
  cleanup(close)
  const ids = ['acme', 'birch', 'cobalt', 'delta']
  for (const id of ids) {
    const { subscription } = await subscribe(harness, { id })
    const priya = harness.as(id, 'priya')
    const { prompt } = await priya.ok<GateAnswer>('POST', '/gates', { feature: 'seats' })
    if (id === 'delta') continue
    await priya.ok('POST', `/prompts/${prompt?.delivery}/outcome`, { outcome: 'clicked' })
    if (id === 'cobalt') continue
    await buy(priya, { kind: 'add', quantity: 2 })
    // Whatever news of Stripe comes next, what was paid is written down.
    await harness.stripe.subscriptions.update(subscription, { metadata: { seen: 'yes' } })
  }
  const ask = () => harness.host.ok<ResultsAnswer>('POST', '/admin/results', { prompt: 'seats_in_use' })
  const bought = ({ arms }: ResultsAnswer) => arms.reduce((sum, arm) => sum + arm.bought, 0)
  await expect.poll(async () => bought(await ask()), { timeout: 20_000 }).toBe(2)
  const { arms, split, mixed } = await ask()
  expect(arms.map(({ variant }) => variant)).toEqual(['fact', 'team'])
  const sum = (of: (arm: ResultsAnswer['arms'][number]) => number) => arms.reduce((total, arm) => total + of(arm), 0)
  expect([sum(({ accounts }) => accounts), sum(({ clicked }) => clicked), sum(({ waiting }) => waiting)]).toEqual([
    4, 3, 4,
  ])
  expect(sum(({ paid }) => paid[0]?.amount ?? 0)).toBe(2 * 2 * 1_200)
  expect([split, mixed]).toEqual([null, 0])

  await harness.clock.advance(15 * day)
  const run = (...args: string[]) =>
    done(freshFolder(), ['results', ...args, '--url', url], { SOFTGATE_SECRET_KEY: secretKey })
  const [shown, none, unknown, late] = await Promise.all([
    run('seats_in_use'),
    run('seats_in_use', '--since', '2028-01-01', '--days', '30'),
    run('seats'),
    run('seats_in_use', '--days', '1000'),
  ])
  expect(shown.code).toBe(0)
  expect(shown.text).toContain('what accounts did in the 14 days after they were first asked')
  expect(shown.text).toMatch(/variant +accounts +clicked +bought +share that buys +paid +sells best\nfact +/)
  expect(shown.text).toContain('too few accounts')
  expect(shown.text).not.toContain('within these days')
  expect(none.text).toMatch(/in the 30 days[\s\S]*fact +0 +0 +0 +- +- +-\n/)
  expect([unknown.code, unknown.text]).toEqual([
    1,
    expect.stringContaining('There is no prompt "seats". Prompts: seats_in_use,'),
  ])
  expect([late.code, late.text]).toEqual([
    1,
    expect.stringContaining('--days is "1000"; it must be a number from 1 to 90.'),
  ])
})
