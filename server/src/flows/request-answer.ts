import type { AccessRequest } from '@softgate/sdk/contract'
import { toIso, toIsoOrNull } from '../kernel/clock.ts'
import type { RequestRecord } from '../requests/port.ts'
import type { Context } from './context.ts'

/** The names that the users of these requests have now. */
export function namesFor({ database }: Context, account: string, rows: readonly RequestRecord[]) {
  const users = rows.flatMap(({ user, answeredBy }) => (answeredBy === null ? [user] : [user, answeredBy]))
  return database.read.accounts.namesOf(account, [...new Set(users)])
}

export function toRequest(
  { account, createdAt, answeredAt, updatedAt, ...rest }: RequestRecord,
  names: ReadonlyMap<string, string>,
): AccessRequest {
  const nameOf = (user: string | null): string | null => (user === null ? null : (names.get(user) ?? null))
  return {
    ...rest,
    name: nameOf(rest.user),
    createdAt: toIso(createdAt),
    answeredAt: toIsoOrNull(answeredAt),
    answeredByName: nameOf(rest.answeredBy),
  }
}
