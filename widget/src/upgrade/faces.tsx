import { time } from '../format.ts'
import { words } from '../messages.ts'
import { Card } from './card.tsx'
import { action, type Face, type FaceInput, type Faces } from './face.tsx'
import { upgradeEnglish } from './messages.ts'
import { Stepper } from './stepper.tsx'

/** The steps that everyone who buys comes through. */
export const faces: Faces = {
  quote(input) {
    const { flow, offer, quote, amount, parts } = input
    const say = words('upgrade', upgradeEnglish)
    const { copy } = flow.subject.value?.prompt ?? {}
    const ready = flow.waiting.value === 'no' && quote !== null
    const starts = offer?.kind === 'switch'
    const label = starts && quote?.dueNow.amount === 0 ? say.startFree : say.buy(offer, flow.quantity.value, amount)
    return {
      title: copy?.title || offer?.title,
      body: copy?.body,
      content: question(input, false),
      actions: [
        action(copy?.dismiss || say.notNow, flow.cancel),
        action(ready ? label : say.pricing, () => void flow.confirm(), { main: true, still: !ready }),
      ],
      fine: quote
        ? `${say.held(time(quote.expiresAt))} ${starts ? say.checkout : say.removable(offer?.unit ?? null)}`
        : ' ',
      ...parts.changed?.(input),
    }
  },
  paying(input) {
    const { flow, offer, amount, due } = input
    const say = words('upgrade', upgradeEnglish)
    return {
      title: flow.subject.value?.prompt.copy.title || offer?.title || say.paying(amount),
      content: flow.quote.value ? question(input, true) : due,
      actions: [action(say.paying(amount), () => {}, { main: true, still: true, busy: true })],
      fine: say.payingNote,
    }
  },
}

/** The question as it was asked, with the way out, and back where there is no connection; also while a part is on its way. */
export const plainFace = ({ flow }: FaceInput): Face => {
  const { copy } = flow.subject.value?.prompt ?? {}
  const say = words('upgrade', upgradeEnglish)
  const cut = flow.step.value === 'offline'
  return {
    title: copy?.title,
    body: cut ? say.offline : copy?.body,
    actions: [action(say.close, flow.cancel), cut && action(say.retry, flow.retry, { main: true })],
  }
}

/** How many, what they cost, and which card pays. */
function question({ flow, softgate, offer, parts, bill, onPortal }: FaceInput, still: boolean): unknown[] {
  const say = words('upgrade', upgradeEnglish)
  const quantity = flow.quantity.value
  const { decision } = flow.subject.value ?? {}
  const adds = offer?.kind === 'add'
  const card = flow.quote.value?.paymentMethod
  const used = decision && softgate.check(decision.feature).used
  const note = adds ? decision?.limit != null && say.inTotal(decision.limit + quantity) : used && say.inUse(used)
  return [
    !still && parts.Waiting?.({ people: flow.people.value }),
    offer?.quantity && (offer.unit || offer.quantity.max > 1) && (
      <Stepper
        id="n"
        offer={offer}
        quantity={quantity}
        label={say.howMany(offer.unit, adds)}
        note={note || null}
        still={still}
        onQuantity={flow.setQuantity}
      />
    ),
    !still && offer?.kind === 'switch' && parts.Grants?.({ flow, softgate }),
    !still && parts.Intervals?.({ flow }),
    bill,
    !still && offer && parts.Promotion?.({ flow, id: 'pc', settled: flow.waiting.value === 'no' }),
    !still && parts.Cards && flow.quote.value?.cards ? (
      parts.Cards({ flow, onOther: onPortal })
    ) : card ? (
      <Card card={card} onChange={still ? null : onPortal} />
    ) : (
      adds &&
      !flow.quote.value && (
        <div class="who">
          <i class="chip" />
          <i class="bone" />
        </div>
      )
    ),
    !still && flow.quote.value?.notices.map((notice) => <p class="muted">{notice}</p>),
  ]
}
