/** A message of the live stream, ready to be written. */
export type Chunk = Buffer

/** The user behind a connection, and what their token permits. */
export interface Reader {
  user: string
  may: readonly string[]
}

export interface Listener {
  /** Null for a host, who is told of accounts and of no user. */
  reader: Reader | null
  write(chunk: Chunk): void
}

/** The connections of one user to an account, or of hosts. */
export interface Group {
  reader: Reader | null
  listeners: Set<Listener>
  /** The tag of what its user is known to have, by message. */
  told: Map<string, string>
}

/** Who listens to which account. */
export interface Listeners {
  /** Joins those of one account, or of all with null. The returned function leaves them. */
  join(account: string | null, listener: Listener): () => void
  /** Whether anybody listens to the account, be it among all. */
  any(account: string): boolean
  groupsOf(account: string): Group[]
  groupOf(account: string, reader: Reader): Group | undefined
  emit(account: string, chunk: Chunk): void
}

const nameOf = (reader: Reader | null): string => (reader ? `${reader.user}\n${reader.may.join()}` : '')

/** `left` is told when an account, or all with null, has lost its last listener. */
export function createListeners(left: (account: string | null) => void): Listeners {
  const byAccount = new Map<string, Map<string, Group>>()
  const ofAll = new Set<Listener>()
  const groupsOf = (account: string): Group[] => [...(byAccount.get(account)?.values() ?? [])]

  const joinOne = (account: string, listener: Listener): void => {
    const { reader } = listener
    const groups = byAccount.get(account) ?? new Map<string, Group>()
    const group = groups.get(nameOf(reader)) ?? { reader, listeners: new Set(), told: new Map() }
    group.listeners.add(listener)
    byAccount.set(account, groups.set(nameOf(reader), group))
  }
  const leaveOne = (account: string, listener: Listener): void => {
    const groups = byAccount.get(account)
    const group = groups?.get(nameOf(listener.reader))
    if (!groups || !group?.listeners.delete(listener)) return
    if (group.listeners.size === 0) groups.delete(nameOf(listener.reader))
    if (groups.size > 0) return
    byAccount.delete(account)
    left(account)
  }

  return {
    join(account, listener) {
      if (account !== null) {
        joinOne(account, listener)
        return () => leaveOne(account, listener)
      }
      ofAll.add(listener)
      return () => {
        if (ofAll.delete(listener) && ofAll.size === 0) left(null)
      }
    },
    any: (account) => ofAll.size > 0 || byAccount.has(account),
    groupsOf,
    groupOf: (account, reader) => byAccount.get(account)?.get(nameOf(reader)),
    emit(account, chunk) {
      for (const { listeners } of groupsOf(account)) for (const listener of listeners) listener.write(chunk)
      for (const listener of ofAll) listener.write(chunk)
    },
  }
}
