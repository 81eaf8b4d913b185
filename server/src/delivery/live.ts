/** A message of the live stream, ready to be written. */
export type Chunk = Buffer

/** Sends what changes to whoever listens, one buffer an account to that account's listeners only. */
export interface Live {
  /** Listens to one account, or to all with null. The returned function ends it. */
  subscribe(account: string | null, listener: (chunk: Chunk) => void): () => void
  /** The account's state has changed; its listeners get it whole, once for all changes of this turn. */
  changed(account: string): void
  /** Sends one message to the account's listeners. */
  send(account: string, event: string, data: object): void
  listening(account: string): boolean
}

export interface LiveOptions {
  /** The account's state as JSON and its tag; null when there is no such account. */
  stateOf(account: string): Promise<{ json: string; tag: string } | null>
  failed(error: unknown): void
}

/** JSON holds no raw line break, so a stored text cannot begin a field of its own in the stream. */
export const toChunk = (event: string, json: string): Chunk => Buffer.from(`event: ${event}\ndata: ${json}\n\n`)

export function createLive({ stateOf, failed }: LiveOptions): Live {
  const byAccount = new Map<string, Set<(chunk: Chunk) => void>>()
  const ofAll = new Set<(chunk: Chunk) => void>()
  const dirty = new Set<string>()
  const flushing = new Set<string>()
  const lastTag = new Map<string, string>()

  const listening = (account: string): boolean => ofAll.size > 0 || byAccount.has(account)
  const emit = (account: string, chunk: Chunk): void => {
    for (const listener of byAccount.get(account) ?? []) listener(chunk)
    for (const listener of ofAll) listener(chunk)
  }

  // One look at a time for an account, so that an older state never follows a newer one.
  const flush = async (account: string): Promise<void> => {
    while (dirty.delete(account)) {
      try {
        const state = await stateOf(account)
        if (!state || lastTag.get(account) === state.tag) continue
        lastTag.set(account, state.tag)
        emit(account, toChunk('state', state.json))
      } catch (error) {
        failed(error)
      }
    }
    flushing.delete(account)
  }

  return {
    listening,
    subscribe(account, listener) {
      const listeners = account === null ? ofAll : (byAccount.get(account) ?? new Set())
      listeners.add(listener)
      if (account !== null) {
        byAccount.set(account, listeners)
        // What the newcomer has been told is not known here: the next state is news to it.
        lastTag.delete(account)
      }
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return
        if (account === null) return lastTag.clear()
        byAccount.delete(account)
        lastTag.delete(account)
      }
    },
    changed(account) {
      if (!listening(account)) return
      dirty.add(account)
      if (flushing.has(account)) return
      flushing.add(account)
      setImmediate(flush, account)
    },
    send: (account, event, data) => {
      if (listening(account)) emit(account, toChunk(event, JSON.stringify(data)))
    },
  }
}
