import type { Account } from '@softgate/sdk/contract'
import teamflow from '../../../examples/teamflow/softgate.config.ts'
import type { Harness } from '../../support/harness.ts'
import type { WidgetPage } from '../../support/widget-page.ts'
import { act, button, dialogOf, heading, invite, sso, use, type Walk } from './kit.ts'

/** Acme is sent an invoice from now on. */
async function byInvoice({ host, stripe, softgate }: Harness): Promise<void> {
  const { subscription } = await host.ok<Account>('GET', '/accounts/acme')
  const terms = { collection_method: 'send_invoice', days_until_due: 30 } as const
  await stripe.subscriptions.update(subscription?.id ?? '', terms)
  await softgate.services.sweep()
}

const askForQuote = ({ page }: WidgetPage, where: string) =>
  page.locator(where).getByRole('button', { name: 'Ask for a quote' })

const gates = `${sso}<softgate-gate feature="seats" quantity="2"></softgate-gate>
<softgate-gate feature="workload" shape="control"></softgate-gate>
<softgate-meter feature="exports" action="Add exports"></softgate-meter>`

/** Where nobody in the account can buy: every way on says that it leads to the vendor's team. */
export const vendorWalks: Walk[] = [
  {
    name: 'page of an admin whose plan is billed by invoice',
    options: {
      body: `${gates}<softgate-requests></softgate-requests><softgate-subscription></softgate-subscription>`,
      async before(harness) {
        await use({ harness }, 'exports', 42)
        await harness.as('acme', 'sam', []).ok('POST', '/requests', { feature: 'seats', quantity: 1 })
        await byInvoice(harness)
      },
    },
    states: [
      [
        'ways to ask',
        async (widget) => {
          await askForQuote(widget, 'softgate-gate[feature=sso]').waitFor()
          await askForQuote(widget, 'softgate-gate[feature=seats]').waitFor()
          await askForQuote(widget, 'softgate-meter').waitFor()
          await askForQuote(widget, 'softgate-requests').waitFor()
          await button(widget, /^Workload/).click()
          await askForQuote(widget, 'softgate-gate[feature=workload]').waitFor()
          await widget.page.keyboard.press('Escape')
          await widget.page.locator('softgate-subscription').getByText('Invoice', { exact: true }).waitFor()
        },
      ],
      [
        'asking',
        async (widget) => {
          await askForQuote(widget, 'softgate-gate[feature=sso]').click()
          await dialogOf(widget).getByText('Your plan is billed by invoice. Ask our team for a quote.').waitFor()
        },
      ],
      [
        'asked',
        async (widget) => {
          await act(widget, 'Send request')
          await heading(widget, 'Our team has your request')
          await act(widget, 'Done')
          await widget.page.locator('softgate-gate').getByText('Our team has your request.').waitFor()
          await widget.page.getByText(/^With our team since/).waitFor()
        },
      ],
      [
        'meter asks',
        async (widget) => {
          await askForQuote(widget, 'softgate-meter').click()
          await dialogOf(widget).getByText('Exports: 42 of 50').waitFor()
          await dialogOf(widget).getByText('This goes to our team, who will get in touch about a quote.').waitFor()
        },
      ],
    ],
  },
  {
    name: 'plans of an admin whose plan is billed by invoice',
    options: { viewport: { width: 1280, height: 900 }, body: '<softgate-plans></softgate-plans>', before: byInvoice },
    states: [
      [
        'ways to ask',
        async (widget) => {
          await askForQuote(widget, 'softgate-plans').first().waitFor()
          await widget.page.getByText('Prices are before tax.', { exact: true }).waitFor()
        },
      ],
    ],
  },
  {
    name: 'page of a product that sells nothing by itself',
    options: {
      config: { ...teamflow, billing: 'off' },
      // Nothing is bought here, so no host has a reason to permit it.
      may: [],
      body: `${gates}<softgate-requests></softgate-requests><softgate-subscription></softgate-subscription>`,
      async before(harness) {
        await harness.host.ok('PUT', '/accounts/acme', { plan: 'starter' })
        await use({ harness }, 'exports', 42)
        await harness.as('acme', 'sam', []).ok('POST', '/requests', { feature: 'sso', quantity: 1 })
      },
    },
    states: [
      [
        'ways to ask',
        async (widget) => {
          await askForQuote(widget, 'softgate-gate[feature=sso]').waitFor()
          await askForQuote(widget, 'softgate-meter').waitFor()
          await askForQuote(widget, 'softgate-requests').waitFor()
          await widget.page.locator('softgate-subscription').getByText('Starter').waitFor()
        },
      ],
      [
        'asking',
        async (widget) => {
          await askForQuote(widget, 'softgate-gate[feature=sso]').click()
          await dialogOf(widget).getByText('Ask our team for a quote.', { exact: true }).waitFor()
        },
      ],
      [
        'asked',
        async (widget) => {
          await act(widget, 'Send request')
          await heading(widget, 'Our team has your request')
        },
      ],
    ],
  },
  {
    name: 'plans of a product that sells nothing by itself',
    options: {
      config: { ...teamflow, billing: 'off' },
      viewport: { width: 1280, height: 900 },
      body: '<softgate-plans></softgate-plans>',
      async before(harness) {
        await harness.host.ok('PUT', '/accounts/acme', { plan: 'starter' })
      },
    },
    states: [['ways to ask', (widget) => askForQuote(widget, 'softgate-plans').first().waitFor()]],
  },
  {
    name: 'dialog of an admin whose plan is billed by invoice',
    options: {
      body: '',
      before: byInvoice,
    },
    states: [
      [
        'asks the vendor',
        async (widget) => {
          await invite(widget)
          await dialogOf(widget).getByText('Your plan is billed by invoice. Ask our team for a quote.').waitFor()
        },
      ],
      [
        'has asked',
        async (widget) => {
          await act(widget, 'Send request')
          await heading(widget, 'Our team has your request')
        },
      ],
    ],
  },
]
