import { signal } from '@preact/signals-core'
import type { State } from '@softgate/sdk/contract'
import { createPrompts, type Prompts, type PromptsInput } from '@softgate/widget/headless'
import { expect, test } from 'vitest'
import { breathe } from '../../server/src/kernel/breathe.ts'
import { daysToMonday, nineIn } from '../../widget/src/prompts/when.ts'
import { until } from '../support/browser.ts'
import { day, hour } from '../support/harness.ts'
import { type Client, openClient } from '../support/headless.ts'
import { placed, useExports } from '../support/placed.ts'

/** A client to whose account a prompt is due, about its exports, in the placement that is wanted. */
async function prompted(placement = 'banner', options: Partial<PromptsInput> = {}) {
  const client = await openClient({ config: placed(placement) })
  const { harness, softgate, page } = client
  await harness.host.ok('PUT', '/accounts/acme', { timeZone: 'America/New_York' })
  await useExports(harness)
  const due = async (): Promise<boolean> =>
    (await harness.as('acme', 'priya').ok<State>('GET', '/state')).prompts.length > 0
  // The triggers look after the reply.
  while (!(await due())) await breathe()
  await softgate.refresh()
  const own = { softgate: signal(softgate), placement: signal(''), page }
  const open = (more: Partial<PromptsInput> = {}): Prompts => createPrompts({ ...own, ...options, ...more })
  return { ...client, shown: open(), open }
}
const told = ({ network }: Client): Record<string, unknown>[] =>
  network.sent.filter(({ path }) => path.endsWith('/outcome')).map(({ body }) => JSON.parse(body))

test('a choice holds at once and is told with its scope and its time; undone, the prompt is there again', async () => {
  const client = await prompted()
  const { harness, shown, softgate } = client
  const prompt = shown.prompt.value
  expect(prompt).toMatchObject({ feature: 'exports', placement: 'banner' })
  shown.choose('neverAll')
  expect([shown.prompt.value, shown.chosen.value]).toEqual([
    null,
    { choice: 'neverAll', until: null, feature: 'exports' },
  ])
  await until(() => softgate.state.value?.prompts.length === 0)
  shown.undo()
  await until(() => shown.prompt.value?.delivery === prompt?.delivery)
  await until(() => told(client).length >= 3)
  const all = { outcome: 'dismissed', scope: 'account' }
  expect(told(client).slice(0, 3)).toEqual([{ outcome: 'shown' }, all, { ...all, forSeconds: 0 }])
  expect(shown.chosen.value).toBeNull()

  shown.choose('month')
  await harness.clock.advance(10_000)
  expect(shown.chosen.value, 'ten seconds are over').toBeNull()
  shown.undo()
  await until(() => softgate.state.value?.prompts.length === 0)
  expect(told(client).at(-1)).toEqual({ outcome: 'dismissed', scope: 'user', forSeconds: 30 * 86_400 })
  shown.dispose()
})

test('a snooze ends at nine on the next morning of the account, and the open page shows the prompt anew', async () => {
  const client = await prompted()
  const { harness, browser, shown, softgate } = client
  shown.choose('tomorrow')
  const end = shown.chosen.value?.until ?? 0
  expect(new Date(end).toISOString(), 'nine in New York').toBe('2027-03-23T13:00:00.000Z')
  await until(() => softgate.state.value?.prompts.length === 0)
  await harness.clock.advance(end - harness.clock.now() - hour)
  await softgate.refresh()
  expect(shown.prompt.value).toBeNull()
  await harness.clock.advance(hour)
  await browser.pass(2_000)
  await until(() => shown.prompt.value !== null)
  await until(() => told(client).at(-1)?.['outcome'] === 'shown')
  expect(told(client).map(({ outcome }) => outcome)).toEqual(['shown', 'snoozed', 'shown'])
  shown.dispose()
})

test('the cross puts a prompt away for a week; its action only takes it out of the way', async () => {
  const client = await prompted()
  const { shown, open, softgate } = client
  expect(shown.act()).toMatchObject({ feature: 'exports' })
  expect(shown.prompt.value).toBeNull()
  const other = open()
  expect(other.prompt.value, 'another page still has it').not.toBeNull()
  other.close()
  await until(() => softgate.state.value?.prompts.length === 0)
  const [, , , last] = told(client)
  expect(last).toEqual({ outcome: 'dismissed', forSeconds: 7 * 86_400 })
  expect(told(client).map(({ outcome }) => outcome)).toEqual(['shown', 'clicked', 'shown', 'dismissed'])
  for (const one of [shown, other]) one.dispose()
})

test('a modal comes up where nobody is interrupted, and is a toast where somebody would be', async () => {
  const { shown, open } = await prompted('modal', { mayInterrupt: () => false })
  expect(shown.shape.value).toBe('toast')
  const other = open({ mayInterrupt: () => true })
  expect(other.shape.value).toBe('modal')
  for (const one of [shown, other]) one.dispose()
})

test('a nudge opens once a user, in its own place where there is one', async () => {
  const hasPlace = (feature: string | null): boolean => feature === 'exports'
  const { shown, open, softgate } = await prompted('nudge', { hasPlace })
  expect(shown.prompt.value, 'it has a place elsewhere').toBeNull()
  const wrong = open({ placement: signal('nudge'), feature: signal('seats') })
  expect(wrong.prompt.value).toBeNull()
  const [place, tab] = [
    open({ placement: signal('nudge'), feature: signal('exports') }),
    open({ hasPlace: () => false }),
  ]
  expect([place.shape.value, tab.shape.value]).toEqual(['nudge', 'toast'])
  await until(() => softgate.state.value?.prompts[0]?.seen === true)
  expect(place.prompt.value, 'it stays where it was opened').not.toBeNull()
  const later = open({ placement: signal('nudge') })
  expect(later.prompt.value, 'a page that comes later does not open it').toBeNull()
  tab.choose('neverMe')
  await until(() => place.prompt.value === null)
  for (const one of [shown, wrong, place, tab, later]) one.dispose()
})

test('nine in the morning is nine where the account is, whatever the clocks do until then', () => {
  for (const zone of ['America/New_York', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC'])
    for (let n = 0; n < 60; n++) {
      const now = Date.UTC(2027, 0, 1) + n * 149 * hour + n * 61_007
      const at = (when: number, options: Intl.DateTimeFormatOptions): string =>
        new Date(when).toLocaleString('en', { timeZone: zone, ...options })
      for (const days of [1, daysToMonday(now, zone)]) {
        const nine = nineIn(days, now, zone)
        expect(at(nine, { hour: 'numeric', minute: 'numeric' }), `${zone} ${now}`).toBe('9:00 AM')
        expect(Math.abs(nine - now - days * day)).toBeLessThan(day)
      }
      expect(at(nineIn(daysToMonday(now, zone), now, zone), { weekday: 'short' })).toBe('Mon')
      expect(daysToMonday(now, zone)).toBeGreaterThan(1)
    }
})
