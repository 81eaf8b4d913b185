import type { Softgate } from '@softgate/sdk'
import type { VNode } from 'preact'
import { money, time } from '../format.ts'
import { clock, close, Icon, offline } from '../icons.tsx'
import { words } from '../messages.ts'
import { Bill } from './bill.tsx'
import { upgradeEnglish } from './messages.ts'
import type { Step, UpgradeFlow } from './model.ts'
import { safeUrl } from './safe-url.ts'
import { Stepper } from './stepper.tsx'

export interface DialogInput {
  flow: UpgradeFlow
  softgate: Softgate
  now: number
  /** Pays with what stands in Stripe's own fields; null where there are none. */
  onCard: (() => void) | null
}

const check = 'm3.5 8.5 3 3 6-7'

const marks: Partial<Record<Step, string>> = { done: check, sent: check, unknown: clock, offline, refused: offline }

/** The upgrade dialog: every step has the same frame, so nothing moves when an answer comes. */
export function UpgradeDialog({ flow, softgate, now, onCard }: DialogInput): VNode {
  const say = words('upgrade', upgradeEnglish)
  const step = flow.step.value
  const upgrade = flow.upgrade.value
  const state = softgate.state.value
  const { prompt = null, decision = null } = flow.subject.value ?? {}
  const { offer = null, copy = null } = prompt ?? {}
  const [waiting, before, quantity] = [flow.waiting.value, flow.before.value, flow.quantity.value]
  const quote = waiting === 'bones' ? null : flow.quote.value
  const paying = step === 'paying'
  const charged = flow.quote.value?.dueNow ?? upgrade?.invoice?.amountDue
  const amount = charged ? money(charged) : ''
  const live = decision && softgate.check(decision.feature)
  const adds = offer?.kind === 'add'
  const total = adds && decision?.limit != null ? decision.limit + quantity : null
  const account = state?.account.name ?? ''
  const link = safeUrl(upgrade?.url)

  const texts: Record<Step, [title: string | undefined, body?: string | undefined]> = {
    quote: before && quote ? [say.changedTo(amount)] : [copy?.title, copy?.body],
    paying: [copy?.title ?? say.paying(amount)],
    bank: [say.bank(amount), say.bankWhy],
    declined: [say.declined, say.nothingCharged],
    card: [say.card, say.nothingCharged],
    done: [
      adds && live?.limit
        ? say.hasNow(account, live.limit, offer.unit)
        : prompt
          ? say.isOn(account, state?.account.plan.title ?? '')
          : say.done,
    ],
    unknown: [say.longer, say.longerWhy],
    offline: [say.offline, say.offlineWhy],
    refused: [say.refused, say.unchanged],
    settle: [copy?.title, copy?.body],
    leaving: [say.leaving],
    ask: [copy?.title, copy?.body],
    sent: [say.sent, say.sentWhy],
  }
  const [title, body] = texts[step]
  const button = (label: string, onClick: () => void, main = false, still = false): VNode => (
    <button
      type="button"
      key={main ? 'main' : 'other'}
      class={main ? 'main' : 'plain'}
      part={main ? 'pay' : 'dismiss'}
      aria-disabled={still}
      onClick={() => still || onClick()}
    >
      {main && paying && <i class="spin" />}
      {label}
    </button>
  )
  const away = (label: string, url: string | undefined, main = true): VNode | null =>
    url ? (
      <a class={main ? 'main' : 'link'} href={url} target="_blank" rel="noreferrer">
        {label}
      </a>
    ) : null
  const notNow = button(copy?.dismiss || say.notNow, flow.cancel)

  const bill = (
    <Bill
      quote={quote}
      bones={flow.quote.value?.lines.length || 1}
      before={before}
      now={now}
      what={total === null ? '' : (quote?.tax.amount ? say.withTax : say.units)(total, offer?.unit ?? null)}
    />
  )
  const due = (
    <div class="bill">
      <div class="row due">
        <span>{say.dueToday}</span>
        <bdi>{amount}</bdi>
      </div>
    </div>
  )
  const diff = before && quote ? quote.dueNow.amount - before.dueNow.amount : 0
  const changed = before && quote && (
    <p class="note" role="alert">
      <b>{diff !== 0 && say.changedBy(money({ ...quote.dueNow, amount: Math.abs(diff) }), diff < 0)}</b>{' '}
      {say.nothingCharged}
    </p>
  )
  const facts = (
    <ul>
      {adds && !!live?.remaining && (
        <li>
          <Icon path={check} />
          {say.free(live.remaining, offer.unit)}
        </li>
      )}
      <li>
        <Icon path={check} />
        {say.paid(amount)}
        {away(say.receipt, safeUrl(upgrade?.invoice?.url), false)}
      </li>
    </ul>
  )
  const onAsk = (event: Event): void => {
    const note = (event.currentTarget as Element).closest('dialog')?.querySelector('textarea')?.value ?? ''
    void flow.send(note)
  }
  const bodies: Partial<Record<Step, unknown>> = {
    quote: [changed, offer?.quantity && stepper(false), bill],
    paying: [offer?.quantity && stepper(true), flow.quote.value ? bill : due],
    bank: due,
    declined: due,
    card: [<slot name="card" key="card" />, due],
    done: facts,
    ask: (
      <div>
        <label for="w">{say.word}</label>
        <textarea id="w" rows={2} maxLength={500} />
      </div>
    ),
  }
  const actions: Record<Step, unknown[]> = {
    quote: [
      notNow,
      button(
        waiting === 'no' ? say.buy(offer, quantity, amount) : say.pricing,
        () => void flow.confirm(),
        true,
        waiting !== 'no',
      ),
    ],
    paying: [button(say.paying(amount), () => {}, true, true)],
    bank: [button(say.cancel, flow.cancel), button(say.bankAgain, () => void flow.authenticate(), true)],
    declined: [notNow, button(say.otherCard, flow.enterCard, true)],
    card: [button(say.notNow, flow.cancel), onCard ? button(say.pay(amount), onCard, true) : away(say.bankPage, link)],
    done: [button(say.goOn, flow.close, true)],
    unknown: [button(say.close, flow.close)],
    offline: [notNow, button(say.retry, flow.retry, true)],
    refused: [button(say.close, flow.close), button(say.retry, flow.retry, true)],
    settle: [notNow, away(say.settle, safeUrl(state?.upgrade?.url))],
    leaving: [],
    ask: [
      notNow,
      <button type="button" key="main" class="main" part="pay" aria-disabled={waiting !== 'no'} onClick={onAsk}>
        {say.send}
      </button>,
    ],
    sent: [button(say.done, flow.close, true)],
  }
  const fine: Partial<Record<Step, string | false | undefined>> = {
    quote: waiting === 'no' && flow.quote.value ? say.held(time(flow.quote.value.expiresAt)) : '\u00a0',
    paying: say.payingNote,
    bank: say.bankWaits,
    declined: upgrade?.reason?.detail,
    unknown: say.longerNote,
    offline: say.offlineNote,
  }
  const news =
    step === 'quote' && waiting === 'no' && amount ? `${say.dueToday} ${amount}` : paying ? say.paying(amount) : ''

  function stepper(still: boolean): VNode | null {
    return (
      offer && (
        <Stepper
          id="n"
          offer={offer}
          quantity={quantity}
          label={say.howMany(offer.unit, adds)}
          note={total === null ? null : say.inTotal(total)}
          still={still}
          onQuantity={flow.setQuantity}
        />
      )
    )
  }
  return (
    <dialog part="dialog" aria-labelledby="t" class={`upgrade ${step}`}>
      <header>
        {marks[step] && (
          <div class="mark">
            <Icon path={marks[step]} />
          </div>
        )}
        <div class="row">
          <h2 id="t" tabIndex={-1} part="title">
            {title}
          </h2>
          {!marks[step] && (
            <button type="button" class="icon" aria-label={say.close} onClick={flow.close}>
              <Icon path={close} />
            </button>
          )}
        </div>
        {body && (
          <p class="muted" role={step === 'declined' ? 'alert' : undefined}>
            {body}
          </p>
        )}
      </header>
      {bodies[step]}
      <div class="acts">{actions[step]}</div>
      {fine[step] && (
        <small>
          {fine[step]} {step === 'bank' && away(say.bankPage, link, false)}
        </small>
      )}
      <span class="vh" role="status">
        {news}
      </span>
    </dialog>
  )
}
