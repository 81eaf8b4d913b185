import type { State, SubscriptionAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { faultsInBothThemes } from '../support/axe.ts'
import { takePictures } from '../support/pictures.ts'
import { chargesOf, openTeamflow, priceOn, signIn } from '../support/teamflow.ts'

test('in a trial a higher plan is free and at once; ending the trial pays the first period, exactly as it was said', async () => {
  const demo = await openTeamflow()
  const emil = demo.as('ember', 'emil')
  const before = await chargesOf(demo)
  const { page, errors } = await signIn(demo.app, 'Emil Berg')
  const dialog = page.getByRole('dialog')
  await page.goto('/settings/plans')
  await page.getByRole('button', { name: 'See the price of Professional' }).click()
  await dialog.getByText(/The trial goes on until/).waitFor()
  await dialog.getByRole('button', { name: 'Go to Professional', disabled: false }).click()
  await dialog.getByText('Ember is on Professional').waitFor()
  await dialog.getByRole('button', { name: 'Continue' }).click()
  const { account, features } = await emil.ok<State>('GET', '/state')
  expect([account.plan.key, features.sso?.allowed, await chargesOf(demo)]).toEqual(['professional', true, before])

  await page.goto('/settings/usage')
  const notice = page.getByRole('region', { name: /^Trial until/ })
  await notice.getByText('Nothing is charged before.').waitFor()
  await takePictures(page, 'TeamFlow trial')
  expect(await faultsInBothThemes(page)).toEqual([])
  await notice.getByRole('button', { name: 'End the trial and pay now' }).click()
  await dialog.getByRole('heading', { name: 'Start Professional today?' }).waitFor()
  const pay = dialog.getByRole('button', { name: /^Start for \$/ })
  expect(await priceOn(pay)).toBe(8_000)
  await takePictures(page, 'TeamFlow trial ends')
  await pay.click()
  await dialog.getByText('$80.00 paid').waitFor()
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await notice.waitFor({ state: 'detached' })
  expect(await chargesOf(demo)).toEqual([...before, 8_000])
  const { subscription } = await emil.ok<SubscriptionAnswer>('GET', '/subscription')
  expect(subscription).toMatchObject({ status: 'active', trialEndsAt: null })
  expect(errors).toEqual([])
})
