import type { DoctorAnswer, DoctorInput, Finding } from '@softgate/sdk/contract'
import { ProblemError } from '../kernel/problem.ts'
import type { Context } from './context.ts'
import { examineAccount } from './doctor-account.ts'
import { examineCounters } from './doctor-counters.ts'
import { examineStripe, examineSubscriptions } from './doctor-stripe.ts'
import { finding } from './finding.ts'

/** Accounts that one call looks at: each costs a call to Stripe. */
const page = 50

/**
 * Compares catalogue, database and Stripe, and counters with what they are told from, a page of accounts, of subscriptions and of
 * counters at a time, and names every difference with its way out. With `mend`, what can be mended without a choice is: Stripe's
 * word is taken for subscriptions and upgrades, the catalogue's for what is sold, that of the events for counters.
 */
export async function doctor(context: Context, input: DoctorInput): Promise<DoctorAnswer> {
  const { after, subscription, counter, mode } = input
  const mend = mode === 'mend'
  const first = after === undefined && subscription === undefined && counter === undefined
  const answer: DoctorAnswer = {
    findings: [],
    next: null,
    nextSubscription: null,
    nextCounter: null,
    eventsSince: null,
  }
  const { findings } = answer
  if (first) findings.push(...(await examineStripe(context, mend)))
  if (first || after !== undefined) {
    const accounts = await context.database.read.accounts.customersAfter(after ?? '', page)
    for (const account of accounts)
      findings.push(...(await trying(account.id, () => examineAccount(context, account, mend))))
    answer.next = accounts.length === page ? (accounts.at(-1)?.id ?? null) : null
  }
  if (first || subscription !== undefined) {
    const { found, last } = await examineSubscriptions(context, subscription ?? null, mend)
    findings.push(...found)
    answer.nextSubscription = last
  }
  if (first || counter !== undefined) {
    const { found, next, since } = await examineCounters(context, counter ?? null, mend)
    findings.push(...found)
    Object.assign(answer, { nextCounter: next, eventsSince: since })
  }
  return answer
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
