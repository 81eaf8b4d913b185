import { expect, it } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { invoiceWords } from '../../../server/src/billing/invoice-words.ts'
import type { IssuedInvoice, IssuedLine } from '../../../server/src/billing/model.ts'

const at = (date: string): number => Date.parse(`${date}T12:00:00Z`)
const speech = { catalog: config, timeZone: 'UTC', now: at('2027-05-01') }
const line = (product: string | null, units: number, from = '2027-03-12', until = '2027-04-12'): IssuedLine => ({
  product,
  units,
  amount: units * 1_200,
  start: at(from),
  end: at(until),
})
const said = (lines: IssuedLine[], more: Partial<IssuedInvoice> = {}): string =>
  invoiceWords(speech, {
    id: 'in_1',
    at: at('2027-03-12'),
    reason: 'change',
    description: null,
    status: 'paid',
    total: 0,
    currency: 'usd',
    url: null,
    ...more,
    lines,
  })

it.each([
  ['a plan and its units', [line('softgate_starter', 5)], 'Starter, 5 seats, March 12 to April 12'],
  ['one unit', [line('softgate_starter', 1)], 'Starter, 1 seat, March 12 to April 12'],
  [
    'a time that reaches into another year',
    [line('softgate_starter', 5, '2027-03-12', '2028-03-12')],
    'Starter, 5 seats, March 12 to March 12, 2028',
  ],
  [
    'the units that came to those there were',
    [line('softgate_starter', -5, '2027-03-20'), line('softgate_starter', 7, '2027-03-20')],
    '2 seats, March 20 to April 12',
  ],
  [
    'the plan that took the place of another',
    [line('softgate_starter', -5, '2027-03-20'), line('softgate_professional', 5, '2027-03-20')],
    'Professional, 5 seats, March 20 to April 12',
  ],
  [
    'tiers of one price together',
    [line('softgate_starter', 5), line('softgate_starter', 3)],
    'Starter, 8 seats, March 12 to April 12',
  ],
  [
    'an add-on beside the plan',
    [line('softgate_starter', 5), line('softgate_addon.forecasts', 1)],
    'Starter, 5 seats, Forecasts, March 12 to April 12',
  ],
  [
    'use of the period before, and not where nothing was to be paid for it',
    [line('softgate_professional', 5), line('softgate_overage.api_calls', 4, '2027-02-12', '2027-03-12')],
    'Professional, 5 seats, API calls beyond the limit, March 12 to April 12',
  ],
  [
    'no use that costs nothing',
    [line('softgate_professional', 5), line('softgate_overage.api_calls', 0, '2027-02-12', '2027-03-12')],
    'Professional, 5 seats, March 12 to April 12',
  ],
])('names %s', (_, lines, words) => {
  expect(said(lines)).toBe(words)
})

it('says why it came where nothing of the catalogue is billed, or only given back', () => {
  expect(said([line('prod_consulting', 1), line(null, 1)], { reason: 'renewal' })).toBe('Renewal')
  expect(said([line('softgate_starter', -5), line('softgate_starter', 3)])).toBe('Change of plan or quantity')
})

it('leaves the words that somebody wrote', () => {
  expect(said([line('softgate_starter', 5)], { description: 'As agreed' })).toBe('As agreed')
})
