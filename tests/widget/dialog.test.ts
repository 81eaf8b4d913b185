import type { RequestsAnswer } from '@softgate/sdk/contract'
import type { Locator, Page } from 'playwright'
import { expect, test } from 'vitest'
import { openWidgetPage, type WidgetPage } from '../support/widget-page.ts'

const dialogOf = (page: Page): Locator => page.getByRole('dialog')

/** Opens the dialog by the blocked invitation, and waits for the price. */
async function openDialog(widget: WidgetPage): Promise<{ dialog: Locator; buy: Locator }> {
  await widget.page.getByRole('button', { name: 'Invite people' }).click()
  const dialog = dialogOf(widget.page)
  const buy = dialog.getByRole('button', { name: /^Add \d seats? for / })
  await buy.waitFor()
  return { dialog, buy }
}

const amountOf = (text: string | null): number => Math.round(Number(/[$]([\d.]+)/.exec(text ?? '')?.[1]) * 100)

const charges = ({ harness }: WidgetPage) =>
  harness.sandbox.control.journal().filter((entry) => entry.kind === 'charge')

test('a blocked invitation is bought at exactly the price on the button, and goes on', async () => {
  const widget = await openWidgetPage()
  const { page, complaints } = widget
  const { dialog, buy } = await openDialog(widget)
  const amount = amountOf(await buy.textContent())
  await buy.click()
  await dialog.getByRole('heading', { name: 'acme has 7 seats' }).waitFor()
  await page.getByText('upgraded true').waitFor()
  expect(charges(widget).at(-1)).toMatchObject({ amount })
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await dialog.waitFor({ state: 'hidden' })
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('invite')
  expect(complaints).toEqual([])
})

test('the price follows the quantity, and nothing can be bought while it is on its way', async () => {
  const widget = await openWidgetPage()
  const { sent } = widget
  const { dialog, buy } = await openDialog(widget)
  const two = amountOf(await buy.textContent())
  const { release } = widget.hold(/quotes/)
  await dialog.getByRole('button', { name: 'One seat more' }).click()
  const waiting = dialog.getByRole('button', { name: 'Getting the exact price' })
  await waiting.waitFor()
  expect(await waiting.getAttribute('aria-disabled')).toBe('true')
  await expect.poll(() => dialog.locator('[part=bill]').getAttribute('aria-busy')).toBe('true')
  await waiting.click({ force: true })
  release()
  await dialog.getByRole('button', { name: /^Add 3 seats for / }).waitFor()
  expect(amountOf(await buy.textContent())).toBeGreaterThan(two)
  expect(await dialog.getByText('8 in total').count()).toBe(1)
  expect(sent.filter((call) => call === 'POST /v1/upgrades')).toEqual([])
})

test('a price that has changed meanwhile is shown beside the old one, and needs a fresh click', async () => {
  const widget = await openWidgetPage()
  const { harness } = widget
  const { dialog, buy } = await openDialog(widget)
  const old = amountOf(await buy.textContent())
  await harness.clock.advance(86_400_000)
  const before = charges(widget).length
  await buy.click()
  await dialog.getByRole('alert').waitFor()
  const now = amountOf(await buy.textContent())
  expect(now).toBeLessThan(old)
  expect(await dialog.locator('s').textContent()).toContain(String(old / 100))
  expect(charges(widget)).toHaveLength(before)
  await buy.click()
  await dialog.getByRole('heading', { name: 'acme has 7 seats' }).waitFor()
  expect(charges(widget).at(-1)).toMatchObject({ amount: now })
})

