import type { PaymentMethod } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { brandOf } from '../brand.ts'
import { Icon } from '../icons.tsx'
import { words } from '../messages.ts'
import { upgradeEnglish } from './messages.ts'

const plain = 'M2 3.5h12v9H2zM2 6.6h12'

/** The card that will be charged, and the way to another. */
export function Card({ card, onChange }: { card: PaymentMethod; onChange: ((event: Event) => void) | null }): VNode {
  const say = words('upgrade', upgradeEnglish)
  const two = (part: number): string => String(part % 100).padStart(2, '0')
  return (
    <div class="who" part="card">
      <i class="chip" aria-hidden="true">
        {card.brand.length < 5 ? card.brand : <Icon path={plain} />}
      </i>
      <div>
        {say.card(brandOf(card), card.last4)}
        <br />
        <small>{say.expires(`${two(card.expMonth)}/${two(card.expYear)}`)}</small>
      </div>
      {onChange && (
        <button type="button" class="link" aria-label={say.changeCard} onClick={onChange}>
          {say.change}
        </button>
      )}
    </div>
  )
}
