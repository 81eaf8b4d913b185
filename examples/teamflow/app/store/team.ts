import { randomUUID } from 'node:crypto'
import type { Invitation, Notice } from '../model.ts'
import type { Db } from './open.ts'

/** What goes on around the boards: invitations, notices, integrations. */
export interface Team {
  invitations(account: string): Invitation[]
  /** A second invitation of one address changes the first. */
  invite(account: string, email: string, status: Invitation['status'], invitedBy: string): void
  withdraw(account: string, id: string): void
  /** People and invitations that hold a seat. */
  seatsTaken(account: string): number
  /** Accounts in which somebody waits for a seat. */
  waitingAccounts(): string[]
  notices(account: string, person: string): Notice[]
  unread(account: string, person: string): number
  notify(account: string, person: string, text: string, link: string | null, at?: number): void
  markRead(account: string, person: string): void
  integrations(account: string): Set<string>
  setIntegration(account: string, key: string, on: boolean): void
}

export function createTeam(db: Db): Team {
  const rows = <T>(sql: string, ...values: unknown[]): T[] => db.prepare<unknown[], T>(sql).all(...values)
  const count = (sql: string, ...values: unknown[]): number =>
    db.prepare<unknown[], { n: number }>(sql).get(...values)?.n ?? 0
  const run = (sql: string, ...values: unknown[]) => db.prepare(sql).run(...values)

  return {
    invitations: (account) =>
      rows(
        'select id, account, email, status, invited_by as invitedBy, at from invitations where account = ? order by at, rowid',
        account,
      ),
    invite: (account, email, status, invitedBy) =>
      void run(
        `insert into invitations values (?, ?, ?, ?, ?, ?)
         on conflict (account, email) do update set status = excluded.status where status = 'waiting'`,
        randomUUID(),
        account,
        email,
        status,
        invitedBy,
        Date.now(),
      ),
    withdraw: (account, id) => void run('delete from invitations where account = ? and id = ?', account, id),
    seatsTaken: (account) =>
      count('select count(*) as n from people where account = ? and removed = 0', account) +
      count("select count(*) as n from invitations where account = ? and status = 'sent'", account),
    waitingAccounts: () =>
      rows<{ account: string }>("select distinct account from invitations where status = 'waiting'").map(
        ({ account }) => account,
      ),
    notices: (account, person) =>
      rows<Omit<Notice, 'read'> & { read: number }>(
        'select id, text, link, at, read from notices where account = ? and person = ? order by at desc limit 50',
        account,
        person,
      ).map((notice) => ({ ...notice, read: notice.read === 1 })),
    unread: (account, person) =>
      count('select count(*) as n from notices where account = ? and person = ? and read = 0', account, person),
    notify: (account, person, text, link, at = Date.now()) =>
      void run('insert into notices values (?, ?, ?, ?, ?, ?, 0)', randomUUID(), account, person, text, link, at),
    markRead: (account, person) =>
      void run('update notices set read = 1 where account = ? and person = ?', account, person),
    integrations: (account) =>
      new Set(rows<{ key: string }>('select key from integrations where account = ?', account).map(({ key }) => key)),
    setIntegration: (account, key, on) =>
      void run(
        on
          ? 'insert or ignore into integrations values (?, ?)'
          : 'delete from integrations where account = ? and key = ?',
        account,
        key,
      ),
  }
}
