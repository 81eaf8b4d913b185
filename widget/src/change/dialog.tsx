import type { Offer, Quote, Softgate } from '@softgate/sdk'
import type { VNode } from 'preact'
import { brandOf } from '../brand.ts'
import { day, money, time } from '../format.ts'
import { Icon, offline } from '../icons.tsx'
import { words } from '../messages.ts'
import { Pick } from '../pick.tsx'
import { totalOf } from '../plan-words.ts'
import { Bill } from '../upgrade/bill.tsx'
import { Card } from '../upgrade/card.tsx'
import type { Part } from '../upgrade/face.tsx'
import { Head } from '../upgrade/head.tsx'
import { safeUrl } from '../upgrade/safe-url.ts'
import { Stepper } from '../upgrade/stepper.tsx'
import { Later } from './bill.tsx'
import { Fact, Losses, SideBySide, tick, warning } from './facts.tsx'
import { changeEnglish } from './messages.ts'
import type { ChangeFlow } from './model.ts'
import { outcomeOf, type Subject, subjectOf, tell } from './subject.ts'

export interface ChangeDialogInput {
  flow: ChangeFlow
  softgate: Softgate
  now: number
  /** Where a code is entered and a card is chosen, once they have loaded. */
  parts: Pick<Part, 'Promotion' | 'Cards'>
  /** Leads to Stripe's page of saved cards; null where that was tried in vain. */
  onPortal: (() => void) | null
}

/** One frame for every change: what it does, what it costs and when, the way to leave it and the way to make it. */
export function ChangeDialog({ flow, softgate, now, parts, onPortal }: ChangeDialogInput): VNode | null {
  const state = softgate.state.value
  const subject = subjectOf(flow, state)
  const step = flow.step.value
  const [quote, quantity, pending, refusal] = [
    flow.quote.value,
    flow.quantity.value,
    flow.pending.value,
    flow.refusal.value,
  ]
  if (!subject || !state) return <dialog class="change" part="dialog" />
  const say = words('change', changeEnglish)
  const told = tell(subject, { quantity, quote })
  const saving = step === 'saving'
  const wide = step !== 'done' && subject.next !== null && !subject.down

  const titles = {
    quote: flow.heading.value || told.title,
    saving: flow.heading.value || told.title,
    offline: say.offline,
    done: outcomeOf(subject, { account: state.account.name ?? '', quote, now }),
  }
  const button = (label: string, kind: 'main' | 'plain', onClick: () => void, still = false): VNode => (
    <button
      type="button"
      class={kind}
      // Whatever it says, it is the same button, and keeps the focus.
      key={onClick === flow.close && step !== 'done' ? 'keep' : 'act'}
      part={onClick === flow.close ? 'dismiss' : 'pay'}
      aria-disabled={still}
      onClick={() => still || onClick()}
    >
      {saving && onClick !== flow.close && <i class="spin" />}
      {label}
    </button>
  )
  const ready = quote !== null && !pending && refusal === null
  const act = button(
    saving ? say.saving : pending ? say.pricing : told.act,
    subject.down ? 'plain' : 'main',
    () => void flow.confirm(),
    saving || !ready,
  )
  const actions = {
    quote: [
      button(told.keep, 'plain', flow.close),
      flow.needsCard.value && onPortal ? button(say.addCard, 'main', onPortal) : act,
    ],
    saving: [act],
    offline: [button(say.close, 'plain', flow.close), button(say.retry, 'main', flow.retry)],
    done: [button(say.goOn, 'main', flow.close)],
  }
  const later = quote !== null && Date.parse(quote.effectiveAt) > now
  const fine =
    quote && (later ? say.undoable(day(quote.effectiveAt, now)) : charges(quote) ? say.held(time(quote.expiresAt)) : '')
  const marks = {
    done: { path: tick, tone: 'ok' },
    offline: { path: offline, tone: 'warn' },
    quote: undefined,
    saving: undefined,
  }
  const mark = marks[step]
  return (
    <dialog part="dialog" aria-labelledby="ct" class={wide ? 'change wide' : 'change'}>
      <Head
        id="ct"
        title={titles[step]}
        body={step === 'offline' ? say.offlineWhy : mark ? '' : quote?.notices[0]}
        mark={mark}
        onClose={flow.close}
      />
      {step === 'done' ? (
        <Done flow={flow} subject={subject} later={later} />
      ) : (
        step !== 'offline' && <Question flow={flow} subject={subject} now={now} parts={parts} onPortal={onPortal} />
      )}
      <div class="acts">{actions[step]}</div>
      {!mark && <small>{refusal === null && !saving && fine ? fine : '\u00a0'}</small>}
      <span class="vh" role="status">
        {ready && step === 'quote' ? `${say.dueToday} ${money(quote.dueNow)}` : saving ? say.saving : ''}
      </span>
    </dialog>
  )
}

/** Whether it is reckoned up now, be it that credit or a code pays all. */
const charges = ({ lines, refund }: Quote): boolean => lines.length > 0 && refund === null

interface PartInput {
  flow: ChangeFlow
  subject: Subject
}

type QuestionInput = PartInput & Pick<ChangeDialogInput, 'now' | 'parts' | 'onPortal'>

