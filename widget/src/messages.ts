import { signal } from '@preact/signals-core'
import type { changeEnglish } from './change/messages.ts'
import type { exactEnglish } from './gate/look-messages.ts'
import type { gateEnglish } from './gate/messages.ts'
import type { shapesEnglish } from './gate/shapes-messages.ts'
import type { meterEnglish } from './meter/messages.ts'
import type { narrowEnglish } from './meter/narrow-messages.ts'
import type { plansEnglish } from './plan-words.ts'
import type { promptsEnglish } from './prompts/messages.ts'
import type { requestsEnglish } from './requests/messages.ts'
import type { estimateEnglish } from './subscription/estimate-messages.ts'
import type { subscriptionEnglish } from './subscription/messages.ts'
import type { cardsEnglish } from './upgrade/cards-messages.ts'
import type { choicesEnglish } from './upgrade/choices-messages.ts'
import type { upgradeEnglish } from './upgrade/messages.ts'
import type { outcomesEnglish } from './upgrade/outcomes-messages.ts'
import type { peopleEnglish } from './upgrade/people-messages.ts'

/**
 * Every word of the widget that does not come from the server, by element. Words of an element load with it, so English
 * stands beside each; `setMessages` replaces any of them.
 */
export interface Messages {
  /** BCP 47 tag of the language of the words, for dates, numbers and money. */
  locale: string
  meter: typeof meterEnglish & typeof narrowEnglish
  gate: typeof gateEnglish & typeof exactEnglish
  /** Gates that are no plain card. */
  shapes: typeof shapesEnglish
  upgrade: typeof upgradeEnglish
  /** What becomes of a payment, in the upgrade dialog. */
  outcomes: typeof outcomesEnglish
  /** Who asks and who is asked, in the upgrade dialog. */
  people: typeof peopleEnglish
  /** What else can be chosen in the upgrade dialog. */
  choices: typeof choicesEnglish
  /** Which card pays, in the upgrade dialog. */
  cards: typeof cardsEnglish
  /** What plans give. */
  plans: typeof plansEnglish
  /** The dialog for every change but more of the same. */
  change: typeof changeEnglish
  subscription: typeof subscriptionEnglish
  /** What use comes to, and the next invoice, beside the subscription. */
  estimate: typeof estimateEnglish
  prompts: typeof promptsEnglish
  requests: typeof requestsEnglish
}

type Area = Exclude<keyof Messages, 'locale'>
export type Translation = { [K in keyof Messages]?: Messages[K] extends string ? string : Partial<Messages[K]> }

const given = signal<Translation>({})

/** Replaces words, at once and everywhere; what is left out stays English. */
export const setMessages = (translation: Translation): void => {
  given.value = translation
}

export const locale = (): string => given.value.locale ?? 'en'

/** The words of an element as they are now. */
export const words = <T extends object>(area: Area, english: T): T => ({ ...english, ...given.value[area] })
