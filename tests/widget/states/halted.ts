import type { Account } from '@softgate/sdk/contract'
import teamflow from '../../../examples/teamflow/softgate.config.ts'
import { confirm, quoteStart } from '../../support/checkout.ts'
import { day, type Harness, useCard } from '../../support/harness.ts'
import { act, button, dialogOf, heading, invite, pay, priced, type Walk } from './kit.ts'

/** The last invoice of Acme is not paid: its card was refused at the renewal. */
async function owe(harness: Harness): Promise<void> {
  const { stripeCustomerId } = await harness.host.ok<Account>('GET', '/accounts/acme')
  await useCard(harness, stripeCustomerId ?? '', 'pm_card_chargeCustomerFail')
  await harness.clock.advance(22 * day)
  await harness.sandbox.clock.advance(0)
  await harness.sandbox.control.webhooks.flush()
}

/** The upgrade dialog of purchases that stop half way, or cannot begin. */
export const haltedWalks: Walk[] = [
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
    options: {
      body: '',
      // What ends with its period gets no more of anything.
      async before({ host, stripe, softgate }) {
        const { subscription } = await host.ok<Account>('GET', '/accounts/acme')
        await stripe.subscriptions.update(subscription?.id ?? '', { cancel_at_period_end: true })
        await softgate.services.sweep()
      },
    },
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
    name: 'dialog of a purchase without any card',
    options: {
      body: '',
      async before({ host, stripe }) {
        const { stripeCustomerId: customer } = await host.ok<Account>('GET', '/accounts/acme')
        const { data } = await stripe.paymentMethods.list({ customer: customer ?? '' })
        for (const { id } of data) await stripe.paymentMethods.detach(id)
      },
    },
    states: [
      [
        'cardless',
        async (widget) => {
          await invite(widget)
          await priced(widget)
          await pay(widget).click()
          await heading(widget, 'There is no card to charge')
          await button(widget, 'Add a card').waitFor()
        },
      ],
    ],
  },
]
