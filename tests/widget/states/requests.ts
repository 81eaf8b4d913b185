import type { WidgetPage } from '../../support/widget-page.ts'
import { button, type Walk } from './kit.ts'

const ask = async (
  { harness }: Pick<WidgetPage, 'harness'>,
  user: string,
  note: string,
  feature = 'seats',
): Promise<void> => {
  await harness.host.ok('PUT', `/accounts/acme/users/${user}`, {
    role: 'member',
    name: `${user.charAt(0).toUpperCase()}${user.slice(1)} Moss`,
  })
  await harness.as('acme', user, []).ok('POST', '/requests', { feature, quantity: 1, note })
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
      ['open', (widget) => button(widget, /^Add 3 seats for/).waitFor()],
      [
        'selected',
        async (widget) => {
          await widget.page.getByRole('checkbox').first().uncheck()
          await button(widget, /^Add 2 seats for/).waitFor()
        },
      ],
      [
        'declining',
        async (widget) => {
          await button(widget, 'Decline').click()
          await button(widget, /^Ask me again/).click()
          await widget.page.getByLabel('A word to').waitFor()
        },
      ],
      [
        'paying',
        async (widget) => {
          await button(widget, 'Decline and send').click()
          const { release } = widget.hold(/upgrades/)
          await button(widget, /^Add 2 seats for/).click()
          await button(widget, /^Paying/).waitFor()
          return release
        },
      ],
      ['bought, none open', ({ page }) => page.getByText('acme has 7 seats').waitFor()],
      [
        'answered',
        async ({ page }) => {
          await page.getByRole('tab', { name: 'Answered' }).click()
          await page.getByText('Declined', { exact: true }).waitFor()
        },
      ],
    ],
  },
  {
    name: 'requests for a plan and for what is there',
    options: {
      body: '<softgate-requests></softgate-requests>',
      before: async (harness) => {
        await ask({ harness }, 'sam', 'IT wants everything behind Okta by the end of April.', 'sso')
        await ask({ harness }, 'lena', 'Ten more for the audit.', 'exports')
      },
    },
    states: [
      [
        'open',
        async ({ page }) => {
          await page.getByText(/Comes with Professional/).waitFor()
          await page.getByRole('button', { name: 'Grant to Lena' }).waitFor()
        },
      ],
    ],
  },
  {
    name: 'requests of nobody',
    options: { body: '<softgate-requests></softgate-requests>' },
    states: [['none', ({ page }) => page.getByText('No open requests').waitFor()]],
  },
  {
    name: 'requests of a member',
    options: {
      user: 'sam',
      may: [],
      body: '<softgate-requests></softgate-requests>',
      before: (harness) => ask({ harness }, 'sam', 'Maya joins the website team on Monday.'),
    },
    states: [
      ['waiting', ({ page }) => page.getByText('Waiting').waitFor()],
      [
        'taken back',
        async (widget) => {
          await button(widget, 'Take back').click()
          await widget.page.getByText('Taken back', { exact: true }).waitFor()
        },
      ],
    ],
  },
]
