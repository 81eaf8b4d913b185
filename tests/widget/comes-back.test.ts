import type { Locator, Page } from 'playwright'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { payOn } from '../support/checkout.ts'
import { type Line, openLine } from '../support/line.ts'
import { priceOn } from '../support/teamflow.ts'
import { openWidgetPage, type WidgetPageOptions } from '../support/widget-page.ts'
import { saveCards } from './states/kit.ts'

const dialogOf = (page: Page): Locator => page.getByRole('dialog')
const card = 'pm_card_chargeCustomerFail'
const free = { plan: 'free', user: 'ben' } as const
const unfinished = (page: Page): Promise<void> =>
  dialogOf(page).getByRole('heading', { name: 'Your purchase is not finished' }).waitFor()

interface Case {
  /** After the click: what waits for its user. */
  name: string
  options: WidgetPageOptions
  /** Runs before the click. */
  before?(page: Page): unknown
  /** It is there: after the click, after a reload, and in another tab. */
  waits(page: Page): Promise<void>
  /** The same right after the click, where that is something else. */
  first?(page: Page): Promise<void>
  /** What its user does in the last tab. */
  finish(page: Page): Promise<void>
}

let home = ''
let line: Line | null = null

const cases: Case[] = [
  {
    name: '3-D Secure in the page',
    options: { card: 'pm_card_authenticationRequired' },
    waits: (page) => page.getByRole('button', { name: 'Bank: succeed' }).waitFor(),
    finish: (page) => page.getByRole('button', { name: 'Bank: succeed' }).click(),
  },
  {
    name: 'a declined card',
    options: { card },
    waits: (page) =>
      dialogOf(page)
        .getByRole('heading', { name: /declined/ })
        .waitFor(),
    async finish(page) {
      await dialogOf(page).getByRole('button', { name: 'Use another card' }).click()
      await page.getByLabel('Card number').fill('4242')
      await dialogOf(page)
        .getByRole('button', { name: /^Pay \$/ })
        .click()
    },
  },
  {
    name: 'a declined card beside another',
    options: {
      card,
      before: (harness) => saveCards(harness, ['pm_card_mastercard']),
    },
    waits: async (page) => {
      await dialogOf(page)
        .getByRole('heading', { name: /declined/ })
        .waitFor()
      await dialogOf(page).getByLabel('Mastercard ending in 4444').waitFor()
      expect(await dialogOf(page).getByRole('radio', { checked: true }).count(), 'nobody is charged unasked').toBe(0)
    },
    async finish(page) {
      await dialogOf(page).getByLabel('Mastercard ending in 4444').check()
      await dialogOf(page)
        .getByRole('button', { name: /^Pay \$[\d.]+ with 4444$/ })
        .click()
    },
  },
  {
    name: 'another card that was picked, and a code that was typed',
    options: {
      async before(harness) {
        await saveCards(harness, ['pm_card_authenticationRequired'])
        const { id } = await harness.stripe.coupons.create({ percent_off: 10, duration: 'once' })
        await harness.stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: id }, code: 'AUTUMN10' })
      },
    },
    async before(page) {
      const dialog = dialogOf(page)
      const price = await dialog.locator('[part=pay]').textContent()
      await dialog.getByLabel('Visa ending in 3184').check()
      await dialog.getByText('Add promotion code').click()
      await dialog.getByLabel('Promotion code').fill('AUTUMN10')
      await dialog.getByRole('button', { name: 'Redeem' }).click()
      await dialog.getByText('AUTUMN10 is in the price.').waitFor()
      expect(await dialog.locator('[part=pay]').textContent()).not.toBe(price)
    },
    waits: (page) => page.getByRole('button', { name: 'Bank: succeed' }).waitFor(),
    finish: (page) => page.getByRole('button', { name: 'Bank: succeed' }).click(),
  },
  {
    name: 'an answer that Stripe does not give',
    options: {
      async stripeVia(url) {
        line = await openLine(url)
        return line.url
      },
    },
    before: () => line?.cut(0, 'dead_before'),
    waits: (page) =>
      dialogOf(page)
        .getByText(/Paying \$\d|\$[\d.]+ is not confirmed/)
        .first()
        .waitFor(),
    finish: async () => line?.heal(),
  },
  {
    name: 'Stripe’s own Checkout page',
    options: free,
    first: (page) => page.waitForURL(/_sandbox\/checkout/),
    waits: unfinished,
    async finish(page) {
      await dialogOf(page).getByRole('button', { name: 'Back to Checkout' }).click()
      await page.waitForURL(/_sandbox\/checkout/)
      const back = await payOn(page.url())
      const { search } = new URL(back.headers.get('location') ?? '')
      await page.goto(`${home}/${search}`)
    },
  },
  {
    name: 'Checkout in the page',
    options: { ...free, config: { ...teamflow, checkout: 'embedded' } },
    first: (page) => page.getByRole('button', { name: 'Checkout: pay' }).waitFor(),
    waits: unfinished,
    async finish(page) {
      await dialogOf(page).getByRole('button', { name: 'Back to Checkout' }).click()
      await page.getByRole('button', { name: 'Checkout: pay' }).click()
    },
  },
]

for (const { name, options, before, waits, first = waits, finish } of cases)
  test(`after the click, ${name}: reloaded, closed and opened again it goes on, to one charge`, async () => {
    const { page, harness, url } = await openWidgetPage(options)
    home = url
    const charges = (): number[] =>
      harness.sandbox.control.journal().flatMap((entry) => (entry.kind === 'charge' ? [entry.amount] : []))
    const paid = charges()
    await page.getByRole('button', { name: 'Invite people' }).click()
    const pay = dialogOf(page).locator('[part=pay]').filter({ hasText: '$' })
    await pay.waitFor()
    await before?.(page)
    const price = await priceOn(pay)
    await pay.click()
    await first(page)

    await page.goto(url)
    await waits(page)
    const other = await page.context().newPage()
    await page.close()
    await other.goto(url)
    await waits(other)
    await finish(other)
    await dialogOf(other).getByRole('heading', { name: 'Done' }).waitFor()
    await dialogOf(other).getByRole('button', { name: 'Continue' }).click()
    await expect.poll(() => other.getByRole('meter').getAttribute('aria-valuemax')).toMatch(/^[57]$/)
    expect(charges(), 'what the button said').toEqual([...paid, price])

    // What is done is not begun again.
    await other.goto(url)
    await other.getByRole('meter').waitFor()
    expect(await dialogOf(other).count()).toBe(0)
  })
