import type { State, SubscriptionAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { faultsInBothThemes } from '../support/axe.ts'
import { takePictures } from '../support/pictures.ts'
import { chargesOf, openTeamflow, priceOn, signIn } from '../support/teamflow.ts'

test('an add-on is bought in one click where it is missed, goes at the end of the period, and stays after all', async () => {
  const demo = await openTeamflow()
  const priya = demo.as('acme', 'priya')
  const next = async (): Promise<number | undefined> =>
    (await priya.ok<SubscriptionAnswer>('GET', '/subscription')).subscription?.nextInvoice?.total.amount
  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  const before = await chargesOf(demo)
  await page.goto('/reports')
  const gate = page.locator('softgate-gate[feature=forecasts]')
  await gate.getByText('Comes with Forecasts').filter({ visible: true }).waitFor()
  await gate.getByRole('button', { name: 'See the price' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('heading', { name: 'Finish dates for Acme' }).waitFor()
  const pay = dialog.getByRole('button', { name: /^Add Forecasts for \$/ })
  const price = await priceOn(pay)
  await takePictures(page, 'TeamFlow add-on')
  expect(await faultsInBothThemes(page)).toEqual([])
  await pay.click()
  await dialog.getByText('Acme has Forecasts').waitFor()
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await gate.getByText('2 tasks that nobody has').or(gate.getByText('1 task that nobody has')).first().waitFor()
  expect([await chargesOf(demo), await next()]).toEqual([[...before, price], 6_900])

  await page.goto('/settings/plans')
  const addons = page.getByRole('region', { name: 'Add-ons' })
  await addons.getByText('$9 each month').waitFor()
  await addons.getByRole('button', { name: 'Remove Forecasts' }).click()
  await dialog.getByRole('heading', { name: 'Remove Forecasts?' }).waitFor()
  await dialog.getByRole('button', { name: 'Remove Forecasts', disabled: false }).click()
  await dialog.getByText('Nothing was charged').waitFor()
  await takePictures(page, 'TeamFlow add-on removed')
  await dialog.getByRole('button', { name: 'Continue' }).click()
  const { features, pending } = await priya.ok<State>('GET', '/state')
  expect([features.forecasts?.allowed, pending?.kind, await next()]).toEqual([true, 'remove', 6_000])

  await page.goto('/settings/usage')
  await page.getByRole('button', { name: 'Keep Starter' }).click()
  await dialog.getByRole('button', { name: 'Keep Starter', disabled: false }).click()
  await dialog.getByText('Everything stays as it was').first().waitFor()
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await expect.poll(next).toBe(6_900)
  expect([await chargesOf(demo), errors]).toEqual([[...before, price], []])
})
