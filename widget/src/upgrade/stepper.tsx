import { signal } from '@preact/signals-core'
import type { Offer } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { Icon } from '../icons.tsx'
import { words } from '../messages.ts'
import { upgradeEnglish } from './messages.ts'

const minus = 'M3.5 8h9'
const plus = 'M8 3.5v9M3.5 8h9'

/** What is being typed into the one stepper that has the focus; null for nothing. */
const typed = signal<string | null>(null)
const forget = (): void => {
  typed.value = null
}

export interface StepperInput {
  offer: Offer
  quantity: number
  /** What it counts, and a line below. */
  label: string
  note: string | null
  /** The same in no other dialog of the page. */
  id: string
  still: boolean
  onQuantity(quantity: number): void
}

/** A labelled number with two buttons; arrows, Home and End work in it. */
export function Stepper({ offer, quantity, label, note, id, still, onQuantity }: StepperInput): VNode {
  const say = words('upgrade', upgradeEnglish)
  const { min, max, step } = offer.quantity ?? { min: 1, max: 1, step: 1 }
  const by = (steps: number): void => {
    if (!still) onQuantity(quantity + steps * step)
  }
  const onKey = (event: KeyboardEvent): void => {
    const steps = { ArrowUp: 1, ArrowDown: -1, Home: min - quantity, End: max - quantity }[event.key]
    if (steps === undefined) return
    event.preventDefault()
    forget()
    by(steps)
  }
  return (
    <div class="row">
      <div>
        <label for={id}>{label}</label>
        {note && <small>{note}</small>}
      </div>
      <div class="step" part="stepper">
        <button
          type="button"
          aria-label={say.fewer(offer.unit)}
          aria-disabled={still || quantity <= min}
          onClick={() => by(-1)}
        >
          <Icon path={minus} />
        </button>
        <input
          id={id}
          inputMode="numeric"
          autocomplete="off"
          value={typed.value ?? `${quantity}`}
          readOnly={still}
          ref={forget}
          onKeyDown={onKey}
          onInput={(event) => {
            typed.value = event.currentTarget.value
          }}
          onChange={(event) => {
            onQuantity(Number(event.currentTarget.value))
            forget()
          }}
        />
        <button
          type="button"
          aria-label={say.more(offer.unit)}
          aria-disabled={still || quantity >= max}
          onClick={() => by(1)}
        >
          <Icon path={plus} />
        </button>
      </div>
    </div>
  )
}
