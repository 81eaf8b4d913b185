import { day } from '../../support/harness.ts'
import { act, button, dialogOf, heading, invite, pay, priced, saveCards, sso, type Walk } from './kit.ts'

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
      before: (harness) => saveCards(harness, ['pm_card_mastercard', 'pm_card_visa']),
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
