import { money, time } from '../format.ts'
import { Icon, offline } from '../icons.tsx'
import { words } from '../messages.ts'
import { Card } from './card.tsx'
import { action, type Face, type FaceInput, type Faces } from './face.tsx'
import { upgradeEnglish } from './messages.ts'
import { Stepper } from './stepper.tsx'

const info = 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 1 1 8 2.2M8 7.4v3.4M8 5.2v.01'

/** The steps that everyone who buys comes through, and what is said where no other part may be there. */
export const faces: Faces = {
  quote(input) {
    const { flow, offer, quote, amount } = input
    const say = words('upgrade', upgradeEnglish)
    const { copy } = flow.subject.value?.prompt ?? {}
    const before = flow.before.value
    const diff = before && quote ? quote.dueNow.amount - before.dueNow.amount : 0
    const ready = flow.waiting.value === 'no' && quote !== null
    const starts = offer?.kind === 'switch'
    const label = starts && quote?.dueNow.amount === 0 ? say.startFree : say.buy(offer, flow.quantity.value, amount)
    const changed = before && quote && (
      <p class="note" role="alert">
        <Icon path={info} />
        <span>
          {diff !== 0 && <b>{say.changedBy(money({ ...quote.dueNow, amount: Math.abs(diff) }), diff < 0)} </b>}
          {say.nothingCharged}
        </span>
      </p>
    )
    return {
      title: changed ? say.changedTo(amount) : copy?.title,
      body: changed ? undefined : copy?.body,
      content: [changed, question(input, false)],
      actions: [
        action(copy?.dismiss || say.notNow, flow.cancel),
        action(ready ? label : say.pricing, () => void flow.confirm(), { main: true, still: !ready }),
      ],
      fine: quote
        ? `${say.held(time(quote.expiresAt))} ${starts ? say.checkout : say.removable(offer?.unit ?? null)}`
        : ' ',
    }
  },
  paying(input) {
    const { flow, amount, due } = input
    const say = words('upgrade', upgradeEnglish)
    return {
      title: flow.subject.value?.prompt.copy.title ?? say.paying(amount),
      content: flow.quote.value ? question(input, true) : due,
      actions: [action(say.paying(amount), () => {}, { main: true, still: true, busy: true })],
      fine: say.payingNote,
    }
  },
  offline: ({ flow }) => {
    const say = words('upgrade', upgradeEnglish)
    return {
      title: say.offline,
      body: say.offlineWhy,
      mark: { path: offline, tone: 'warn' },
      content: <p>{say.nothingChanged}</p>,
      actions: [action(say.notNow, flow.cancel), action(say.retry, flow.retry, { main: true })],
      fine: say.offlineNote,
    }
  },
}

/** The question as it was asked, with no answer but to put it away; also while a part of the dialog is on its way. */
export const plainFace = ({ flow }: FaceInput): Face => {
  const { copy } = flow.subject.value?.prompt ?? {}
  return {
    title: copy?.title,
    body: copy?.body,
    actions: [action(words('upgrade', upgradeEnglish).close, flow.cancel)],
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
