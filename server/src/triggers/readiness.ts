import type { Reason, Scalar } from '@softgate/sdk/contract'
import { type AccountRecord, isLive, type SubscriptionRecord } from '../accounts/model.ts'
import type { ReadinessBounds } from '../catalog/model.ts'

const day = 86_400_000

export interface ReadinessInput {
  account: AccountRecord
  subscription: SubscriptionRecord | null
  bounds: ReadinessBounds
  now: number
}

export interface Readiness {
  ready: boolean
  /** One reason a criterion or pause: `passed`, `failed`, `unknown` or `paused`. */
  explain: Reason[]
  /** When time alone would make it ready, epoch ms; null when it is, or needs more than time. */
  readyAt: number | null
}

/** Whether an account may be asked anything it did not ask for itself. Every criterion is answered, so it can be shown. */
export function readinessOf(input: ReadinessInput): Readiness {
  const explain = [...pauses(input), ...criteria(input)]
  const blocking = (reason: Reason) =>
    reason.code === 'paused' || reason.code === 'failed' || (reason.code === 'unknown' && !input.bounds.unknownPasses)
  const blocked = explain.filter(blocking)
  const ends = blocked.map(({ rule }) => endOf(rule, input))
  const readyAt = ends.every((end) => end !== null) && ends.length > 0 ? Math.max(...ends) : null
  return { ready: blocked.length === 0, explain, readyAt }
}

const onboarding = 'days since onboarding'
const renewal = 'inside the renewal talk'

/** When a rule stops to stand in the way by itself. */
function endOf(rule: string | undefined, { account, bounds }: ReadinessInput): number | null {
  const { onboardedAt, contractRenewsAt } = account
  if (rule === onboarding && onboardedAt !== null) return onboardedAt + (bounds.onboardedDays + 1) * day
  return rule === renewal && contractRenewsAt !== null ? contractRenewsAt + 1 : null
}

/** Pauses hold whatever the score. */
function pauses({ account, subscription, now }: ReadinessInput): Reason[] {
  const paused = (rule: string, facts: Record<string, Scalar>): Reason => ({ code: 'paused', facts, rule })
  const found: Reason[] = []
  if (subscription && ['past_due', 'unpaid'].includes(subscription.status))
    found.push(paused('payment is open', { status: subscription.status }))
  if (isLive(subscription) && subscription.cancelAt !== null)
    found.push(paused('cancelling at period end', { cancelAt: subscription.cancelAt }))
  if (account.facts.critical_ticket === true) found.push(paused('a critical ticket is open', {}))
  if (account.facts.expansion_talk === true) found.push(paused('an expansion talk is under way', {}))
  const renewsIn = account.contractRenewsAt === null ? null : (account.contractRenewsAt - now) / day
  // A monthly subscription has no renewal talk; without one, a contract that renews is taken for a year's.
  const contractMonths = number(account.facts.contract_months) ?? (subscription?.interval === 'month' ? 1 : 12)
  if (renewsIn !== null && renewsIn >= 0 && renewsIn <= 30 && contractMonths >= 6)
    found.push(paused(renewal, { daysToRenewal: Math.ceil(renewsIn) }))
  return found
}

function criteria({ account, bounds, now }: ReadinessInput): Reason[] {
  const { facts } = account
  const onboarded = account.onboardedAt === null ? null : (now - account.onboardedAt) / day
  const least = (rule: string, value: number | null, bound: number) =>
    judge(rule, value, value === null ? null : value >= bound, { bound })
  const more = (rule: string, value: number | null, bound: number) =>
    judge(rule, value, value === null ? null : value > bound, { bound })
  const tickets = typeof facts.tickets === 'string' ? facts.tickets : null
  const ticketsPass = tickets === 'declining' || (bounds.tickets === 'declining_or_stable' && tickets === 'stable')
  const found = [
    more(onboarding, onboarded === null ? null : Math.floor(onboarded), bounds.onboardedDays),
    least('key features adopted', number(facts.key_features), bounds.keyFeatures),
    least('health score', account.healthScore, bounds.healthScore),
    more('active seats in percent', number(facts.active_seats_percent), bounds.activeSeats),
    judge('support tickets', tickets, tickets === null ? null : ticketsPass, { bound: bounds.tickets }),
    least('NPS', number(facts.nps), bounds.nps),
  ]
  if (bounds.departments > 0) found.push(least('departments', number(facts.departments), bounds.departments))
  if (bounds.executiveSponsor) {
    const sponsor = facts.executive_sponsor
    found.push(judge('executive sponsor', sponsor ?? null, typeof sponsor === 'boolean' ? sponsor : null, {}))
  }
  return found
}

const number = (value: Scalar | undefined): number | null => (typeof value === 'number' ? value : null)

const judge = (rule: string, value: Scalar, passed: boolean | null, facts: Record<string, Scalar>): Reason => ({
  code: passed === null ? 'unknown' : passed ? 'passed' : 'failed',
  facts: { value, ...facts },
  rule,
})
