import type { OverrideRecord } from './entitle.ts'

/** What entitlements need from storage. Writes happen inside the account's transaction. */
export interface OverrideStore {
  /** All that the account has, ended ones too. */
  list(account: string): Promise<OverrideRecord[]>
  /** Inserts or replaces the one of its feature and kind. */
  save(override: OverrideRecord): Promise<void>
  remove(override: Pick<OverrideRecord, 'account' | 'feature' | 'kind'>): Promise<void>
}
