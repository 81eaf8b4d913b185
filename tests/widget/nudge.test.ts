import type { State } from '@softgate/sdk/contract'
import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { day, hour, minute } from '../support/harness.ts'
import { placed, useExports } from '../support/placed.ts'
import { openWidgetPage } from '../support/widget-page.ts'

const body =
  '<softgate-meter feature="exports" variant="compact"></softgate-meter>' +
  '<softgate-prompts placement="nudge" feature="exports"></softgate-prompts>'

test('a nudge opens once, comes back at nine on the next morning of the account, and is stopped for everyone at once', async () => {
  const { harness, page, url, complaints } = await openWidgetPage({
    config: placed('nudge'),
    body,
    before: async (made) => {
      await made.host.ok('PUT', '/accounts/acme', { timeZone: 'America/New_York' })
      await useExports(made)
    },
  })
  const { clock } = harness
  const nudge = (tab: Page) => tab.locator('softgate-prompts [part=nudge]')
  const choose = async (name: string): Promise<void> => {
    await nudge(page).getByRole('button', { name: 'More choices' }).click()
    await page.getByRole('menuitem', { name }).click()
  }
  const due = async (user: string) => (await harness.as('acme', user, []).ok<State>('GET', '/state')).prompts
  await nudge(page).getByText('8 exports are left.').waitFor()
  await expect.poll(async () => (await due('priya'))[0]?.seen).toBe(true)

  const other = await page.context().newPage()
  await other.clock.install({ time: clock.now() })
  await other.goto(url)
  await other.getByText('42 of 50 exports').waitFor()
  expect(await nudge(other).count(), 'it has been opened').toBe(0)
  expect((await due('sam'))[0]?.seen, 'by its user, not by another').toBeUndefined()

  await choose('Tomorrow')
  await page.getByText(/^We remind you on Tuesday at 9\sAM EDT$/).waitFor()
  await expect.poll(() => due('priya')).toEqual([])
  const nine = Date.UTC(2027, 2, 23, 13)
  expect(nine - clock.now()).toBeLessThan(day)
  const pass = async (ms: number): Promise<void> => {
    await clock.advance(ms)
    for (const tab of [page, other]) await tab.clock.fastForward(ms)
  }
  await pass(nine - clock.now() - hour)
  expect(await due('priya')).toEqual([])
  await pass(hour + minute)
  for (const tab of [page, other]) await nudge(tab).waitFor()

  await choose('For everyone at acme')
  await page.getByText('Nobody at acme gets these messages').waitFor()
  await nudge(other).waitFor({ state: 'detached' })
  await expect.poll(() => due('sam')).toEqual([])
  // A clock that leaps while a token is on its way makes it late; it is asked for again.
  expect(complaints.filter((one) => !one.includes('token()'))).toEqual([])
})
