import type { State } from '@softgate/sdk/contract'
import type { Locator, Page } from 'playwright'
import { expect, test } from 'vitest'
import { faultsInBothThemes } from '../support/axe.ts'
import type { Reached } from '../support/demo.ts'
import { day, hour } from '../support/harness.ts'
import { takePictures } from '../support/pictures.ts'
import { chargesOf, openTeamflow, signIn } from '../support/teamflow.ts'

const dueTo = async (demo: Reached, account: string, user: string): Promise<(string | null)[]> =>
  (await demo.as(account, user).ok<State>('GET', '/state')).prompts.map(({ placement }) => placement)
/** Time passes for Softgate and its Stripe; the page hears of it when it is opened again. */
const pass = async (demo: Reached, page: Page, ms: number): Promise<void> => {
  await demo.control('/clock/advance', { ms })
  await page.reload()
}
const modalOf = (page: Page): Locator => page.locator('softgate-prompts [part=modal]')
const nudgeOf = (page: Page): Locator => page.locator('softgate-prompts[placement=nudge] [part=nudge]')

test('at a success milestone a modal says what was done; put away it is gone for a week, and it leads to the plan that goes further', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  await page.goto('/projects/website-relaunch')
  await page.waitForFunction(() => document.documentElement.dataset['softgate'] === 'live')
  // Half of the runs of the month are one away; the next one is somebody's own doing.
  await demo.host.ok('POST', '/consume', { id: 'so-far', account: 'acme', feature: 'automations', quantity: 130 })
  expect(await modalOf(page).count()).toBe(0)
  await page.getByRole('button', { name: 'Move Pricing page: copy and table to Done' }).click()
  const modal = modalOf(page)
  await modal.getByRole('heading', { name: 'Your rules have run 501 times this month' }).waitFor()
  // The milestone is the team's: how much it has done stands beside it.
  await page.getByText('Tasks done').waitFor()
  await takePictures(page, 'TeamFlow modal')
  expect(await faultsInBothThemes(page)).toEqual([])

  await modal.getByRole('button', { name: 'Not now' }).click()
  await modal.waitFor({ state: 'detached' })
  await page.locator('softgate-prompts [part=banner]').waitFor()
  await expect.poll(() => dueTo(demo, 'acme', 'priya')).toEqual(['banner'])
  expect(await dueTo(demo, 'acme', 'tom'), 'it was put away by one of two').toEqual(['modal'])

  await pass(demo, page, 7 * day + hour)
  await page.getByRole('heading', { name: 'Website relaunch' }).click()
  const before = await chargesOf(demo)
  const back = page.locator('softgate-prompts').getByRole('button', { name: 'See Professional' })
  await back.click()
  await page.getByRole('dialog').getByText('Professional adds').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Not now' }).click()
  expect(await chargesOf(demo)).toEqual(before)
  expect(errors).toEqual([])
})

test('a nudge stands beside the meter it is about, opens once, comes back in the morning that was chosen, and leads to the dialog', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Dina Voss')
  await page.goto('/settings/usage')
  const nudge = nudgeOf(page)
  await nudge.getByText('All 50,000 included calls are used').waitFor()
  expect(await page.locator('softgate-prompts [part=toast]').count(), 'it has a place').toBe(0)
  await takePictures(page, 'TeamFlow nudge')
  expect(await faultsInBothThemes(page)).toEqual([])
  await expect.poll(async () => (await demo.as('delta', 'dina').ok<State>('GET', '/state')).prompts[0]?.seen).toBe(true)
  await page.reload()
  await page.getByText('3,100 beyond what is included').waitFor()
  expect(await nudge.count(), 'it has been opened').toBe(0)

  // Its day is the second user's own.
  const kofi = await signIn(demo.app, 'Kofi Mensah')
  await kofi.page.goto('/settings/usage')
  await nudgeOf(kofi.page).getByRole('button', { name: 'More choices' }).click()
  await kofi.page.getByRole('menuitem', { name: 'Tomorrow' }).click()
  await kofi.page.getByText(/^We remind you on/).waitFor()
  await expect.poll(() => dueTo(demo, 'delta', 'kofi')).toEqual([])
  await pass(demo, kofi.page, 2 * day)
  await nudgeOf(kofi.page).getByRole('button', { name: 'See Business' }).click()
  await kofi.page.getByRole('dialog').getByText('Business adds').waitFor()
  expect([...errors, ...kofi.errors]).toEqual([])
})
