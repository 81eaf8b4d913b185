import { createHash, randomBytes } from 'node:crypto'
import type { Account, Person, Session } from '../model.ts'
import type { Db } from './open.ts'

const sessionMs = 14 * 86_400_000

/** A session is found by the hash of its token: who reads the file cannot sign in with what is in it. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

export interface People {
  accounts(): Account[]
  account(id: string): Account | null
  /** Those who are in, in the order in which they came. */
  list(account: string): Person[]
  find(account: string, id: string): Person | null
  addAccount(account: Account): void
  add(person: Person): void
  remove(account: string, id: string): void
  /** Starts a session and returns the token for the cookie. */
  signIn(person: Person): string
  signOut(token: string): void
  session(token: string): Session | null
}

export function createPeople(db: Db): People {
  const fields = 'account, id, name, email, role'
  const rows = <T>(sql: string, ...values: unknown[]): T[] => db.prepare<unknown[], T>(sql).all(...values)
  const row = <T>(sql: string, ...values: unknown[]): T | null => db.prepare<unknown[], T>(sql).get(...values) ?? null
  const run = (sql: string, ...values: unknown[]) => db.prepare(sql).run(...values)

  const account = (id: string): Account | null => row('select id, name from accounts where id = ?', id)
  const find = (of: string, id: string): Person | null =>
    row(`select ${fields} from people where account = ? and id = ? and removed = 0`, of, id)

  return {
    accounts: () => rows('select id, name from accounts order by rowid'),
    account,
    list: (of) => rows(`select ${fields} from people where account = ? and removed = 0 order by rowid`, of),
    find,
    addAccount: ({ id, name }) => void run('insert or ignore into accounts values (?, ?)', id, name),
    add: ({ account, id, name, email, role }) =>
      void run(
        'insert or ignore into people (account, id, name, email, role) values (?, ?, ?, ?, ?)',
        account,
        id,
        name,
        email,
        role,
      ),
    remove(of, id) {
      run('update people set removed = 1 where account = ? and id = ?', of, id)
      run('delete from sessions where account = ? and person = ?', of, id)
    },
    signIn(person) {
      const token = randomBytes(32).toString('base64url')
      run('delete from sessions where expires_at < ?', Date.now())
      run('insert into sessions values (?, ?, ?, ?)', hashOf(token), person.account, person.id, Date.now() + sessionMs)
      return token
    },
    signOut: (token) => void run('delete from sessions where token_hash = ?', hashOf(token)),
    session(token) {
      const found = row<{ account: string; person: string }>(
        'select account, person from sessions where token_hash = ? and expires_at > ?',
        hashOf(token),
        Date.now(),
      )
      const person = found && find(found.account, found.person)
      const of = found && account(found.account)
      return person && of ? { account: of, person } : null
    },
  }
}
