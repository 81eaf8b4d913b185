import type { Decision, EstimateAnswer, State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { faultsInBothThemes } from '../support/axe.ts'
import { takePictures } from '../support/pictures.ts'
import { openTeamflow, signIn } from '../support/teamflow.ts'

test('what use costs is told while it runs, with where it leads and the next invoice line by line; not to a member', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Dina Voss')
  await page.goto('/settings/usage')
  const estimate = page.locator('softgate-subscription [part=estimate]')
  await estimate.getByText('$4.00 so far').waitFor()
  await estimate.getByText('3,100 beyond the 50,000 included, $1.00 for 1,000 calls').waitFor()
  const { estimate: told } = await demo.as('delta', 'dina').ok<EstimateAnswer>('GET', '/estimate')
  const ahead = (told?.use[0]?.forecast?.amount.amount ?? 0) / 100
  await estimate.getByText(`At this rate about $${ahead.toFixed(2)} by`).waitFor()
  await estimate.getByText('Next invoice, so far').click()
  await estimate.getByText('8 × Professional').waitFor()
  expect(await estimate.locator('summary bdi').textContent()).toBe('$164.00')
  await page.locator('softgate-meter[feature=api_calls]').getByText('3,100 beyond what is included').waitFor()
  await takePictures(page, 'TeamFlow cost of use')
  expect(await faultsInBothThemes(page)).toEqual([])

  const member = await signIn(demo.app, 'Lars Holm')
  await member.page.goto('/settings/usage')
  await member.page.locator('softgate-subscription [part=summary]').waitFor()
  expect(await member.page.locator('[part=estimate]').count()).toBe(0)
  expect([...errors, ...member.errors]).toEqual([])
})

test('each person pins as many tasks as the plan lets a person pin; one more leads to the dialog, and others are not touched', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Aiko Tanaka')
  await page.goto('/my-work')
  const meter = page.locator('main softgate-meter[feature=pins]')
  const pins = ['Check every form on a phone', 'Beta feedback sorted by theme', 'Speed budget for the home page']
  for (const [index, task] of pins.entries()) {
    await page.getByRole('button', { name: `Pin ${task}` }).click()
    await meter
      .getByText(`${index + 1} of 3`)
      .filter({ visible: true })
      .waitFor()
    expect(await page.getByRole('main').getByRole('listitem').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining(task)]),
    )
  }
  await page.getByRole('button', { name: 'Pin Two example projects people may keep' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send request' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await takePictures(page, 'TeamFlow pins')
  const own = async (user: string) => (await demo.as('acme', user).ok<State>('GET', '/state')).own?.['pins']
  expect(await own('aiko')).toMatchObject({ used: 3, limit: 3, state: 'blocked', scope: 'user' })
  expect(await own('priya')).toMatchObject({ used: 0, limit: 3, state: 'ok' })

  // What is done is pinned no longer, whoever finished it.
  await page.getByRole('button', { name: `Finish ${pins[0]}` }).click()
  await meter.getByText('2 of 3').filter({ visible: true }).waitFor()
  const asked = { account: 'acme', user: 'aiko', feature: 'pins' }
  expect(await demo.host.ok<Decision>('POST', '/check', asked)).toMatchObject({ used: 2, allowed: true })
  expect(errors).toEqual([])
})

test('without scripts the plans can be read, with a way to write to somebody, and pins say when there are none left', async () => {
  const { app } = await openTeamflow()
  const { page } = await signIn(app, 'Aiko Tanaka', { javaScriptEnabled: false })
  await page.goto('/settings/plans')
  const column = page.getByRole('columnheader', { name: 'Professional' })
  expect(await column.getByRole('link').getAttribute('href')).toBe('mailto:sales@teamflow.example?subject=Professional')
  await page.getByText('Forecasts, an add-on to any plan: $9 each month.').waitFor()
  await page.goto('/my-work')
  for (const left of [3, 2, 1, 0]) {
    await page.getByRole('button', { name: /^Pin /, pressed: false }).first().click()
    if (left > 0) expect(await page.getByRole('button', { pressed: true }).count()).toBe(4 - left)
  }
  await page.getByText('No pins are left.').waitFor()
})
