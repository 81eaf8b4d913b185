import type { Account } from '@softgate/sdk/contract'
import { expect } from 'vitest'
import type { WidgetPage } from '../../support/widget-page.ts'
import { act, button, choose, dialogOf, heading, saveCards, sso, type Walk } from './kit.ts'

/** The dialog for every change but more of the same. */
export const changeWalks: Walk[] = [
  {
    name: 'fewer seats',
    options: { body: '', taken: 4 },
    states: [
      [
        'ready',
        async (widget) => {
          await choose(widget, { kind: 'remove' })
          await heading(widget, 'Remove seats?')
        },
      ],
      [
        'fewer than are in use',
        async (widget) => {
          await button(widget, 'One seat more').click()
          await dialogOf(widget).getByText('1 too many').waitFor()
        },
      ],
      [
        'saving',
        async (widget) => {
          await button(widget, 'One seat fewer').click()
          await dialogOf(widget).locator('[aria-busy=false]').waitFor()
          const { release } = widget.hold(/upgrades/)
          await act(widget, 'Remove 1 seat')
          await dialogOf(widget).getByRole('button', { name: 'One moment' }).waitFor()
          return release
        },
      ],
      ['done', (widget) => heading(widget, /4 seats, by the month, from April 12/)],
      [
        'taken back, asked',
        async (widget) => {
          await act(widget, 'Take back')
          await heading(widget, 'Keep Starter?')
          await dialogOf(widget).locator('[aria-busy=false]').waitFor()
        },
      ],
      [
        'taken back',
        async (widget) => {
          await act(widget, 'Keep Starter')
          await heading(widget, 'Everything stays as it was')
        },
      ],
    ],
  },
  {
    name: 'the end of a plan',
    options: { body: '' },
    states: [
      [
        'loading',
        async (widget) => {
          const { release } = widget.hold(/quotes|plans/)
          await widget.page.evaluate(async () => {
            await window.Softgate?.ready()
            const end = window.Softgate?.state.value?.offers.find(({ kind }) => kind === 'cancel')
            void window.Softgate?.showOffer(end?.id ?? '')
          })
          await dialogOf(widget).locator('[aria-busy=true]').waitFor()
          return release
        },
      ],
      [
        'ready',
        async (widget) => {
          await dialogOf(widget).locator('[aria-busy=false]').waitFor()
          await dialogOf(widget).getByText('2 too many').waitFor()
        },
      ],
      [
        'offline',
        async (widget) => {
          const line = widget.cut()
          await act(widget, 'End Starter')
          await widget.page.clock.fastForward(30_000)
          await heading(widget, 'No connection')
          return line.mend
        },
      ],
      ['done', (widget) => heading(widget, 'Starter ends on April 12')],
    ],
  },
  {
    name: 'a higher plan',
    options: { body: sso },
    states: [
      [
        'month',
        async (widget) => {
          await button(widget, 'See plan and price').click()
          await dialogOf(widget).getByText('Professional adds').waitFor()
          await dialogOf(widget)
            .getByRole('button', { name: /for \$/ })
            .waitFor()
        },
      ],
      [
        'year',
        async (widget) => {
          await dialogOf(widget).getByText('Yearly', { exact: true }).click()
          await dialogOf(widget)
            .getByText(/a year$/)
            .first()
            .waitFor()
        },
      ],
      [
        'a code that cannot be redeemed',
        async (widget) => {
          await dialogOf(widget).getByText('Add promotion code').click()
          await dialogOf(widget).getByLabel('Promotion code').fill('SPRING10')
          await act(widget, 'Redeem')
          await dialogOf(widget).getByText('SPRING10 cannot be redeemed').waitFor()
        },
      ],
      [
        'a code in the price',
        async (widget) => {
          await coupon(widget)
          await dialogOf(widget).getByLabel('Promotion code').fill('AUTUMN10')
          await act(widget, 'Redeem')
          await dialogOf(widget).getByText('AUTUMN10 is in the price').waitFor()
          await dialogOf(widget).getByText('Discount', { exact: true }).waitFor()
        },
      ],
      [
        'done',
        async (widget) => {
          await act(widget, /for \$/)
          await heading(widget, 'acme is on Professional')
        },
      ],
    ],
  },
  {
    name: 'a higher plan that credit pays',
    options: {
      body: '',
      async before({ host, stripe }) {
        const { stripeCustomerId } = await host.ok<Account>('GET', '/accounts/acme')
        await stripe.customers.createBalanceTransaction(stripeCustomerId ?? '', { amount: -50_000, currency: 'usd' })
      },
    },
    states: [
      [
        'lines, credit and nothing due',
        async (widget) => {
          await choose(widget, { kind: 'switch', title: 'Professional' })
          for (const words of [
            /^Professional, 5 seats/,
            /^Credit for unused Starter/,
            'From your credit balance',
            '$0.00',
          ])
            await dialogOf(widget).getByText(words).first().waitFor()
          expect(await dialogOf(widget).getByText('ending in').count(), 'no card is charged').toBe(0)
        },
      ],
      [
        'done',
        async (widget) => {
          await act(widget, 'Go to Professional')
          await heading(widget, 'acme is on Professional')
          await dialogOf(widget).getByText('$27.09 paid from your credit balance').waitFor()
        },
      ],
    ],
  },
  {
    name: 'by the year, and back',
    options: { body: '' },
    states: [
      [
        'done',
        async (widget) => {
          await choose(widget, { kind: 'switch', title: 'Starter', interval: 'year' })
          await act(widget, /for the year/)
          await heading(widget, 'Starter is paid by the year')
        },
      ],
      [
        'by the month, asked',
        async (widget) => {
          await act(widget, 'Continue')
          await choose(widget, { kind: 'switch', title: 'Starter' })
          await dialogOf(widget).getByText('5 seats. Until now $600.00 a year.').waitFor()
        },
      ],
    ],
  },
  {
    name: 'the end of a trial without a card',
    options: {
      body: '',
      async before({ host, stripe, softgate }) {
        const { stripeCustomerId, subscription } = await host.ok<Account>('GET', '/accounts/acme')
        const customer = stripeCustomerId ?? ''
        const { items } = await stripe.subscriptions.cancel(subscription?.id ?? '')
        for (const { id } of (await stripe.paymentMethods.list({ customer })).data)
          await stripe.paymentMethods.detach(id)
        const held = items.data.map(({ price, quantity = 1 }) => ({ price: price.id, quantity }))
        await stripe.subscriptions.create({ customer, items: held, trial_period_days: 14 })
        await softgate.services.sweep()
      },
    },
    states: [
      [
        'asked',
        async (widget) => {
          await choose(widget, { kind: 'convert' })
          await button(widget, 'Choose how it is paid').waitFor()
          await dialogOf(widget).getByText('5 seats. Unchanged.').waitFor()
        },
      ],
      [
        'no card to charge',
        async (widget) => {
          await act(widget, /^Start for/)
          await dialogOf(widget).getByText('There is no card to charge. Add one, then try again.').waitFor()
          await button(widget, 'Add a card').waitFor()
        },
      ],
    ],
  },
  {
    name: 'a plan that is taken back',
    options: { body: '' },
    states: [
      [
        'bought',
        async (widget) => {
          await choose(widget, { kind: 'switch', title: 'Professional' })
          await act(widget, /for \$/)
          await dialogOf(widget).getByText('Full refund until 2:15 PM').waitFor()
        },
      ],
      [
        'asked',
        async (widget) => {
          await act(widget, 'Take back')
          await dialogOf(widget).getByText('Until now $100.00 a month.').waitFor()
        },
      ],
      [
        'taken back',
        async (widget) => {
          await act(widget, 'Take back $27.09')
          await heading(widget, '$27.09 go back to your card')
          await dialogOf(widget).getByText('Everything is as it was before').waitFor()
        },
      ],
    ],
  },
  {
    name: 'a higher plan with two cards',
    options: {
      body: '',
      before: (harness) => saveCards(harness, ['pm_card_mastercard', 'pm_card_chargeCustomerFail']),
    },
    states: [
      [
        'which card pays',
        async (widget) => {
          await choose(widget, { kind: 'switch', title: 'Professional' })
          await dialogOf(widget).getByLabel('Visa ending in 4242').and(dialogOf(widget).locator(':checked')).waitFor()
        },
      ],
      [
        'another one is chosen',
        async (widget) => {
          await dialogOf(widget).getByLabel('Visa ending in 0341').check()
          await dialogOf(widget).getByText('It pays later invoices too.').waitFor()
        },
      ],
      [
        'that one was declined',
        async (widget) => {
          await act(widget, /for \$/)
          await heading(widget, /declined/)
          await dialogOf(widget).getByLabel('Mastercard ending in 4444').check()
        },
      ],
      [
        'done',
        async (widget) => {
          const paid = journalOf(widget).length
          await act(widget, /with 4444$/)
          await heading(widget, 'Done')
          expect(journalOf(widget)).toHaveLength(paid + 1)
        },
      ],
    ],
  },
  {
    name: 'a lower plan',
    options: { body: '', plan: 'business' },
    states: [
      [
        'ready',
        async (widget) => {
          await choose(widget, { kind: 'switch', title: 'Starter' })
          await dialogOf(widget).getByText('Single sign-on ends').waitFor()
        },
      ],
      [
        'done',
        async (widget) => {
          await act(widget, 'Go to Starter')
          await heading(widget, /^Starter, 5 seats/)
        },
      ],
    ],
  },
]

const journalOf = ({ harness }: WidgetPage) => harness.sandbox.control.journal().filter(({ kind }) => kind === 'charge')

/** A tenth off, for whoever knows the code. */
async function coupon({ harness: { stripe } }: WidgetPage): Promise<void> {
  const { id } = await stripe.coupons.create({ percent_off: 10, duration: 'once' })
  await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: id }, code: 'AUTUMN10' })
}