test('two clicks are one purchase; a dialog closed meanwhile lets it go on', async () => {
  const widget = await openWidgetPage()
  const { page, sent } = widget
  const { dialog, buy } = await openDialog(widget)
  const before = charges(widget).length
  const { release } = widget.hold(/upgrades/)
  await buy.dblclick()
  await dialog.getByRole('button', { name: /^Paying / }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('Your payment goes on').waitFor()
  release()
  await page.getByText('Your payment went through').waitFor()
  await page.getByText('upgraded true').waitFor()
  expect(sent.filter((call) => call === 'POST /v1/upgrades')).toHaveLength(1)
  expect(charges(widget)).toHaveLength(before + 1)
})

test('the bank confirms over the dialog, and the server says what came of it', async () => {
  const widget = await openWidgetPage({ card: 'pm_card_authenticationRequired' })
  const { page } = widget
  const { dialog, buy } = await openDialog(widget)
  await buy.click()
  await dialog.getByRole('heading', { name: /with your bank$/ }).waitFor()
  await page.getByRole('button', { name: 'Bank: succeed' }).waitFor()
  await page.getByRole('button', { name: 'Bank: succeed' }).click()
  await dialog.getByRole('heading', { name: 'acme has 7 seats' }).waitFor()
  expect(await page.getByText('upgraded true').count()).toBe(1)
})

test('a refused authentication and a declined card end in another card', async () => {
  const widget = await openWidgetPage({ card: 'pm_card_authenticationRequired' })
  const { page } = widget
  const { dialog, buy } = await openDialog(widget)
  const before = charges(widget).length
  await buy.click()
  await page.getByRole('button', { name: 'Bank: fail' }).click()
  await dialog.getByRole('heading', { name: 'Your bank declined this card' }).waitFor()
  await dialog.getByRole('button', { name: 'Use another card' }).click()
  await page.getByLabel('Card number').fill('1')
  await dialog.getByRole('button', { name: /^Pay [$]/ }).click()
  await dialog.getByRole('button', { name: 'Use another card' }).click()
  await page.getByLabel('Card number').fill('4242')
  await dialog.getByRole('button', { name: /^Pay [$]/ }).click()
  await dialog.getByRole('heading', { name: 'acme has 7 seats' }).waitFor()
  expect(charges(widget)).toHaveLength(before + 1)
})

test('an upgrade that waits for its payment comes back with the page, and goes on', async () => {
  const widget = await openWidgetPage({ card: 'pm_card_authenticationRequired' })
  const { page } = widget
  const { dialog, buy } = await openDialog(widget)
  await buy.click()
  await page.getByRole('button', { name: 'Bank: succeed' }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Bank: succeed' }).click()
  await dialog.getByRole('button', { name: 'Continue' }).waitFor()
  await expect.poll(() => page.getByRole('meter').getAttribute('aria-valuemax')).toBe('7')
})

test('an outcome that is not known is said so, and never leads to a second payment', async () => {
  const widget = await openWidgetPage()
  const { page } = widget
  const { dialog, buy } = await openDialog(widget)
  const before = charges(widget).length
  const { release } = widget.hold(/upgrades/)
  await buy.click()
  await dialog.getByRole('button', { name: /^Paying / }).waitFor()
  await page.clock.fastForward(10_000)
  await dialog.getByRole('heading', { name: 'Your bank is taking longer' }).waitFor()
  expect(await dialog.getByRole('button').allTextContents()).toEqual(['Close'])
  release()
  await dialog.getByRole('heading', { name: 'acme has 7 seats' }).waitFor()
  expect(charges(widget)).toHaveLength(before + 1)
})

test('without a connection there is no price and no guess', async () => {
  const widget = await openWidgetPage()
  const { page } = widget
  await page.route('**/v1/quotes', (route) => route.abort())
  await page.getByRole('button', { name: 'Invite people' }).click()
  const dialog = dialogOf(page)
  await dialog.getByRole('heading', { name: 'No connection' }).waitFor()
  await page.unroute('**/v1/quotes')
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await dialog.getByRole('button', { name: /^Add 2 seats for / }).waitFor()
  expect(widget.harness.failures).toEqual([])
})

test('a member sees no price, and asks in one click', async () => {
  const widget = await openWidgetPage({ user: 'sam', may: [] })
  const { page, harness } = widget
  await page.getByRole('button', { name: 'Invite people' }).click()
  const dialog = dialogOf(page)
  await dialog.getByLabel('Add a word').fill('Maya joins the website team on Monday.')
  expect(await dialog.textContent()).not.toContain('$')
  await dialog.getByRole('button', { name: 'Send request' }).click()
  await dialog.getByRole('heading', { name: 'Priya has your request' }).waitFor()
  await page.getByText('requested false').waitFor()
  const { requests } = await harness.as('acme', 'priya').ok<RequestsAnswer>('GET', '/requests')
  expect(requests).toMatchObject([
    { user: 'sam', feature: 'seats', quantity: 2, note: expect.stringContaining('Maya') },
  ])
})

test('a plan is bought for all seats, and the number is not said to be added', async () => {
  const widget = await openWidgetPage({ plan: 'free', user: 'ben', body: '' })
  await widget.page.getByRole('button', { name: 'Invite people' }).click()
  const seats = dialogOf(widget.page).getByRole('textbox')
  await seats.waitFor()
  expect(await seats.inputValue()).toBe('5')
  expect(await dialogOf(widget.page).getByText('to add').count()).toBe(0)
  await dialogOf(widget.page).getByLabel('Seats', { exact: true }).waitFor()
})
