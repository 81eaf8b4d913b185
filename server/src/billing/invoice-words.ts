import type { IssuedInvoice, IssuedLine } from './model.ts'
import { soldAs } from './push.ts'
import type { Priced } from './sync.ts'
import { addonTitle, countOf, dateOf, planTitle, type Speech } from './words.ts'

/** Where nothing that it bills is in the catalogue. */
const reasons: Record<IssuedInvoice['reason'], string> = {
  start: 'Start of the subscription',
  renewal: 'Renewal',
  change: 'Change of plan or quantity',
  other: 'Invoice',
}

interface Billed {
  priced: Priced
  lines: IssuedLine[]
}

/**
 * What an invoice is for, in a line: `Starter, 5 seats, March 12 to April 12`; of what was added in between no more than that,
 * as `2 seats, March 20 to April 12`. The words that somebody wrote on it come first.
 */
export function invoiceWords(speech: Speech, { description, lines, reason }: IssuedInvoice): string {
  if (description !== null) return description
  const sold = soldAs(speech.catalog)
  const billed = new Map<string, Billed>()
  for (const line of lines) {
    const priced = line.product === null ? undefined : sold.get(line.product)
    if (line.product === null || !priced) continue
    billed.set(line.product, { priced, lines: [...(billed.get(line.product)?.lines ?? []), line] })
  }
  const given = [...billed.values()].filter((one) => one.priced.overage === undefined && unitsOf(one) > 0)
  const used = [...billed.values()].filter(({ priced, lines: of }) => priced.overage !== undefined && of.some(costs))
  const parts = [...given.map((one) => soldWords(speech, one)), ...used.map(({ priced }) => useWords(speech, priced))]
  const spans = (given.length > 0 ? given : used).flatMap((one) => one.lines)
  return parts.length === 0 ? reasons[reason] : [...parts, spanOf(speech, spans)].join(', ')
}

const costs = ({ amount }: IssuedLine): boolean => amount > 0

const unitsOf = ({ lines }: Billed): number => lines.reduce((sum, { units }) => sum + units, 0)

/** Of more units of what was held before, the units alone. */
function soldWords(speech: Speech, billed: Billed): string {
  const { priced, lines } = billed
  const units = unitsOf(billed)
  if (priced.addon !== undefined) return addonTitle(speech, priced.addon)
  if (priced.plan === undefined) return ''
  const count = countOf(speech, priced.price.per, units)
  return lines.some((line) => line.units < 0) ? count : `${planTitle(speech, priced.plan)}, ${count}`
}

const useWords = ({ catalog }: Speech, { overage = '' }: Priced): string =>
  `${catalog.features[overage]?.title ?? overage} beyond the limit`

function spanOf(speech: Speech, lines: readonly IssuedLine[]): string {
  const start = Math.min(...lines.map((line) => line.start))
  const end = Math.max(...lines.map((line) => line.end))
  return `${dateOf(speech, start)} to ${dateOf(speech, end)}`
}
