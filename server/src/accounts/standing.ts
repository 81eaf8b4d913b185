import type { Reason } from '@softgate/sdk/contract'
import type { Catalog, PaymentPolicy, PaymentRules } from '../catalog/model.ts'
import type { AccountRecord, SubscriptionRecord } from './model.ts'

/** What an account stands on at an instant. */
export interface Standing {
  /** Key of the plan in force. */
  plan: string
  /** The subscription that gives it, with what was bought; null where none does. */
  subscription: SubscriptionRecord | null
  /** When time alone will end that; null when it will not. Epoch ms. */
  until: number | null
  explain: Reason[]
}

const dayMs = 86_400_000

/**
 * The plan in force: of the subscription, as long as the catalogue's policy for its state of payment lets it give one, else
 * the one set by the host, else the default.
 */
export function standingOf(
  catalog: Catalog,
  account: AccountRecord,
  subscription: SubscriptionRecord | null,
  now: number,
): Standing {
  const own = account.plan !== null && account.plan in catalog.plans ? account.plan : null
  const fallback = own ?? catalog.defaultPlan
  const explain: Reason[] = []
  if (subscription !== null) {
    const { rule, policy, until } = holdOf(catalog.payment, subscription)
    const holds = now < until
    const facts = {
      status: subscription.status,
      until: Number.isFinite(until) && holds ? new Date(until).toISOString() : null,
    }
    if (rule !== null)
      explain.push({
        code: holds ? 'payment_tolerated' : 'payment_dropped',
        facts,
        rule: `payment.${rule}: ${JSON.stringify(policy)}`,
      })
    if (holds) {
      const plan = subscription.plan !== null && subscription.plan in catalog.plans ? subscription.plan : fallback
      explain.push({ code: 'plan', facts: { plan, from: 'subscription' } })
      return { plan, subscription, until: Number.isFinite(until) ? until : null, explain }
    }
  }
  explain.push({ code: 'plan', facts: { plan: fallback, from: own === null ? 'default' : 'account' } })
  return { plan: fallback, subscription: null, until: null, explain }
}

interface Hold {
  rule: keyof PaymentRules | null
  policy: PaymentPolicy
  /** Until when the subscription gives its plan; in the past where it gives none. Epoch ms. */
  until: number
}

/** How long a subscription gives its plan, by the strictest policy that speaks of it. */
function holdOf(rules: PaymentRules, { status, statusSince, cancelAt }: SubscriptionRecord): Hold {
  const { cancelling } = rules
  const after = typeof cancelling === 'object' ? cancelling.graceDays * dayMs : 0
  if (status === 'canceled')
    return {
      rule: 'cancelling',
      policy: cancelling,
      // It may have been ended before the day that was set for it.
      until: after === 0 ? Number.NEGATIVE_INFINITY : Math.min(cancelAt ?? statusSince, statusSince) + after,
    }
  const states: Hold[] = []
  if (status in rules) {
    const rule = status as keyof PaymentRules
    states.push({ rule, policy: rules[rule], until: untilOf(rules[rule], statusSince) })
  } else if (status !== 'active') return { rule: null, policy: 'drop', until: Number.NEGATIVE_INFINITY }
  if (cancelAt !== null)
    states.push({
      rule: 'cancelling',
      policy: cancelling,
      until: cancelling === 'drop' ? Number.NEGATIVE_INFINITY : cancelAt + after,
    })
  const none: Hold = { rule: null, policy: 'keep', until: Number.POSITIVE_INFINITY }
  return states.reduce((least, state) => (state.until <= least.until ? state : least), none)
}

function untilOf(policy: PaymentPolicy, since: number): number {
  if (policy === 'keep') return Number.POSITIVE_INFINITY
  return policy === 'drop' ? Number.NEGATIVE_INFINITY : since + policy.graceDays * dayMs
}
