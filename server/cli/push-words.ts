import type { PushStep } from '../src/billing/push.ts'
import { formatMoney } from '../src/kernel/money.ts'

const amount = (unitAmount: number | null, currency: string, interval: string | null): string =>
  `${unitAmount === null ? 'in tiers' : formatMoney({ amount: unitAmount, currency })} a ${interval ?? 'time'}`

/** A step as a line: `+` makes, `~` changes, `-` takes off sale. */
export function wordsOf(step: PushStep): string {
  switch (step.do) {
    case 'create_product':
      return `+ product ${step.id} "${step.name}"`
    case 'change_product':
      return step.before.name === step.name
        ? `~ product ${step.id} "${step.name}" on sale again`
        : `~ product ${step.id} "${step.before.name}" becomes "${step.name}"`
    case 'archive_price':
      return `- price   ${step.price.ours} (${step.price.id}): sold no more, its subscribers keep it`
    case 'create_price': {
      const { key, replaces } = step
      const now = amount(step.unitAmount, step.currency, step.interval)
      if (!replaces) return `+ price   ${key} at ${now}`
      const before = amount(replaces.unitAmount, replaces.currency, replaces.interval)
      return `~ price   ${key} from ${before} to ${now}; subscribers of ${replaces.id} keep theirs`
    }
  }
}
