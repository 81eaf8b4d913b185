import type { InvoicesAnswer, UsageAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { faultsInBothThemes } from '../support/axe.ts'
import { chargesOf, openTeamflow, priceOn, signIn } from '../support/teamflow.ts'

test('requests are counted live beside the menu; the smallest plan that meets them is bought from the page of plans', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  const count = page.locator('[data-count]')
  await page.waitForFunction(() => document.documentElement.dataset['softgate'] === 'live')
  expect(await count.isVisible()).toBe(false)
  for (const [user, open] of [
    ['aiko', 1],
    ['lena', 2],
  ] as const) {
    await demo.as('acme', user).ok('POST', '/requests', { feature: 'sso' })
    await count.getByText(String(open), { exact: true }).waitFor()
  }

  await page.goto('/settings/plans')
  await page.getByText('Your team asked for single sign-on.').waitFor()
  await page.getByText('Professional is the smallest plan that covers it.').waitFor()
  await page
    .getByRole('row', { name: /Single sign-on/ })
    .getByText('2 asked')
    .waitFor()
  expect(await faultsInBothThemes(page)).toEqual([])

  const before = await chargesOf(demo)
  await page.getByRole('button', { name: 'See the price of Professional' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('heading', { name: 'Professional for your team' }).waitFor()
  await dialog.getByText('Professional adds').waitFor()
  const pay = dialog.getByRole('button', { name: /Professional for \$/ })
  const price = await priceOn(pay)
  await pay.click()
  await dialog.getByText('Acme is on Professional').waitFor()
  expect(await chargesOf(demo)).toEqual([...before, price])
  await dialog.getByRole('button', { name: 'Continue' }).click()
  const professional = page.getByRole('columnheader', { name: 'Professional' })
  await professional.getByText('Your plan').waitFor()
  expect(errors).toEqual([])
})

test('a member reads the plans, sees no way to buy, and asks by name', async () => {
  const demo = await openTeamflow()
  const { page, errors } = await signIn(demo.app, 'Sam Ortiz')
  await page.goto('/settings/plans')
  await page.getByRole('button', { name: 'Ask Priya and Tom of Professional' }).click()
  expect(await page.getByRole('button', { name: 'See the price' }).count()).toBe(0)
  await page.getByRole('dialog').getByRole('button', { name: 'Send request' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await page.getByText('You asked for single sign-on.').waitFor()
  await page.getByRole('columnheader', { name: 'Professional' }).getByText('Asked').waitFor()
  expect(await page.locator('[data-count]').isVisible(), 'a member has nothing to answer').toBe(false)
  await page.goto('/settings/usage')
  await page.locator('softgate-subscription [part=summary]').waitFor()
  expect(await page.getByRole('heading', { name: 'Invoices' }).count()).toBe(0)
  expect(await page.getByText('Paid with').count()).toBe(0)
  expect(errors).toEqual([])
})

test('on a phone two plans stand side by side: the own one, and the one that is picked', async () => {
  const { app } = await openTeamflow()
  const { page } = await signIn(app, 'Priya Nair', { viewport: { width: 360, height: 740 } })
  await page.goto('/settings/plans')
  const picker = page.getByLabel('Compare Starter with')
  await picker.waitFor()
  const columns = async () =>
    (await page.getByRole('columnheader').filter({ visible: true }).locator('.name').allTextContents()).join()
  expect(await columns()).toBe('Starter,Professional')
  await picker.selectOption('Business')
  expect(await columns()).toBe('Starter,Business')
})

test('the usage page tells how it got there and what was paid', async () => {
  const demo = await openTeamflow()
  const priya = demo.as('acme', 'priya')
  const { page, errors } = await signIn(demo.app, 'Priya Nair')
  await page.goto('/settings/usage')
  const chart = page.getByRole('figure', { name: /Automation runs in/ })
  await chart.getByText('Show as a table').click()
  const { days } = await priya.ok<UsageAnswer>('GET', '/usage?feature=automations&days=31')
  const month = days.at(-1)?.date.slice(0, 7) ?? ''
  const sum = days.filter(({ date }) => date.startsWith(month)).reduce((total, { used }) => total + used, 0)
  expect(await chart.getByRole('row').last().getByRole('cell').textContent()).toBe(sum.toLocaleString('en-US'))
  await page.getByRole('figure', { name: 'Seats taken' }).getByText('From 3 to 5. All 5 in use').waitFor()

  const { invoices } = await priya.ok<InvoicesAnswer>('GET', '/invoices')
  const receipts = page.getByRole('link', { name: /^Receipt of/ })
  await receipts.first().waitFor()
  const urls = await receipts.evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))
  expect(urls).toEqual(invoices.map(({ url }) => url))
  await page.getByText('Visa 4242').waitFor()
  expect(errors).toEqual([])
})
