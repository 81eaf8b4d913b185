import type { Promotion } from '../catalog/at-stripe.ts'
import type { Rate, Tiered } from '../catalog/rate.ts'
import { formatMoney, money } from '../kernel/money.ts'
import type { PushStep, TaxOfPrice } from './push.ts'

/** `$12.00 a month`; `graduated tiers a month (1 to 10 $12.00, from 11 $8.00)`. */
function amount(rate: Rate | null, currency: string, interval: string | null): string {
  const each = `a ${interval ?? 'time'}`
  if (rate === null) return `another amount ${each}`
  return rate.tiers === undefined
    ? `${formatMoney(money(rate.unitAmount, currency))}${rate.units === undefined ? '' : ` for ${rate.units}`} ${each}`
    : `${rate.mode} tiers ${each} (${stepsOf(rate, currency)})`
}

function stepsOf({ tiers }: Tiered, currency: string): string {
  const say = (one: number): string => formatMoney(money(one, currency))
  return tiers
    .map(({ upTo, unit, flat = 0 }, index) => {
      const from = (tiers[index - 1]?.upTo ?? 0) + 1
      return `${upTo === null ? `from ${from}` : `${from} to ${upTo}`} ${say(unit)}${flat === 0 ? '' : ` and ${say(flat)} once`}`
    })
    .join(', ')
}

const taxWords = (tax: TaxOfPrice): string => (tax === 'inclusive' ? 'tax included' : 'tax on top')

/** `20 % off, for 3 months`. */
function offWords({ percentOff, amountOff, lasts }: Promotion): string {
  const off = percentOff === undefined ? formatMoney(amountOff) : `${percentOff} %`
  return `${off} off, ${typeof lasts === 'object' ? `for ${lasts.months} months` : lasts}`
}

/** A step as a line: `+` makes, `~` changes, `-` takes off sale. */
export function wordsOf(step: PushStep): string {
  switch (step.do) {
    case 'create_product':
      return `+ product ${step.id} "${step.name}"`
    case 'change_product':
      return step.before.name === step.name
        ? `~ product ${step.id} "${step.name}" on sale again`
        : `~ product ${step.id} "${step.before.name}" becomes "${step.name}"`
    case 'create_meter':
      return `+ meter   ${step.event} "${step.name}"`
    case 'rename_meter':
      return `~ meter   ${step.before.event} "${step.before.name}" becomes "${step.name}"`
    case 'key_price':
      return `~ price   ${step.price.id} gets its key ${step.key} back`
    case 'tax_price':
      return `~ price   ${step.key} (${step.price.id}): ${taxWords(step.tax)}, which cannot be changed later`
    case 'archive_price':
      return `- price   ${step.price.ours} (${step.price.id}): sold no more, its subscribers keep it`
    case 'create_promotion':
      return `+ code    ${step.promotion.code}: ${offWords(step.promotion)}`
    case 'end_promotion':
      return `- code    ${step.coupon.codes.map(({ code }) => code).join(', ') || step.coupon.id}: redeemed no more, who has it keeps it`
    case 'create_feature':
      return `+ feature ${step.key} "${step.name}"`
    case 'change_feature':
      return `~ feature ${step.feature.key} "${step.feature.name}" becomes "${step.name}"`
    case 'archive_feature':
      return `- feature ${step.feature.key}`
    case 'attach_feature':
      return `+ feature ${step.key} comes with ${step.product}`
    case 'detach_feature':
      return `- feature ${step.key} comes no more with ${step.product}`
    case 'set_portal':
      return `${step.id === null ? '+' : '~'} portal  customers change ${step.settings.customerUpdate.join(', ') || 'nothing about themselves'}`
    case 'create_price': {
      const { key, replaces } = step
      const taxed = step.tax === null || replaces?.tax === step.tax ? '' : `, ${taxWords(step.tax)}`
      const now = `${amount(step.rate, step.currency, step.interval)}${taxed}`
      if (!replaces) return `+ price   ${key} at ${now}`
      const before = amount(replaces.rate, replaces.currency, replaces.interval)
      return `~ price   ${key} from ${before} to ${now}; subscribers of ${replaces.id} keep theirs`
    }
  }
}
