import type { Decision, State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { takePictures } from '../support/pictures.ts'
import { chargesOf, openTeamflow, priceOn, signIn } from '../support/teamflow.ts'

test('a Starter account sees single sign-on in its place: what it does, why it is locked, and the way to Professional', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  await page.goto('/settings/security')
  const gate = page.locator('softgate-gate[feature=sso]')
  for (const words of ['Single sign-on (SAML)', 'the company account they already have', 'Comes with Professional'])
    await gate.getByText(words).filter({ visible: true }).waitFor()
  expect(await page.getByText('In your plan').isVisible()).toBe(false)

  await takePictures(page, 'story gate')
  const before = await chargesOf(demo)
  await gate.getByRole('button', { name: 'See plan and price' }).click()
  const dialog = page.getByRole('dialog')
  const pay = dialog.getByRole('button', { name: /Professional for \$/ })
  const price = await priceOn(pay)
  await pay.click()
  await dialog.getByText('Acme is on Professional').waitFor()
  await page.getByText('In your plan').waitFor()
  expect(await chargesOf(demo)).toEqual([...before, price])
  expect(errors).toEqual([])
})

test('meters warn at 80 % and tell when the limit will be reached', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  await page.goto('/settings/usage')
  const meter = page.locator('main softgate-meter[feature=exports]')
  const text = (): Promise<string | null> => meter.getByRole('meter').getAttribute('aria-valuetext')
  await expect.poll(text).toContain('31 of 50')

  const exports = { account: 'acme', feature: 'exports' }
  await demo.host.ok('POST', '/consume', { id: 'nine', ...exports, quantity: 9 })
  await expect.poll(text).toContain('40 of 50')
  const forecast = async (): Promise<string> => {
    const decision = await demo.host.ok<Decision>('POST', '/check', exports)
    expect(decision).toMatchObject({ state: 'warn', used: 40 })
    // The day is the account's, wherever this runs.
    const { timeZone } = (await demo.as('acme', 'priya').ok<State>('GET', '/state')).account
    return new Date(decision.forecast?.at ?? '').toLocaleDateString('en-US', {
      month: 'long',
      day: 'numeric',
      timeZone,
    })
  }
  await expect.poll(async () => (await text())?.includes(`full on ${await forecast()}`)).toBe(true)

  // A seat comes free: four of five are a warning too, told in words.
  await page.goto('/settings/members')
  await page.getByRole('button', { name: 'Remove Aiko Tanaka' }).click()
  await page.goto('/settings/usage')
  const seats = page.locator('main softgate-meter[feature=seats]')
  await expect.poll(() => seats.getByRole('meter').getAttribute('aria-valuetext')).toMatch(/4 of 5 seats.*1 /)
  const { features } = await demo.as('acme', 'priya').ok<State>('GET', '/state')
  expect(features.seats).toMatchObject({ state: 'warn', allowed: true })
  expect(errors).toEqual([])
})
