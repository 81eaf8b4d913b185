import { act, button, choose, dialogOf, heading, sso, type Walk } from './kit.ts'

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
        'done',
        async (widget) => {
          await act(widget, /for \$/)
          await heading(widget, 'acme is on Professional')
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
