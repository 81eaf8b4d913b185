import type { PaymentMethod } from '@softgate/sdk/contract'
import type { ComponentChildren, VNode } from 'preact'
import { brandOf } from '../brand.ts'
import { money, time } from '../format.ts'
import { clock, Icon, offline } from '../icons.tsx'
import { words } from '../messages.ts'
import { showOffer } from '../show-offer.ts'
import { action, type FaceInput, type Faces, type Part } from './face.tsx'
import { plainFace } from './faces.tsx'
import { upgradeEnglish } from './messages.ts'
import { outcomesEnglish } from './outcomes-messages.ts'
import { safeUrl } from './safe-url.ts'

const css = `small .link{font-size:inherit}
.keep{display:flex;gap:10px;align-items:center;min-height:24px;font-weight:400;cursor:pointer}
.keep input{accent-color:var(--a);margin:3px;width:18px;height:18px}
@media(max-width:760px){.keep{min-height:44px}}
dialog.checkout{width:min(560px,100% - 32px)}
.aside{position:fixed;z-index:2147483000;inset-block-end:16px;inset-inline-end:16px;display:flex;gap:12px;background:var(--up);border-radius:12px;box-shadow:var(--sh);padding:14px 16px}`

const info = 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 1 1 8 2.2M8 7.4v3.4M8 5.2v.01'
const check = 'm3.5 8.5 3 3 6-7'
const receipt = 'M3.5 2.5h9v11l-1.8-1.2L9 13.500l-1.500-1.200L6 13.500l-1.200-1.200-1.300 1.200zM6 6h4M6 8.800h4'
const back = 'M6 3.500 3 6.500l3 3M3.200 6.500H10a3.200 3.200 0 0 1 0 6.400H7'

const say = () => words('outcomes', outcomesEnglish)
const linkOf = ({ flow }: FaceInput): string | undefined => safeUrl(flow.upgrade.value?.url)

/** A link to another page; nothing without an address. */
const away = (label: string, url: string | undefined, main = false): VNode | null =>
  url ? (
    <a class={main ? 'main' : 'link'} href={url} target="_blank" rel="noreferrer">
      {label}
    </a>
  ) : null

const Keep = (): VNode => (
  <label class="keep">
    <input type="checkbox" name="keep" />
    {say().keep}
  </label>
)

/** Whether the box is ticked in the dialog of a click. */
const keepIn = ({ currentTarget }: Event): boolean =>
  (currentTarget as Element).closest('dialog')?.querySelector<HTMLInputElement>('[name=keep]')?.checked === true

const Fact = ({ path, children }: { path: string; children: ComponentChildren }): VNode => (
  <li>
    <Icon path={path} />
    {children}
  </li>
)

/** `Visa 4242` */
const named = (card: PaymentMethod | null | undefined): string => (card ? `${brandOf(card)} ${card.last4}` : '')

/** The price is another than the one that was seen: what it is now, and by how much. */
const changed: NonNullable<Part['changed']> = ({ flow, quote, amount }) => {
  const before = flow.before.value
  if (!before || !quote) return null
  const diff = quote.dueNow.amount - before.dueNow.amount
  return {
    title: say().changedTo(amount),
    body: undefined,
    note: (
      <p class="note" role="alert">
        <Icon path={info} />
        <span>
          {diff !== 0 && <b>{say().changedBy(money({ ...quote.dueNow, amount: Math.abs(diff) }), diff < 0)} </b>}
          {say().nothingCharged}
        </span>
      </p>
    ),
  }
}

