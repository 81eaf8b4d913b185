import type { Softgate } from '@softgate/sdk'
import type { AccessRequest, Offer, Quote } from '@softgate/sdk/contract'
import type { ComponentChild, VNode } from 'preact'
import type { Step, UpgradeFlow } from './model.ts'
import type { StripeCard } from './stripe-js.ts'

/** How a step looks: every step has the same frame, so nothing moves when an answer comes. */
export interface Face {
  title: string | undefined
  body?: string | undefined
  /** Path of the icon above the title, and what it says in colour. */
  mark?: { path: string; tone: 'ok' | 'info' | 'warn' }
  /** The body is read out at once. */
  alert?: boolean
  /** What comes before the content. */
  note?: ComponentChild
  content?: ComponentChild
  actions: ComponentChild[]
  /** Fine print below the actions. */
  fine?: ComponentChild
}

export interface FaceInput {
  flow: UpgradeFlow
  softgate: Softgate
  now: number
  offer: Offer | null
  /** The price as it stands; null while it is on its way. */
  quote: Quote | null
  /** What is or was charged, in words; empty where nobody knows. */
  amount: string
  /** The bill, or what is due where it is not known any more. */
  bill: VNode
  due: VNode
  /** The parts that have loaded. */
  parts: Omit<Part, 'css'>
  /** Leads to Stripe's page of saved cards; null where that was tried in vain. */
  onPortal: (() => void) | null
  /** Stripe's own fields for a card; null where there are none. */
  card: StripeCard | null
}

/** Faces by step. Those that not everyone sees come in a part of their own. */
export type Faces = Partial<Record<Step, (input: FaceInput) => Face>>

type View<Input> = (input: Input) => VNode | null

/** A part of the dialog that loads later: faces, and views that others of them have a place for. */
export interface Part {
  css: string
  faces?: Faces
  /** What the question says where its price is not the one that was seen before; null where it is. */
  changed?: (input: FaceInput) => Partial<Face> | null
  /** The word that follows a dialog which was put away while it paid. */
  Aside?: View<{ flow: UpgradeFlow; hide(): void }>
  /** Who waits for what is about to be bought. */
  Waiting?: View<{ people: readonly AccessRequest[] }>
  Intervals?: View<{ flow: UpgradeFlow }>
  Promotion?: View<PromotionInput>
  Cards?: View<CardsInput>
  /** What a first plan gives. */
  Grants?: View<Pick<FaceInput, 'flow' | 'softgate'>>
}

export interface PromotionInput {
  flow: Pick<UpgradeFlow, 'code' | 'promotion' | 'refusedCode' | 'redeem'>
  /** The same in no other dialog of the page. */
  id: string
  /** No price is on its way. */
  settled: boolean
}

export interface CardsInput {
  flow: Pick<UpgradeFlow, 'quote' | 'upgrade' | 'card' | 'chooseCard'>
  /** Of the choice: radio buttons of one name are one choice, and dialogs stay in the page. */
  name?: string
  /** The upgrade's own cards, of which one was refused, instead of the quote's. */
  declined?: boolean
  /** Leads to another card; null where there is no way. */
  onOther: (() => void) | null
}

interface ActionOptions {
  main?: boolean
  still?: boolean
  busy?: boolean
}

/** A button of the dialog. The main one is the same element in every step, so the focus stays on it. */
export const action = (
  label: string,
  onClick: (event: Event) => void,
  { main = false, still = false, busy = false }: ActionOptions = {},
): VNode => (
  <button
    type="button"
    key={main ? 'main' : 'other'}
    class={main ? 'main' : 'plain'}
    part={main ? 'pay' : 'dismiss'}
    aria-disabled={still}
    onClick={(event) => still || onClick(event)}
  >
    {busy && <i class="spin" />}
    {label}
  </button>
)
