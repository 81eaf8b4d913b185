import type { RequestsAnswer } from '@softgate/sdk/contract'
import type { Locator } from 'playwright'
import { expect, test } from 'vitest'
import { openWidgetPage, type WidgetPage } from '../support/widget-page.ts'
import { use } from './states/kit.ts'

/** A live state reaches the page, and everything is drawn again. */
async function news(widget: WidgetPage): Promise<void> {
  const used = (): Promise<number> => widget.page.evaluate(() => window.Softgate?.check('exports').used ?? 0)
  const before = await used()
  await use(widget, 'exports', before + 1)
  await expect.poll(used).toBe(2 * before + 1)
}

/** Types with news between the key strokes, and looks at the field after each. */
async function typeAmidNews(widget: WidgetPage, field: Locator, text: string): Promise<void> {
  let so = ''
  for (const key of text) {
    await field.press(key)
    so += key
    await news(widget)
    expect(await field.inputValue()).toBe(so)
  }
}

const open = async ({ page }: WidgetPage): Promise<Locator> => {
  await page.getByRole('button', { name: 'Invite people' }).click()
  return page.getByRole('dialog')
}

test('the word of a member stays through news, a failure and being taken back; another question begins without', async () => {
  const widget = await openWidgetPage({ user: 'sam', may: [], body: '' })
  const { page } = widget
  const dialog = await open(widget)
  const word = dialog.getByLabel('Add a word')
  await typeAmidNews(widget, word, 'Maya')
  const send = dialog.getByRole('button', { name: 'Send request' })
  await page.route('**/v1/requests', (route) => route.abort())
  await send.click()
  await dialog.getByRole('heading', { name: 'No connection' }).waitFor()
  await page.unroute('**/v1/requests')
  await dialog.getByRole('button', { name: 'Try again' }).click()
  expect(await word.inputValue()).toBe('Maya')
  await send.click()
  await dialog.getByText('“Maya”').waitFor()
  await dialog.getByRole('button', { name: 'Take back' }).click()
  expect(await word.inputValue()).toBe('Maya')
  await dialog.getByRole('button', { name: 'Not now' }).click()
  await open(widget)
  await word.waitFor()
  expect(await word.inputValue()).toBe('')
})

test('a number and a code that are being typed stay through news; the code through a failure too', async () => {
  const widget = await openWidgetPage({ body: '' })
  const { page } = widget
  const dialog = await open(widget)
  const seats = dialog.getByLabel('Seats to add')
  await seats.waitFor()
  await seats.press('Control+a')
  await typeAmidNews(widget, seats, '12')
  await seats.press('Enter')
  await dialog.getByRole('button', { name: /^Add 12 seats for / }).waitFor()
  await dialog.getByText('Add promotion code').click()
  const code = dialog.getByLabel('Promotion code')
  await typeAmidNews(widget, code, 'MAY')
  await page.route('**/v1/quotes', (route) => route.abort())
  await dialog.getByRole('button', { name: 'One seat fewer' }).click()
  await dialog.getByRole('heading', { name: 'No connection' }).waitFor()
  await page.unroute('**/v1/quotes')
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await dialog.getByText('Add promotion code').click()
  expect(await code.inputValue()).toBe('MAY')
})

test('an answer that did not arrive is still there to be sent', async () => {
  const widget = await openWidgetPage({
    body: '<softgate-requests></softgate-requests>',
    before: async (harness) => {
      await harness.as('acme', 'sam', []).ok('POST', '/requests', { feature: 'seats', quantity: 1 })
    },
  })
  const { page } = widget
  const inbox = page.locator('softgate-requests')
  await inbox.getByRole('button', { name: 'Decline' }).click()
  const word = inbox.getByLabel('A word to')
  await typeAmidNews(widget, word, 'No')
  await page.route('**/v1/requests/*', (route) => route.abort())
  const send = inbox.getByRole('button', { name: 'Decline and send' })
  await send.click()
  await inbox.getByText('This did not work').waitFor()
  expect(await word.inputValue()).toBe('No')
  await page.unroute('**/v1/requests/*')
  await send.click()
  await word.waitFor({ state: 'hidden' })
  const { requests } = await widget.harness.as('acme', 'sam', []).ok<RequestsAnswer>('GET', '/requests')
  expect(requests).toMatchObject([{ status: 'declined', reply: 'No' }])
})