const faces: Faces = {
  offline({ flow }) {
    const { offline: title, notNow, retry } = words('upgrade', upgradeEnglish)
    return {
      title,
      body: say().offlineWhy,
      mark: { path: offline, tone: 'warn' },
      content: <p>{say().nothingChanged}</p>,
      actions: [action(notNow, flow.cancel), action(retry, flow.retry, { main: true })],
      fine: say().offlineNote,
    }
  },
  bank: (input) => ({
    title: say().bank(input.amount),
    body: say().bankWhy,
    content: input.due,
    actions: [
      action(say().cancel, input.flow.cancel),
      action(say().bankAgain, () => void input.flow.authenticate(), { main: true }),
    ],
    fine: [say().bankWaits, ' ', away(say().bankPage, linkOf(input))],
  }),
  declined({ flow, due, amount, parts }) {
    const { notNow } = words('upgrade', upgradeEnglish)
    const { reasons, nothingCharged } = say()
    const { cards = [] } = flow.upgrade.value ?? {}
    const another = cards.find(({ id, declined }) => id === flow.card.value && !declined)
    return {
      title: say().declined,
      body: nothingCharged,
      alert: true,
      content: [
        cards.length > 0 && parts.Cards?.({ flow, declined: true, onOther: flow.enterCard }),
        another && <Keep />,
        due,
      ],
      actions: [
        action(notNow, flow.cancel),
        another
          ? action(say().payBy(amount, another.last4), (event) => void flow.payWith(another.id, keepIn(event)), {
              main: true,
            })
          : action(say().otherCard, flow.enterCard, { main: true }),
      ],
      fine: reasons[flow.upgrade.value?.reason?.code ?? ''] ?? reasons.other,
    }
  },
  card(input) {
    const { flow, amount, due, card } = input
    const onPay = (event: Event): void => void flow.payWith({ card }, keepIn(event))
    return {
      title: say().card,
      body: say().nothingCharged,
      content: [<slot name="card" key="card" />, card && <Keep />, due],
      actions: [
        action(words('upgrade', upgradeEnglish).notNow, flow.cancel),
        card ? action(say().pay(amount), onPay, { main: true }) : away(say().bankPage, linkOf(input), true),
      ],
    }
  },
  done({ flow, softgate, offer, amount }) {
    const { prompt, decision } = flow.subject.value ?? {}
    const state = softgate.state.value
    const name = state?.account.name ?? ''
    const live = decision && softgate.check(decision.feature)
    const adds = offer?.kind === 'add'
    const { invoice, dueNow } = flow.upgrade.value ?? {}
    const { credit } = flow.quote.value ?? {}
    const credited = credit?.amount ? say().fromCredit(money(credit)) : ''
    const undo = state?.offers.find(({ kind, until }) => kind === 'undo' && until)
    const takeBack = (): void => {
      flow.close()
      void showOffer(undo?.id ?? '')
    }
    return {
      title:
        adds && live?.limit
          ? say().hasNow(name, live.limit, offer.unit)
          : adds && !offer.unit
            ? say().hasAddon(name, offer.title)
            : prompt
              ? say().isOn(name, state?.account.plan.title ?? '')
              : say().done,
      mark: { path: check, tone: 'ok' },
      content: (
        <ul>
          {adds && !!live?.remaining && <Fact path={check}>{say().free(live.remaining, offer.unit)}</Fact>}
          <Fact path={receipt}>
            {invoice?.amountPaid.amount
              ? say().paid(money(invoice.amountPaid), named(flow.quote.value?.paymentMethod))
              : dueNow?.amount
                ? say().paid(amount, '')
                : credited || say().notCharged}
            {away(say().receipt, safeUrl(invoice?.url))}
          </Fact>
          {!!dueNow?.amount && credited && <Fact path={check}>{credited}</Fact>}
          {undo?.until && (
            <Fact path={back}>
              {say().mind(time(undo.until))}
              <button type="button" class="link" aria-label={say().undoAll} onClick={takeBack}>
                {say().undo}
              </button>
            </Fact>
          )}
        </ul>
      ),
      actions: [action(say().goOn, flow.close, { main: true })],
    }
  },
  unknown: ({ flow, amount }) => ({
    title: say().longer,
    body: say().longerWhy,
    mark: { path: clock, tone: 'info' },
    content: <p>{say().longerNote(amount)}</p>,
    actions: [action(words('upgrade', upgradeEnglish).close, flow.close)],
  }),
  refused({ flow }) {
    const { close, retry } = words('upgrade', upgradeEnglish)
    return {
      title: say().refused,
      body: say().nothingChanged,
      mark: { path: offline, tone: 'warn' },
      actions: [action(close, flow.close), action(retry, flow.retry, { main: true })],
    }
  },
  cardless({ flow, onPortal }) {
    const { close, retry } = words('upgrade', upgradeEnglish)
    return {
      title: say().cardless,
      body: say().nothingChanged,
      mark: { path: offline, tone: 'warn' },
      actions: [
        action(close, flow.close),
        onPortal ? action(say().addCard, onPortal, { main: true }) : action(retry, flow.retry, { main: true }),
      ],
    }
  },
  nothing: (input) => ({
    ...plainFace(input),
    body: input.flow.subject.value?.prompt.copy.body || say().nothing,
  }),
  settle(input) {
    const { copy, invoice } = input.flow.subject.value?.prompt ?? {}
    return {
      ...plainFace(input),
      actions: [
        action(copy?.dismiss || words('upgrade', upgradeEnglish).notNow, input.flow.cancel),
        invoice && away(say().settle(money(invoice.amountDue)), safeUrl(invoice.url), true),
      ],
    }
  },
  leaving: () => ({ title: say().leaving, actions: [] }),
  checkout: ({ flow }) => ({
    title: flow.subject.value?.prompt.copy.title || say().checkout,
    content: <slot name="checkout" key="checkout" />,
    actions: [action(say().startOver, flow.cancel)],
  }),
  unfinished: (input) => ({
    title: say().unfinished,
    body: say().unfinishedWhy,
    mark: { path: clock, tone: 'info' },
    actions: [action(say().startOver, input.flow.cancel), toCheckout(input)],
  }),
}

/** Checkout is another page, or stands in this one. */
const toCheckout = (input: FaceInput): VNode => {
  const url = linkOf(input)
  const onGo = (): void => (url ? location.assign(url) : void input.flow.authenticate())
  return action(say().toCheckout, onGo, { main: true })
}

const Aside: NonNullable<Part['Aside']> = ({ flow, hide }) => (
  <div class="aside" part="toast" role="status">
    {flow.step.value === 'done' ? say().went : say().goesOn}
    <button type="button" class="link" onClick={hide}>
      {words('upgrade', upgradeEnglish).close}
    </button>
  </div>
)

/** What becomes of a payment and of its price: it loads while the user reads. */
export const part: Part = { css, faces, changed, Aside }
