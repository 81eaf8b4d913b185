import type { ComponentChildren, VNode } from 'preact'
import { Losses } from '../change/facts.tsx'
import { client } from '../client.ts'
import { day, money } from '../format.ts'
import { clock, Icon } from '../icons.tsx'
import { words } from '../messages.ts'
import { showOffer } from '../show-offer.ts'
import { safeUrl } from '../upgrade/safe-url.ts'
import { subscriptionEnglish } from './messages.ts'
import type { SubscriptionView } from './state.ts'

export const card = 'M2 3.5h12v9H2zM2 6.6h12'

interface NoticeInput {
  icon: string
  title: string
  body: string
  warn?: boolean
  children: ComponentChildren
}

const Notice = ({ icon, title, body, warn = false, children }: NoticeInput): VNode => (
  <section class={warn ? 'notice care' : 'notice'} part="notice" aria-label={title}>
    <Icon path={icon} />
    <div>
      <h2>{title}</h2>
      <p class="muted">{body}</p>
      {children}
    </div>
  </section>
)

export interface NoticesInput {
  view: SubscriptionView
  now: number
}

/** What happens by itself, and what waits for somebody: said before its day, with one click to change it. */
export function Notices({ view, now }: NoticesInput): VNode {
  return (
    <>
      <Unpaid view={view} />
      <Pending view={view} />
      <Trial view={view} now={now} />
    </>
  )
}

function Unpaid({ view }: { view: SubscriptionView }): VNode | null {
  const say = words('subscription', subscriptionEnglish)
  const { unpaid = null } = view.subscription.value ?? {}
  if (!unpaid) return null
  const url = safeUrl(unpaid.url)
  return (
    <Notice icon={card} title={say.unpaid} body={say.unpaidWhy} warn>
      <p class="row">
        <span class="muted">{say.open}</span> <bdi>{money(unpaid.amountDue)}</bdi>
      </p>
      <div class="acts">
        {url && (
          <a class="main" href={url} target="_blank" rel="noreferrer">
            {say.pay(money(unpaid.amountDue))}
          </a>
        )}
        <button type="button" class="plain" onClick={() => void view.openPortal('payment_method')}>
          {say.otherCard}
        </button>
      </div>
    </Notice>
  )
}

function Pending({ view }: { view: SubscriptionView }): VNode | null {
  const say = words('subscription', subscriptionEnglish)
  const pending = view.pending.value
  const { plan } = client.value?.state.value?.account ?? {}
  if (!pending || !plan) return null
  const { plans = [] } = view.plans.value ?? {}
  const [now, next] = [plans.find(({ present }) => present), plans.find(({ key }) => key === pending.plan.key)]
  const { recurring, nextInvoice = null } = view.subscription.value ?? {}
  const { undo } = pending
  return (
    <Notice icon={clock} title={pending.title} body={say.stays(plan.title)}>
      {recurring && (
        <p class="row">
          <span class="muted">{say.price}</span>
          <bdi>
            {say.from(
              nextInvoice ? say.recurring(money(nextInvoice.total), pending.interval) : say.nothing,
              money(recurring),
            )}
          </bdi>
        </p>
      )}
      {now && next && now !== next && <Losses now={now} next={next} />}
      {undo && (
        <div class="acts">
          <button type="button" class="main" onClick={() => void showOffer(undo.id)}>
            {say.keep(plan.title)}
          </button>
        </div>
      )}
    </Notice>
  )
}

function Trial({ view, now }: NoticesInput): VNode | null {
  const say = words('subscription', subscriptionEnglish)
  const { trialEndsAt = null } = view.subscription.value ?? {}
  const convert = view.changes.value.find(({ kind }) => kind === 'convert')
  if (!trialEndsAt) return null
  return (
    <Notice icon={clock} title={say.trial(day(trialEndsAt, now))} body={say.trialWhy}>
      {convert && (
        <div class="acts">
          <button type="button" class="plain" onClick={() => void showOffer(convert.id)}>
            {say.convert}
          </button>
        </div>
      )}
    </Notice>
  )
}
