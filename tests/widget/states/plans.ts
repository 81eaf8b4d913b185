import teamflow from '../../../examples/teamflow/softgate.config.ts'
import { day, type Harness, useCard } from '../../support/harness.ts'
import { call, withCalls } from '../../support/metered.ts'
import { monthly, starterFor, steps, tiered } from '../../support/tiers.ts'
import type { WidgetPage } from '../../support/widget-page.ts'
import { act, button, type Walk } from './kit.ts'

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
      [
        'asked for',
        async (widget) => {
          await button(widget, /See the price.*of Professional/).waitFor()
          await widget.page.getByText('Yearly, 17% less').waitFor()
          await widget.page.getByRole('columnheader', { name: 'Free' }).getByText('$0').waitFor()
          for (const [feature, words] of [
            ['Seats', /^Seats .*As many as you need/],
            ['Automation runs', '100 a month 1,000 a month 10,000 a month'],
            ['Exports', '5 a month 50 a month 500 a month'],
          ] as const)
            await widget.page
              .getByRole('row', { name: feature })
              .and(widget.page.getByRole('row', { name: words }))
              .waitFor()
        },
      ],
      [
        'by the year',
        async ({ page }) => {
          await page.getByText('Yearly').click()
          // What starts again with the invoice is given for the year, and for the month where nothing is paid.
          await page.getByRole('row', { name: '1,000 a month 10,000 a year 50,000 a year' }).waitFor()
          await page.getByRole('row', { name: '100 a month 1,000 a month 10,000 a month' }).waitFor()
        },
      ],
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
