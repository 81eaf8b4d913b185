import type { Upgrade } from '@softgate/sdk/contract'
import type { UpgradeRecord } from '../billing/model.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Context } from './context.ts'

/** The reasons for which a confirmation ends in "ask the user again", as problem codes. */
const askAgain = [
  'quote_stale',
  'billing_refused',
  'billing_unavailable',
  'subscription_not_ready',
  'below_use',
] as const

/** An upgrade as the wire shows it; `confirming` is `processing` to the world. */
export function toUpgrade({ gateway }: Context, upgrade: UpgradeRecord): Upgrade {
  const { id, quote, phase, invoice, clientSecret, reason, checkout } = upgrade
  const status = phase === 'confirming' ? 'processing' : phase
  const waits = status === 'requires_action' || status === 'payment_failed'
  const page = status === 'checkout' ? checkout : null
  const secret = waits ? clientSecret : page?.clientSecret
  const publishableKey = gateway?.publishableKey
  return {
    id,
    quote,
    status,
    invoice,
    ...(secret && { clientSecret: secret }),
    ...((waits || page?.clientSecret) && publishableKey && { publishableKey }),
    ...(waits && invoice?.url && { url: invoice.url }),
    ...(page?.url && { url: page.url }),
    ...(reason && { reason }),
  }
}

/** The same answer to everyone who confirms a quote: the upgrade, or the problem it ended in before anything was changed. */
export function answerOf(context: Context, upgrade: UpgradeRecord): Upgrade {
  const code = askAgain.find((candidate) => upgrade.phase === 'canceled' && upgrade.reason?.code === candidate)
  if (code) throw new ProblemError(code, upgrade.reason?.detail ?? '')
  return toUpgrade(context, upgrade)
}
