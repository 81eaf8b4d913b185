import { expect } from 'vitest'
import teamflow from '../../../examples/teamflow/softgate.config.ts'
import { day, type Harness, useCard } from '../../support/harness.ts'
import { call, withCalls } from '../../support/metered.ts'
import { monthly, starterFor, steps, tiered } from '../../support/tiers.ts'
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

const paid = { body: '<softgate-subscription><p>Before it is known</p></softgate-subscription>' }
const known = async (widget: WidgetPage): Promise<void> => {
  await widget.page.locator('softgate-subscription [part=summary]').waitFor()
  await widget.page
    .getByRole('link', { name: /^Receipt/ })
    .first()
    .waitFor()
}

/** The plans side by side, and what is paid for. */
export const planWalks: Walk[] = [
  {
    name: 'plans',
    options: {
      body: '<softgate-plans><a slot="enterprise" href="mailto:sales@teamflow.example">Write to us</a></softgate-plans>',
      viewport: { width: 1280, height: 900 },
      before: (harness) => harness.as('acme', 'sam', []).ok('POST', '/requests', { feature: 'sso' }),
    },
    states: [
      ['asked for', (widget) => button(widget, /See the price.*of Professional/).waitFor()],
      ['by the year', async ({ page }) => page.getByText('Yearly').click()],
      [
        'ends',
        async (widget) => {
          await button(widget, 'Go to Free').click()
          await act(widget, 'End Starter')
          await act(widget, 'Continue')
          await button(widget, 'Keep Starter').waitFor()
        },
      ],
    ],
  },
  {
    name: 'plans with prices by tiers',
    options: {
      body: '<softgate-plans></softgate-plans>',
      viewport: { width: 1280, height: 900 },
      config: {
        ...starterFor([monthly(tiered('graduated'))]),
        plans: {
          ...starterFor([monthly(tiered('graduated'))]).plans,
          professional: {
            ...starterFor([]).plans.professional,
            title: 'Professional',
            grants: { ...teamflow.plans.professional?.grants },
            prices: [monthly(tiered('volume', [...steps.slice(0, 2), { upTo: null, unit: 900, flat: 5_000 }]))],
          },
        },
      },
    },
    states: [
      [
        'compared',
        async ({ page }) => {
          const row = page.getByRole('row', { name: /^Price of a seat/ })
          for (const words of ['First 5: $12', 'Next 5: $10', 'All others: $8', 'Up to 10: $10 each'])
            await row.getByText(words).waitFor()
          await row.getByText('More: $9 each, and $50 once').waitFor()
        },
      ],
    ],
  },
  {
    name: 'plans of a member',
    options: { user: 'sam', may: [], body: '<softgate-plans></softgate-plans>' },
    states: [
      ['to ask for', (widget) => button(widget, 'Ask Priya').waitFor()],
      [
        'asked',
        async (widget) => {
          await button(widget, 'Ask Priya').click()
          await act(widget, 'Send request')
          await act(widget, 'Done')
          await widget.page.getByText('You asked for').waitFor()
        },
      ],
    ],
  },
  {
    name: 'subscription',
    options: paid,
    states: [
      ['paid', known],
      [
        'ends',
        async (widget) => {
          await button(widget, 'End Starter').click()
          await act(widget, 'End Starter')
          await act(widget, 'Continue')
          await button(widget, 'Keep Starter').waitFor()
        },
      ],
    ],
  },
  {
    name: 'subscription that bills use',
    options: {
      ...paid,
      config: withCalls(),
      before: async (harness) => {
        for (let left = 10; left > 0; left--) await call(harness, 120, left * day)
      },
    },
    states: [
      [
        'what use costs',
        async ({ page }) => {
          await page.getByText('200 beyond the 1,000 included, $0.05 a call').waitFor()
          await page.getByText(/^At this rate about/).waitFor()
        },
      ],
      [
        'the next invoice',
        async ({ page }) => {
          await page.getByText('Next invoice, so far').click()
          await page.getByText('5 × Starter').waitFor()
        },
      ],
    ],
  },
  {
    name: 'subscription with an open payment',
    options: {
      ...paid,
      before: async (harness) => {
        await failNext(harness)
        await harness.clock.advance(22 * day)
        await harness.sandbox.clock.advance(0)
        await harness.sandbox.control.webhooks.flush()
      },
    },
    states: [['not paid', ({ page }) => page.getByText('not paid yet').waitFor()]],
  },
  {
    name: 'subscription of a member',
    options: { ...paid, user: 'sam', may: [] },
    states: [['read', (widget) => widget.page.locator('softgate-subscription [part=summary]').waitFor()]],
  },
]

/** The card of the account is refused from now on. */
async function failNext(harness: Harness): Promise<void> {
  const { stripeCustomerId } = await harness.host.ok<{ stripeCustomerId: string }>('GET', '/accounts/acme')
  await useCard(harness, stripeCustomerId, 'pm_card_chargeCustomerFail')
}
