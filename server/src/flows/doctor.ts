import type { DoctorAnswer, DoctorInput, Finding } from '@softgate/sdk/contract'
import { ProblemError } from '../kernel/problem.ts'
import type { Context } from './context.ts'
import { examineAccount } from './doctor-account.ts'
import { examineStripe, examineSubscriptions } from './doctor-stripe.ts'
import { finding } from './finding.ts'

/** Accounts that one call looks at: each costs a call to Stripe. */
const page = 50

/**
 * Compares catalogue, database and Stripe, a page of accounts and of subscriptions at a time, and names every difference with its
 * way out. With `mend`, what can be mended without a choice is: Stripe's word is taken for subscriptions and upgrades, the
 * catalogue's for what is sold.
 */
export async function doctor(context: Context, input: DoctorInput): Promise<DoctorAnswer> {
  const { after, subscription, mode } = input
  const mend = mode === 'mend'
  const first = after === undefined && subscription === undefined
  const findings = first ? await examineStripe(context, mend) : []
  let next: string | null = null
  if (first || after !== undefined) {
    const accounts = await context.database.read.accounts.customersAfter(after ?? '', page)
    for (const account of accounts)
      findings.push(...(await trying(account.id, () => examineAccount(context, account, mend))))
    next = accounts.length === page ? (accounts.at(-1)?.id ?? null) : null
  }
  if (!first && subscription === undefined) return { findings, next, nextSubscription: null }
  const { found, last } = await examineSubscriptions(context, subscription ?? null, mend)
  return { findings: [...findings, ...found], next, nextSubscription: last }
}

/** One account that nobody can look at must not hide the others. */
async function trying(account: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return [finding('look_failed', account, error.message, 'Look again, or look at its customer at Stripe.')]
  }
}