/** What changes, how many, how often, and the bill. */
function Question({ flow, subject, now, parts, onPortal }: QuestionInput): VNode {
  const say = words('change', changeEnglish)
  const { offer, now: present, next, down, held, sibling } = subject
  const [quote, quantity, refusal] = [flow.quote.value, flow.quantity.value, flow.refusal.value]
  const still = flow.step.value === 'saving'
  const { unit } = offer
  // How many there were before a purchase is not known here.
  const units = quote?.refund ? 0 : offer.kind === 'remove' && unit ? held - quantity : held
  const what =
    unit && units > 0 && quote?.recurring.amount ? (quote.tax.amount ? say.withTax : say.units)(units, unit) : ''
  const notes = quote?.notices.slice(1) ?? []
  const payer = (): VNode | null | undefined => {
    if (!still && parts.Cards && quote?.cards) return parts.Cards({ flow, name: 'change-card', onOther: onPortal })
    if (quote?.paymentMethod) return <Card card={quote.paymentMethod} onChange={still ? null : onPortal} />
    // There is none yet, or what pays is no card.
    return (
      onPortal && (
        <button type="button" class="link" onClick={onPortal}>
          {say.payWith}
        </button>
      )
    )
  }
  return (
    <>
      {flow.changed.value && (
        <p class="note" role="alert">
          {say.again}
        </p>
      )}
      {present && next && (down ? <Losses now={present} next={next} /> : <SideBySide now={present} next={next} />)}
      {offer.kind === 'remove' && offer.quantity && offer.quantity.max > 1 && (
        <Stepper
          id="cn"
          offer={offer}
          quantity={quantity}
          label={unit ? say.toRemove(unit) : offer.title}
          note={unit && held ? say.left(held - quantity) : null}
          still={still}
          onQuantity={flow.setQuantity}
        />
      )}
      {sibling && <Intervals flow={flow} subject={subject} sibling={sibling} />}
      {refusal !== null && (
        <p class="note refusal" role="alert">
          <Icon path={warning} />
          <span>
            <b>{say.cannot}.</b> {refusal}
          </span>
        </p>
      )}
      {notes.length > 0 && (
        <ul class="facts">
          {notes.map((note) => (
            <Fact key={note} path={warning}>
              {note}
            </Fact>
          ))}
        </ul>
      )}
      {quote && charges(quote) ? (
        <>
          <Bill quote={quote} bones={1} before={null} what={what} now={now} />
          {offer.kind === 'switch' && !still && parts.Promotion?.({ flow, id: 'cpc', settled: !flow.pending.value })}
          {quote.dueNow.amount > 0 && payer()}
        </>
      ) : (
        refusal === null && <Later quote={quote} what={what} now={now} />
      )}
    </>
  )
}

/** Monthly or yearly, with what a year saves. */
function Intervals({ flow, subject, sibling }: PartInput & { sibling: Offer }): VNode {
  const say = words('change', changeEnglish)
  const { offer, next } = subject
  const [monthly, yearly] = next ? [totalOf(next, 'month'), totalOf(next, 'year')] : [null, null]
  const saved = monthly && yearly ? monthly.amount * 12 - yearly.amount : 0
  return (
    <div class="row">
      <div>
        <b>{say.pay}</b>
        {monthly && saved > 0 && (
          <div>
            <small>{say.saves(money({ ...monthly, amount: saved }))}</small>
          </div>
        )}
      </div>
      <Pick
        label={say.pay}
        choices={[
          ['month', say.interval('month')],
          ['year', say.interval('year')],
        ]}
        value={offer.interval}
        onPick={(interval) => interval !== offer.interval && flow.choose(sibling)}
      />
    </div>
  )
}

/** What is so now, what was paid, and the way back. */
function Done({ flow, subject, later }: PartInput & { later: boolean }): VNode {
  const say = words('change', changeEnglish)
  const { invoice } = flow.upgrade.value ?? {}
  const { refund = null, credit, paymentMethod = null } = flow.quote.value ?? {}
  const { pending, plan, fresh } = subject
  const undo = pending?.undo ?? fresh
  const receipt = safeUrl(invoice?.url)
  const card = paymentMethod ? `${brandOf(paymentMethod)} ${paymentMethod.last4}` : ''
  const credited = credit?.amount ? say.fromCredit(money(credit)) : ''
  const paid = invoice?.amountPaid.amount ? say.paid(money(invoice.amountPaid), card) : ''
  return (
    <ul>
      <li>
        <Icon path={tick} />
        <span>{refund ? say.asWas : paid || credited || say.notCharged}</span>
        {receipt && (
          <a class="link" href={receipt} target="_blank" rel="noreferrer">
            {say.receipt}
          </a>
        )}
      </li>
      {paid && credited && <Fact path={tick}>{credited}</Fact>}
      {later && <Fact path={tick}>{say.stays(plan)}</Fact>}
      {undo && (
        <li>
          <span>{undo.until ? say.mindUntil(time(undo.until)) : say.mind}</span>
          <button type="button" class="link" onClick={() => flow.choose(undo)}>
            {say.takeBack}
          </button>
        </li>
      )}
    </ul>
  )
}
