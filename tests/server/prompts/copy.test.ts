import { describe, expect, it, test } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import type { CopyTemplate } from '../../../server/src/catalog/model.ts'
import { checkPrompts } from '../../../server/src/prompts/compile.ts'
import { type CopyFacts, checkTemplate, formatCopy, localeFor, wayCopy } from '../../../server/src/prompts/copy.ts'

const facts: CopyFacts = {
  feature: 'Seats',
  unit: 'seat',
  units: 'seats',
  used: 5,
  limit: 5,
  remaining: 0,
  quantity: 2,
  plan: 'Starter',
  account: 'Acme',
  who: 'you',
  price: '$12.00',
}
const saying = (title: string): CopyTemplate => ({ title, body: 'b', action: 'a', dismiss: 'd' })
const read = (title: string, given: Partial<CopyFacts> = {}, locale = 'en'): string =>
  formatCopy(saying(title), locale, { ...facts, ...given }).title

describe('copy', () => {
  it('is filled in, all four texts of it', () => {
    const template = { title: '{feature}', body: '{used} of {limit}', action: 'Add {quantity}', dismiss: 'Not now' }
    expect(formatCopy(template, 'en', facts)).toEqual({
      title: 'Seats',
      body: '5 of 5',
      action: 'Add 2',
      dismiss: 'Not now',
    })
  })

  it('counts as its language does', () => {
    const english = 'Add {quantity, plural, one {# seat} other {# seats}}'
    expect([1, 2, 0].map((quantity) => read(english, { quantity }))).toEqual([
      'Add 1 seat',
      'Add 2 seats',
      'Add 0 seats',
    ])
    const polish = '{quantity, plural, one {# miejsce} few {# miejsca} many {# miejsc} other {# miejsca}}'
    expect([1, 2, 5, 22].map((quantity) => read(polish, { quantity }, 'pl'))).toEqual([
      '1 miejsce',
      '2 miejsca',
      '5 miejsc',
      '22 miejsca',
    ])
    expect(read('{limit}', { limit: 12_345 }, 'de')).toBe('12345')
    expect(read('{limit, number}', { limit: 12_345 }, 'de')).toBe('12.345')
  })

  it('stays text: neither a fact nor an author can begin markup with it', () => {
    const image = '<img src=x onerror=alert(1)>'
    expect(read('{account} is full', { account: image })).toBe(`${image} is full`)
    expect(read('{account}', { account: '{limit} </b>' })).toBe('{limit} </b>')
    expect(read('Use <b>{feature}</b> now')).toBe('Use <b>Seats</b> now')
    expect(read('a <b and 3 < 5')).toBe('a <b and 3 < 5')
  })

  test.each<[why: string, title: string]>([
    ['a fact that does not exist', '{seets} left'],
    ['one that would come up only for other numbers', '{quantity, plural, one {# seat} other {# {seets}}}'],
    ['one that would come up only for other names', '{plan, select, Pro {{seets}} other {}}'],
    ['a number of something that does not exist', '{seets, plural, other {#}}'],
    ['a date of something that is none', '{account, date}'],
    ['a text that never ends', 'All {limit'],
    ['a plural without its other', '{quantity, plural, one {#}}'],
  ])('is refused when it is loaded for %s', (_, title) => {
    for (const part of ['title', 'body', 'action', 'dismiss'])
      expect(() => checkTemplate({ ...saying('fine'), [part]: title }, 'en')).toThrow()
  })

  it('is refused with the place where it stands', () => {
    const variants = { loud: { copy: { en: { buy: saying('fine'), ask: saying('{nobody}') } } } }
    const broken = { ...config, prompts: { full: { placement: 'dialog', variants } } }
    expect(() => checkPrompts(broken)).toThrow(
      /prompt full, variant loud, locale en: the copy cannot be formatted: .*nobody/,
    )
    const locale = { loud: { copy: { en_US: { buy: saying('fine'), ask: saying('fine') } } } }
    expect(() => checkPrompts({ ...config, prompts: { full: { placement: 'dialog', variants: locale } } })).toThrow(
      'locale en_US',
    )
  })

  it('of the example can be formatted', () => {
    expect(() => checkPrompts(config)).not.toThrow()
  })
})

describe('the language of a prompt', () => {
  test.each<[wanted: string | null, available: string[], found: string]>([
    ['de', ['en', 'de'], 'de'],
    ['de-AT', ['en', 'de'], 'de'],
    ['pt-PT', ['en', 'pt-BR'], 'pt-BR'],
    ['pt-BR', ['pt', 'pt-BR'], 'pt-BR'],
    ['DE-at', ['en', 'de'], 'de'],
    ['fr', ['en', 'de'], 'en'],
    ['fr', ['de', 'en'], 'de'],
    [null, ['de', 'en'], 'de'],
    ['de', [], 'en'],
  ])('for %s out of %j is %s', (wanted, available, found) => {
    expect(localeFor(wanted, available)).toBe(found)
  })
})

describe('the words on the way on', () => {
  const copy = {
    title: 'All 5 seats are in use',
    body: 'Add 1 seat to go on.',
    action: 'Add 1 seat',
    dismiss: 'Not now',
  }

  it('stay as they are for buying', () => {
    expect(wayCopy('buy', copy)).toEqual(copy)
  })

  it('ask for a quote where who would buy pays by invoice', () => {
    const body = 'Your plan is billed by invoice. Ask our team for a quote.'
    expect(wayCopy('ask', copy, 'invoice')).toEqual({ ...copy, body, action: 'Ask for a quote' })
    expect(wayCopy('ask', copy, 'other').body, 'of a plan that the catalogue does not have').toBe(
      'Your present subscription cannot be changed here. Ask our team for a quote.',
    )
    expect(wayCopy('ask', copy).body, 'of a product that sells nothing by itself').toBe('Ask our team for a quote.')
  })

  it('promise nothing that the click would not do', () => {
    expect(wayCopy('pay', copy)).toEqual({
      ...copy,
      body: 'The last invoice is not paid yet. Pay it first.',
      action: 'Pay the invoice',
    })
    expect(wayCopy('none', copy)).toEqual({ ...copy, body: '', action: '' })
  })
})
