import type { Decision } from '@softgate/sdk/contract'
import type { HostEvent } from '@softgate/sdk/host'
import type { Db } from './open.ts'

/** What TeamFlow keeps of its talk with Softgate, for the time in which nobody answers. */
export interface Memory {
  keep(event: HostEvent & { id: string }): void
  unsent(): (HostEvent & { id: string })[]
  /** Units of a feature that were used and that Softgate has not heard of. */
  unsentUnits(account: string, feature: string): number
  sent(ids: string[]): void
  remember(account: string, decision: Decision): void
  recall(account: string, feature: string): { decision: Decision; at: number } | null
}

export function createMemory(db: Db): Memory {
  const unsent = (): (HostEvent & { id: string })[] =>
    db
      .prepare<[], { event: string }>('select event from unsent order by rowid limit 500')
      .all()
      .map(({ event }) => JSON.parse(event))
  return {
    keep: (event) =>
      void db
        .prepare('insert or ignore into unsent values (?, ?, ?)')
        .run(event.id, event.account, JSON.stringify(event)),
    unsent,
    unsentUnits: (account, feature) =>
      unsent()
        .filter((event) => event.account === account && event.feature === feature)
        .reduce((sum, { value }) => sum + (value ?? 0), 0),
    sent: (ids) => {
      for (const id of ids) db.prepare('delete from unsent where id = ?').run(id)
    },
    remember: (account, decision) =>
      void db
        .prepare('insert or replace into answers values (?, ?, ?, ?)')
        .run(account, decision.feature, JSON.stringify(decision), Date.now()),
    recall(account, feature) {
      const row = db
        .prepare<[string, string], { decision: string; at: number }>(
          'select decision, at from answers where account = ? and feature = ?',
        )
        .get(account, feature)
      return row ? { decision: JSON.parse(row.decision), at: row.at } : null
    },
  }
}
