import type { Copy, PromptWay, Scalar } from '@softgate/sdk/contract'
import { IntlMessageFormat } from 'intl-messageformat'
import type { CopyTemplate } from '../catalog/model.ts'

/** The facts that copy may name. All are always given, so a text that formats once formats for every account. */
export const copyFacts = [
  'feature',
  'unit',
  'units',
  'used',
  'limit',
  'remaining',
  'quantity',
  'plan',
  'account',
  // `you` to the user whose limit it is; else the name of that user, of the entity or of the account.
  'who',
  'price',
] as const

export type CopyFacts = Record<(typeof copyFacts)[number], Scalar>

const parsed = new Map<string, IntlMessageFormat>()

function messageOf(text: string, locale: string): IntlMessageFormat {
  const key = `${locale}\n${text}`
  let message = parsed.get(key)
  if (!message) {
    // A tag is text like any other: there is no markup in copy.
    message = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true })
    if (parsed.size > 1_000) parsed.clear()
    parsed.set(key, message)
  }
  return message
}

/** Fills in a template; the result is plain text, to be shown as text and never as markup. */
export function formatCopy(template: CopyTemplate, locale: string, facts: CopyFacts): Copy {
  const format = (text: string): string => String(messageOf(text, locale).format(facts))
  return {
    title: format(template.title),
    body: format(template.body),
    action: format(template.action),
    dismiss: format(template.dismiss),
  }
}

const sample: CopyFacts = {
  feature: 'Seats',
  unit: 'seat',
  units: 'seats',
  used: 4,
  limit: 5,
  remaining: 1,
  quantity: 1,
  plan: 'Starter',
  account: 'Acme',
  who: 'you',
  price: '$12.00',
}

/**
 * Throws when a text is not ICU MessageFormat or names a fact that does not exist, in a branch that other numbers would
 * choose as well; for the moment a catalogue is loaded.
 */
export function checkTemplate({ title, body, action, dismiss }: CopyTemplate, locale: string): void {
  for (const text of [title, body, action, dismiss]) checkBranches(messageOf(text, locale).getAst(), locale)
}

function checkBranches(parts: ReturnType<IntlMessageFormat['getAst']>, locale: string): void {
  new IntlMessageFormat(parts, locale).format(sample)
  for (const part of parts)
    if ('options' in part) for (const { value } of Object.values(part.options)) checkBranches(value, locale)
}

/** The best of the available locales for a BCP 47 tag: itself, its language, or the first there is. */
export function localeFor(wanted: string | null, available: readonly string[]): string {
  const languageOf = (tag: string): string | undefined => tag.toLowerCase().split('-')[0]
  const language = wanted === null ? undefined : languageOf(wanted)
  const found = available.find((tag) => tag === wanted) ?? available.find((tag) => languageOf(tag) === language)
  return found ?? available[0] ?? 'en'
}

/** Why an admin asks the vendor's team instead of buying. */
const whyAsked = {
  invoice: 'Your plan is billed by invoice. ',
  other: 'Your present subscription cannot be changed here. ',
}

/**
 * Copy is written for buying and for asking an admin. Where an open payment, a plan billed by invoice or that is not in the catalogue, a product that sells
 * nothing by itself or a missing offer stands in the way of buying, its fact stays and its promise goes: nothing is announced that the click would not do.
 */
export function wayCopy(way: PromptWay, copy: Copy, asks: keyof typeof whyAsked | null = null): Copy {
  if (way === 'pay')
    return { ...copy, body: 'The last invoice is not paid yet. Pay it first.', action: 'Pay the invoice' }
  if (way === 'ask') {
    const why = asks ? whyAsked[asks] : ''
    return { ...copy, body: `${why}Ask our team for a quote.`, action: 'Ask for a quote' }
  }
  if (way === 'none') return { ...copy, body: '', action: '' }
  return copy
}
