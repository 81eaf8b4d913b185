import type { WidgetPage } from '../../support/widget-page.ts'
import { button, dialogOf, heading, pay, priced, type Walk } from './kit.ts'

const ask = async ({ harness }: Pick<WidgetPage, 'harness'>, user: string, note: string): Promise<void> => {
  await harness.host.ok('PUT', `/accounts/acme/users/${user}`, { role: 'member', name: user })
  await harness.as('acme', user, []).ok('POST', '/requests', { feature: 'seats', quantity: 1, note })
}

/** The admin's inbox, and a member's own requests. */
export const requestWalks: Walk[] = [
  {
    name: 'requests',
    options: {
      body: '<softgate-requests></softgate-requests>',
      before: async (harness) => {
        await ask({ harness }, 'sam', 'Maya joins the website team on Monday.')
        await ask({ harness }, 'lena', 'Two testers for the beta.')
        await ask({ harness }, 'aiko', 'A seat for the intern.')
      },
    },
    states: [
      ['open', (widget) => button(widget, 'Decline').waitFor()],
      ['selected', ({ page }) => page.getByRole('checkbox').first().uncheck()],
      [
        'declining',
        async (widget) => {
          await button(widget, 'Decline').click()
          await widget.page.getByLabel('A word to').waitFor()
        },
      ],
      [
        'declined',
        async (widget) => {
          await button(widget, 'Decline and send').click()
          await widget.page.getByText('Declined').waitFor()
        },
      ],
      [
        'paying',
        async (widget) => {
          await button(widget, 'See the price').click()
          await priced(widget)
        },
      ],
      [
        'bought',
        async (widget) => {
          await pay(widget).click()
          await heading(widget, /acme has/)
        },
      ],
      [
        'granted, none open',
        async (widget) => {
          await dialogOf(widget).getByRole('button', { name: 'Continue' }).click()
          await widget.page.getByText('Granted').first().waitFor()
          await widget.page.getByText('No open requests').waitFor()
        },
      ],
    ],
  },
  {
    name: 'requests of a member',
    options: {
      user: 'sam',
      may: [],
      body: '<softgate-requests></softgate-requests>',
      before: (harness) => ask({ harness }, 'sam', 'Maya joins the website team on Monday.'),
    },
    states: [['waiting', ({ page }) => page.getByText('Waiting').waitFor()]],
  },
]
