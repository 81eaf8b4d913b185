import type { Account } from '@softgate/sdk/contract'
import teamflow from '../../../examples/teamflow/softgate.config.ts'
import { confirm, quoteStart } from '../../support/checkout.ts'
import { day, type Harness, useCard } from '../../support/harness.ts'
import { act, button, dialogOf, heading, invite, pay, priced, sso, type Walk } from './kit.ts'

/** The last invoice of Acme is not paid: its card was refused at the renewal. */
async function owe(harness: Harness): Promise<void> {
  const { stripeCustomerId } = await harness.host.ok<Account>('GET', '/accounts/acme')
  await useCard(harness, stripeCustomerId ?? '', 'pm_card_chargeCustomerFail')
  await harness.clock.advance(22 * day)
  await harness.sandbox.clock.advance(0)
  await harness.sandbox.control.webhooks.flush()
}

/** The upgrade dialog, for those who buy and those who ask. */
export const dialogWalks: Walk[] = [
  {
    name: 'dialog',
    options: { card: 'pm_card_authenticationRequired', body: '' },
    states: [
      [
        'loading',
        async (widget) => {
          const { release } = widget.hold(/quotes/)
          await invite(widget)
          await dialogOf(widget).locator('[aria-busy=true]').waitFor()
          return release
        },
      ],
      ['ready', priced],
      [
        'changed',
        async (widget) => {
          await widget.harness.clock.advance(day)
          await pay(widget).click()
          await dialogOf(widget).getByRole('alert').waitFor()
        },
      ],
      [
        'processing',
        async (widget) => {
          const { release } = widget.hold(/upgrades/)
          await pay(widget).click()
          await dialogOf(widget)
            .getByRole('button', { name: /^Paying/ })
            .waitFor()
          return release
        },
      ],
      ['bank check', (widget) => button(widget, 'Bank: fail').waitFor()],
      [
        'declined',
        async (widget) => {
          await button(widget, 'Bank: fail').click()
          await heading(widget, /declined/)
        },
      ],
      [
        'other card',
        async (widget) => {
          await dialogOf(widget).getByRole('button', { name: 'Use another card' }).click()
          await widget.page.getByLabel('Card number').fill('4242')
        },
      ],
      [
        'done',
        async (widget) => {
          await pay(widget).click()
          await heading(widget, 'acme has 7 seats')
        },
      ],
    ],
  },
  {
    name: 'dialog without a clear answer',
    options: { body: '' },
    states: [
      [
        'offline',
        async (widget) => {
          await widget.page.route('**/v1/quotes', (route) => route.abort())
          await invite(widget)
          await heading(widget, 'No connection')
        },
      ],
      [
        'unknown',
        async (widget) => {
          await widget.page.unroute('**/v1/quotes')
          await pay(widget).click()
          await priced(widget)
          const { release } = widget.hold(/upgrades/)
          await pay(widget).click()
          await dialogOf(widget)
            .getByRole('button', { name: /^Paying/ })
            .waitFor()
          await widget.page.clock.fastForward(10_000)
          await heading(widget, /taking longer/)
          return release
        },
      ],
      [
        'closed while it goes on, then done',
        async (widget) => {
          await heading(widget, 'acme has 7 seats')
        },
      ],
    ],
  },
  {
    name: 'dialog of a plan',
    options: { body: sso },
    states: [
      [
        'plan change',
        async (widget) => {
          await button(widget, 'See plan and price').click()
          await priced(widget)
        },
      ],
      [
        'done',
        async (widget) => {
          await pay(widget).click()
          await heading(widget, /is on Professional/)
        },
      ],
    ],
  },
  {
    name: 'dialog of an account with two cards',
    options: {
      card: 'pm_card_chargeCustomerFail',
      body: '',
      before: async (harness) => {
        const { stripeCustomerId } = await harness.host.ok<Account>('GET', '/accounts/acme')
        for (const token of ['pm_card_mastercard', 'pm_card_visa']) {
          const { id } = await harness.stripe.paymentMethods.attach(token, { customer: stripeCustomerId ?? '' })
          await harness.stripe.paymentMethods.update(id, { allow_redisplay: 'always' })
        }
      },
    },
    states: [
      [
        'which card pays',
        async (widget) => {
          await invite(widget)
          await dialogOf(widget).getByLabel('Mastercard ending in 4444').waitFor()
          await priced(widget)
        },
      ],
      [
        'another one is chosen',
        async (widget) => {
          await dialogOf(widget).getByLabel('Mastercard ending in 4444').check()
          await dialogOf(widget).getByText('It pays later invoices too.').waitFor()
          await dialogOf(widget).getByLabel('Visa ending in 0341').check()
          await priced(widget)
        },
      ],
      [
        'one was declined',
        async (widget) => {
          await pay(widget).click()
          await heading(widget, /declined/)
          await dialogOf(widget).getByLabel('Visa ending in 4242').check()
          await dialogOf(widget).getByLabel('Use this card for future invoices').check()
        },
      ],
      [
        'done',
        async (widget) => {
          await act(widget, /with 4242$/)
          await heading(widget, 'acme has 7 seats')
          await dialogOf(widget).getByText('paid with Visa 4242').waitFor()
        },
      ],
    ],
  },
  {
    name: 'dialog of an account that pays nothing yet',
    options: { plan: 'free', user: 'ben', body: '' },
    states: [
      [
        'start',
        async (widget) => {
          await invite(widget)
          await priced(widget)
          await dialogOf(widget).getByText('Starter adds').waitFor()
        },
      ],
      [
        'a code that cannot be redeemed',
        async (widget) => {
          await dialogOf(widget).getByText('Add promotion code').click()
          await widget.page.getByLabel('Promotion code').fill('SPRING10')
          await button(widget, 'Redeem').click()
          await dialogOf(widget).getByText('SPRING10 cannot be redeemed').waitFor()
          await priced(widget)
        },
      ],
      [
        'by the year',
        async (widget) => {
          await dialogOf(widget).getByText('Yearly', { exact: true }).click()
          await dialogOf(widget).getByText('a year', { exact: false }).first().waitFor()
          await pay(widget).filter({ hasText: '$600.00' }).waitFor()
        },
      ],
      [
        'on to Checkout',
        async (widget) => {
          // Or the page would be gone.
          await widget.page.evaluate(() =>
            Reflect.get(window, 'navigation').addEventListener('navigate', (event: Event) => event.preventDefault()),
          )
          await pay(widget).click()
          await heading(widget, /payment page/)
        },
      ],
    ],
  },
  {
    name: 'dialog of a purchase that was left at Checkout',
    options: {
      plan: 'free',
      user: 'ben',
      body: '',
      before: async (harness) => void (await confirm(harness, await quoteStart(harness))),
    },
    states: [['unfinished', (widget) => heading(widget, 'Your purchase is not finished')]],
  },
  {
    name: 'dialog with Checkout in it',
    options: { plan: 'free', user: 'ben', body: '', config: { ...teamflow, checkout: 'embedded' } },
    states: [
      [
        'checkout',
        async (widget) => {
          await invite(widget)
          await priced(widget)
          await pay(widget).click()
          await button(widget, 'Checkout: pay').waitFor()
        },
      ],
      [
        'unfinished after a reload',
        async (widget) => {
          await widget.page.reload()
          await heading(widget, 'Your purchase is not finished')
        },
      ],
      [
        'done',
        async (widget) => {
          await act(widget, 'Back to Checkout')
          await button(widget, 'Checkout: pay').click()
          await heading(widget, 'Done')
        },
      ],
    ],
  },
  {
    name: 'dialog of an account that owes',
    options: { body: '', before: owe },
    states: [
      [
        'settle',
        async (widget) => {
          await invite(widget)
          await dialogOf(widget)
            .getByRole('link', { name: /^Pay the invoice of \$/ })
            .waitFor()
        },
      ],
    ],
  },
  {
    name: 'dialog without anything to buy',
    options: { body: '', config: { ...teamflow, billing: 'off' } },
    states: [
      [
        'nothing',
        async (widget) => {
          await invite(widget)
          await heading(widget, /seats/)
        },
      ],
    ],
  },
  {
    name: 'dialog of what cannot be bought',
    options: { body: '' },
    states: [
      [
        'refused',
        async (widget) => {
          const { stripe, host, sandbox } = widget.harness
          // The page has not heard of it.
          sandbox.control.webhooks.pause()
          const { subscription } = await host.ok<Account>('GET', '/accounts/acme')
          await stripe.subscriptions.update(subscription?.id ?? '', {
            pause_collection: { behavior: 'mark_uncollectible' },
          })
          await invite(widget)
          await heading(widget, 'This cannot be bought right now')
        },
      ],
    ],
  },
  {
    name: 'dialog that others wait for',
    options: {
      body: '',
      before: async ({ host, as }) => {
        for (const [user, name] of [
          ['lena', 'Lena Fischer'],
          ['omar', 'Omar Aziz'],
        ] as const) {
          await host.ok('PUT', `/accounts/acme/users/${user}`, { role: 'member', name })
          await as('acme', user, []).ok('POST', '/requests', { feature: 'seats' })
        }
      },
    },
    states: [
      [
        'ready',
        async (widget) => {
          await invite(widget)
          await dialogOf(widget).getByText('Lena and Omar are waiting').waitFor()
          await priced(widget)
        },
      ],
      [
        'undone',
        async (widget) => {
          await pay(widget).click()
          await button(widget, 'Undo the purchase').click()
          await dialogOf(widget).getByText('Back to your card').first().waitFor()
        },
      ],
    ],
  },
  {
    name: 'dialog for a member',
    options: { user: 'sam', may: [], body: '' },
    states: [
      [
        'ask',
        async (widget) => {
          await invite(widget)
          await dialogOf(widget).getByLabel('Add a word').waitFor()
        },
      ],
      [
        'sent',
        async (widget) => {
          await pay(widget).click()
          await heading(widget, 'Priya has your request')
        },
      ],
      [
        'taken back',
        async (widget) => {
          await button(widget, 'Take back').click()
          await dialogOf(widget).getByLabel('Add a word').waitFor()
        },
      ],
    ],
  },
]
