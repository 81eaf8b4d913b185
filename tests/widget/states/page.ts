import type { Catalog } from '@softgate/server'
import teamflow from '../../../examples/teamflow/softgate.config.ts'
import { button, dialogOf, sso, use, type Walk } from './kit.ts'

const unit = { one: 'export', other: 'exports' }
/** TeamFlow, which would let people export for three days more. */
const lenient: Catalog = {
  ...teamflow,
  features: {
    ...teamflow.features,
    exports: { kind: 'metered', meter: 'consumable', title: 'Exports', unit, beyond: { days: 3 } },
  },
}
const meters = ['seats', 'exports', 'automations']
  .flatMap((feature) =>
    ['bar', 'ring', 'compact'].map(
      (variant) => `<softgate-meter feature="${feature}" variant="${variant}" action="Add seats"></softgate-meter>`,
    ),
  )
  .join('')
const seatsGate = '<softgate-gate feature="seats" quantity="2"><p>never shown</p></softgate-gate>'
/** What stands in the page: meters and gates. */
export const pageWalks: Walk[] = [
  {
    name: 'meter',
    options: {
      body: meters,
      before: async (harness) => {
        await use({ harness }, 'exports', 42)
        await use({ harness }, 'automations', 120)
      },
    },
    states: [
      ['ok, warn and blocked', ({ page }) => page.getByText('42').first().waitFor()],
      [
        'loading',
        async (widget) => {
          const { release } = widget.hold(/state|stream/)
          // The page that goes leaves its state behind for the next one.
          await widget.page.evaluate(() => addEventListener('visibilitychange', () => localStorage.clear()))
          await widget.page.reload()
          await widget.page.locator('softgate-meter [aria-busy=true]').first().waitFor()
          return release
        },
      ],
      [
        'stale',
        async (widget) => {
          await widget.page.reload()
          await widget.page.getByText('42').first().waitFor()
          widget.cut()
          await widget.page.getByText(/As of/).first().waitFor()
          await widget.page.clock.fastForward(12 * 60_000)
          await widget.page.getByText('No connection since then, 12 minutes.').first().waitFor()
        },
      ],
    ],
  },
  {
    name: 'meter that warns',
    options: {
      body: meters.replaceAll(' action="Add seats"', ''),
      before: (harness) => use({ harness }, 'exports', 42),
    },
    states: [
      [
        'more while there is some left',
        async (widget) => {
          await widget.page.locator('softgate-meter[feature=exports] [part=action]').first().click()
          await dialogOf(widget)
            .getByText(/Professional/)
            .first()
            .waitFor()
        },
      ],
    ],
  },
  {
    name: 'meter that warns a member',
    options: {
      user: 'sam',
      may: [],
      body: '<softgate-meter feature="exports"></softgate-meter>',
      before: (harness) => use({ harness }, 'exports', 42),
    },
    states: [
      [
        'ask while there is some left',
        async (widget) => {
          await widget.page.locator('softgate-meter [part=action]').click()
          await dialogOf(widget).getByText('Exports: 42 of 50').waitFor()
        },
      ],
    ],
  },
  {
    name: 'meter past its limit',
    options: {
      config: lenient,
      body: ['bar', 'ring', 'compact']
        .map((variant) => `<softgate-meter feature="exports" variant="${variant}"></softgate-meter>`)
        .join(''),
      before: (harness) => use({ harness }, 'exports', 52),
    },
    states: [
      [
        'grace',
        ({ page }) =>
          page
            .getByText(/2 over the limit/)
            .first()
            .waitFor(),
      ],
    ],
  },
  {
    name: 'meter of a plan without limits',
    options: { plan: 'business', body: '<softgate-meter feature="exports"></softgate-meter>' },
    states: [['unlimited', ({ page }) => page.getByText('no limit').waitFor()]],
  },
  {
    name: 'gate for an admin',
    options: { body: sso + seatsGate },
    states: [
      [
        'locked and limit',
        async (widget) => {
          await button(widget, 'See plan and price').waitFor()
          await widget.page.clock.fastForward(1_000)
          await widget.page.getByText(/today, then .* a month for 7 seats, with tax/).waitFor()
          await widget.page.getByText(/today, then .* a month for 5 seats, with tax/).waitFor()
        },
      ],
      [
        'without an exact price',
        async (widget) => {
          await widget.page.route('**/v1/quotes', (route) => route.abort())
          await widget.page.reload()
          await button(widget, 'See plan and price').waitFor()
          await widget.page.clock.fastForward(1_000)
          await widget.page.getByText('2 more: from $24.00 a month, before tax.').waitFor()
        },
      ],
    ],
  },
  {
    name: 'gate in other shapes',
    options: {
      body:
        '<softgate-gate feature="workload" shape="overlay"><p>Priya, 12 tasks</p></softgate-gate>' +
        '<softgate-gate feature="sso" shape="control" label="Set up SSO"></softgate-gate>' +
        '<softgate-gate feature="automations" after="3" done="2" units="workflows"></softgate-gate>',
    },
    states: [
      [
        'overlay, control, opened by use',
        async ({ page }) => {
          await page.getByText('Opens after 3 workflows').waitFor()
          await page.getByRole('button', { name: 'Set up SSO' }).waitFor()
          await page.getByText('Shows who has room').waitFor()
        },
      ],
    ],
  },
  {
    name: 'gate in place of a control',
    options: { body: '<softgate-gate feature="sso" shape="control" label="Set up SSO"></softgate-gate>' },
    placed: true,
    states: [
      [
        'tip',
        async (widget) => {
          await button(widget, 'Set up SSO').click()
          await widget.page.getByText('Set up SSO comes with Professional.').waitFor()
        },
      ],
    ],
  },
  {
    name: 'gate for a member',
    options: { user: 'sam', may: [], body: sso },
    states: [
      ['locked', ({ page }) => page.locator('softgate-gate [part=action]').waitFor()],
      [
        'asked',
        async (widget) => {
          await widget.page.locator('softgate-gate [part=action]').click()
          await dialogOf(widget).getByRole('button', { name: 'Send request' }).click()
          await dialogOf(widget).getByRole('button', { name: 'Done' }).click()
          await widget.page.locator('softgate-gate').getByRole('status').waitFor()
        },
      ],
    ],
  },
]
