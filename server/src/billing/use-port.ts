import type { OverageRecord, UseReport } from './overage.ts'

/** A counter whose use is not what it was when it was last looked at. */
export interface ChangedUse {
  account: string
  feature: string
  period: number
  used: number
}

/** The outbox of what Stripe's meters have to hear, and how far each period was told. */
export interface UseStore {
  /** What has changed of these features in accounts on these plans; what was looked at after `before` waits. */
  changed(of: {
    features: string[]
    plans: string[]
    since: number
    before: number
    limit: number
  }): Promise<ChangedUse[]>
  /** The same of one account, whenever it was looked at. */
  changedIn(account: string, features: string[], since: number): Promise<ChangedUse[]>
  find(account: string, feature: string, period: number): Promise<OverageRecord | null>
  save(record: OverageRecord): Promise<void>
  /** What was told of a period and counts: neither void nor lost, newest first. */
  told(account: string, feature: string, period: number): Promise<UseReport[]>
  add(reports: readonly UseReport[]): Promise<void>
  drop(account: string, ids: readonly string[]): Promise<void>
  /** Takes reports that are due, so that nobody else does before `until`; a voiding one waits for the one that it voids. */
  claim(now: number, until: number, limit: number): Promise<UseReport[]>
  answer(report: UseReport): Promise<void>
  /** Of an account, for whoever looks after it: what waits since before `before`, what is lost, and periods billed wrongly. */
  troubles(account: string, before: number): Promise<{ reports: UseReport[]; periods: OverageRecord[] }>
  /** Drops reports that were sent before `at`. */
  forgetBefore(at: number): Promise<void>
}
