import type { Offer } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import type { Naming } from '../about.ts'
import { money, number } from '../format.ts'
import { Icon, lock } from '../icons.tsx'
import { words } from '../messages.ts'
import { gateEnglish } from './messages.ts'

export interface GateCardInput {
  name: Naming
  /** Units allowed; null for a feature that is locked. */
  limit: number | null
  /** Whether use comes back by itself. */
  waits: boolean
  quantity: number
  buyer: boolean
  /** Whoever asks here asks the vendor's team. */
  vendor: boolean
  asked: boolean
  failed: boolean
  admins: string
  offer: Offer | null
  /** What the offer costs now, exactly, in a sentence; where it is empty, the list price speaks. */
  exact: string
  /** Title of a tip, which is a narrow card with a link for its button. */
  tip?: string
  /** One more way on, of an overlay. */
  extra?: unknown
  onAct(): void
}

/** What it costs, in a sentence; for who may not buy, who can help. */
function reason({ name, quantity, buyer, vendor, offer, exact }: GateCardInput): string {
  const say = words('gate', gateEnglish)
  if (!buyer) return vendor ? say.vendorWhy : say.askWhy
  if (!offer) return ''
  const { kind, price, tiers, unit, interval, title } = offer
  if (exact) return exact
  if (tiers) return say.planPrice(kind === 'add' ? title : name.plan || title, tiers.text, '', interval)
  return kind === 'add' && unit
    ? say.morePrice(number(quantity), money({ ...price, amount: price.amount * quantity }), interval)
    : say.planPrice(name.plan || title, money(price), unit ?? '', interval)
}

/** What is so, why, and the way on. */
export function GateText(input: GateCardInput): VNode {
  const { name, limit, waits, quantity, buyer, vendor, asked, failed, admins, offer, tip, extra, onAct } = input
  const say = words('gate', gateEnglish)
  const add = limit !== null && offer?.kind === 'add'
  const title = tip ?? (limit === null ? name.title : say.full(number(limit), name.units(limit), waits))
  return (
    <>
      <div class="row">
        <b part="title" id="t">
          {title}
        </b>
        {limit === null && !tip && (
          <span class="tag" part="plan">
            <Icon path={lock} />
            {say.comesWith(name.plan)}
          </span>
        )}
      </div>
      <slot name="description">{name.description && <p class="muted">{name.description}</p>}</slot>
      {!tip && <p>{reason(input)}</p>}
      <div class="row">
        {asked ? (
          <span role="status">{vendor ? say.askedVendor : say.asked(admins)}</span>
        ) : (
          <button type="button" class={tip ? 'link' : 'main'} part="action" onClick={onAct}>
            {!buyer
              ? vendor
                ? say.askVendor
                : say.ask(admins)
              : add
                ? say.add(number(quantity), name.units(quantity))
                : offer?.kind === 'add'
                  ? say.buyAddon
                  : say.buy}
          </button>
        )}
        {extra}
        <slot name="ways" />
      </div>
      {failed && <p role="status">{say.failed}</p>}
    </>
  )
}

export const GateCard = (input: GateCardInput): VNode => (
  <section class={input.limit === null ? 'card' : 'card limit'} part="card" aria-labelledby="t" key="card">
    <div class="body">
      <GateText {...input} />
    </div>
    <slot name="preview" />
  </section>
)
