import { placed } from '../../support/placed.ts'
import type { WidgetPage } from '../../support/widget-page.ts'
import { button, dialogOf, use, type Walk } from './kit.ts'

const banner = ({ page }: WidgetPage): Promise<void> => page.locator('softgate-prompts [part=banner]').waitFor()
const menu = async (widget: WidgetPage): Promise<void> => {
  await button(widget, 'More choices').click()
  await widget.page.getByRole('menuitem').first().waitFor()
}
const nearlyFull = async (harness: WidgetPage['harness']): Promise<void> => {
  await harness.host.ok('PUT', '/accounts/acme', { onboardedAt: '2027-01-01T00:00:00Z' })
  await use({ harness }, 'exports', 42)
}
const choose =
  (choice: string) =>
  async (widget: WidgetPage): Promise<void> => {
    await menu(widget)
    await widget.page.getByRole('menuitem', { name: choice }).click()
    await widget.page.locator('softgate-prompts [part=toast]').waitFor()
  }

const shown = (part: string) => (widget: WidgetPage) => widget.page.locator(`softgate-prompts [part=${part}]`).waitFor()

/** What comes by itself. */
export const promptWalks: Walk[] = [
  {
    name: 'prompt',
    options: { body: '', before: nearlyFull },
    states: [
      ['shown', banner],
      ['menu', menu],
      [
        'snoozed',
        async (widget) => {
          await widget.page.keyboard.press('Escape')
          await choose('Tomorrow')(widget)
        },
      ],
      [
        'stopped for me',
        async (widget) => {
          await button(widget, 'Undo').click()
          await choose('Never again, for me')(widget)
        },
      ],
      [
        'stopped for all',
        async (widget) => {
          await button(widget, 'Undo').click()
          await choose('For everyone at acme')(widget)
        },
      ],
    ],
  },
  {
    name: 'prompt of a member',
    options: { user: 'sam', may: [], body: '', before: nearlyFull },
    states: [
      ['shown', banner],
      ['menu', menu],
    ],
  },
  {
    name: 'prompt as a toast',
    options: { config: placed('toast'), body: '', before: nearlyFull },
    states: [
      ['shown', shown('toast')],
      ['menu', menu],
    ],
  },
  {
    name: 'prompt in line',
    options: {
      config: placed('inline'),
      body: '<softgate-prompts placement="inline"></softgate-prompts>',
      before: nearlyFull,
    },
    states: [['shown', shown('inline')]],
  },
  {
    name: 'nudge beside its meter',
    options: {
      config: placed('nudge'),
      body:
        '<softgate-meter feature="exports" variant="compact"></softgate-meter>' +
        '<softgate-prompts placement="nudge" feature="exports"></softgate-prompts>',
      before: nearlyFull,
    },
    states: [['shown', shown('nudge')]],
  },
  {
    name: 'modal',
    options: {
      config: placed('modal'),
      // It comes while somebody uses the page.
      body: '<p>What the team has done</p>',
    },
    states: [
      [
        'shown',
        async (widget) => {
          await widget.page.evaluate(() => {
            const figures = document.createElement('dl')
            figures.slot = 'figures'
            figures.innerHTML = '<div><dt>Tasks done</dt><dd>1,204</dd></div><div><dt>On time</dt><dd>87%</dd></div>'
            document.querySelector('softgate-prompts')?.append(figures)
          })
          await widget.page.getByText('What the team has done').click()
          await use(widget, 'exports', 42)
          await dialogOf(widget).getByRole('heading').waitFor()
        },
      ],
      ['menu', menu],
    ],
  },
]
