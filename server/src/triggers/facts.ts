import type { Decision } from '@softgate/sdk/contract'
import type { AccountRecord } from '../accounts/model.ts'
import type { FactSheet } from './model.ts'

export interface FactSources {
  account: AccountRecord
  plan: string
  segment: string
  decisions: readonly Decision[]
}

/** Everything a condition or the readiness gate may read about an account, under flat names. */
export function factsOf({ account, plan, segment, decisions }: FactSources): FactSheet {
  const sheet: FactSheet = {
    plan,
    segment,
    contract_value: account.contractValue,
    health_score: account.healthScore,
  }
  for (const { feature, kind, used, limit, remaining } of decisions) {
    if (kind !== 'metered') continue
    sheet[`${feature}.used`] = used
    sheet[`${feature}.limit`] = limit
    sheet[`${feature}.remaining`] = remaining
    sheet[`${feature}.utilisation`] = limit ? (used ?? 0) / limit : 0
  }
  for (const [name, value] of Object.entries(account.facts)) sheet[`facts.${name}`] = value
  return sheet
}
