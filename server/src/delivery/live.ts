import type { Clock } from '../kernel/clock.ts'
import { createAlarm } from './alarm.ts'
import { type Chunk, createListeners, type Listener, type Reader } from './listeners.ts'

/** Sends what changes to whoever listens, one buffer an account to that account's listeners only. */
export interface Live {
  /** Listens to one account, or to all with null. The returned function ends it. */
  subscribe(account: string | null, listener: Listener): () => void
  /** Sends a newcomer the whole state: the account's part and, to a user, what belongs to them. */
  greet(account: string, listener: Listener): Promise<void>
  /** Something about the account has changed: its listeners are told what, once for all changes of this turn. */
  changed(account: string): void
  /** Only use was counted: the state is told at once, and what follows from it for users within a second. */
  counted(account: string): void
  /** Sends one message to the account's listeners. */
  send(account: string, event: string, data: object): void
  listening(account: string): boolean
}

/** A text that is true now, and a tag that changes with it. */
export interface News {
  json: string
  tag: string
}

/** What belongs to one user, by the name of its message, `prompts` being all of it; until when (epoch ms) it surely stays so. */
export interface Own {
  messages: Record<string, News> & { prompts: News }
  until: number
}

export interface LiveOptions {
  clock: Clock
  /** The account's state, and until when it surely stays so; null when there is no such account. */
  stateOf(account: string): Promise<(News & { until: number }) | null>
  ownOf(account: string, reader: Reader): Promise<Own>
  failed(error: unknown): void
}

/** JSON holds no raw line break, so a stored text cannot begin a field of its own in the stream. */
export const toChunk = (event: string, json: string): Chunk => Buffer.from(`event: ${event}\ndata: ${json}\n\n`)

const followMs = 1_000

export function createLive({ clock, stateOf, ownOf, failed }: LiveOptions): Live {
  /** Accounts to look at, and whether what belongs to their users may have changed. */
  const dirty = new Map<string, boolean>()
  const flushing = new Set<string>()
  const lastTag = new Map<string, string>()
  const alarm = createAlarm(clock, (account) => look(account, true))
  const listeners = createListeners((account) => {
    if (account === null) return lastTag.clear()
    lastTag.delete(account)
    alarm.forget(account)
  })
  /** Time alone changes something at `until`: who is connected then is told without asking. */
  const lookAgain = (account: string, until: number): void => {
    if (listeners.groupsOf(account).length > 0) alarm.by(account, until)
  }

  /** Whether there is such an account still. */
  const tellState = async (account: string): Promise<boolean> => {
    const state = await stateOf(account)
    if (!state) return false
    lookAgain(account, state.until)
    if (lastTag.get(account) !== state.tag) {
      lastTag.set(account, state.tag)
      listeners.emit(account, toChunk('state', state.json))
    }
    return true
  }

  const tellOwn = async (account: string): Promise<void> => {
    for (const group of listeners.groupsOf(account)) {
      if (!group.reader) continue
      const { messages, until } = await ownOf(account, group.reader)
      lookAgain(account, until)
      for (const [event, { json, tag }] of Object.entries(messages)) {
        if (group.told.get(event) === tag) continue
        group.told.set(event, tag)
        const chunk = toChunk(event, json)
        for (const listener of group.listeners) listener.write(chunk)
      }
    }
  }

  // One look at a time for an account, so that an older state never follows a newer one.
  const flush = async (account: string): Promise<void> => {
    for (let own = dirty.get(account); own !== undefined; own = dirty.get(account)) {
      dirty.delete(account)
      try {
        if (!(await tellState(account))) continue
        // Use is counted all the time, and what follows from it is read for each user.
        if (own) await tellOwn(account)
        else lookAgain(account, clock.now() + followMs)
      } catch (error) {
        failed(error)
      }
    }
    flushing.delete(account)
  }

  const look = (account: string, own: boolean): void => {
    if (!listeners.any(account)) return
    dirty.set(account, own || dirty.get(account) === true)
    if (flushing.has(account)) return
    flushing.add(account)
    setImmediate(flush, account)
  }

  return {
    listening: listeners.any,
    subscribe(account, listener) {
      // What the newcomer has been told is not known here: the next state is news to it.
      if (account !== null) lastTag.delete(account)
      return listeners.join(account, listener)
    },
    async greet(account, listener) {
      const state = await stateOf(account)
      if (!state) return
      lookAgain(account, state.until)
      if (!listener.reader) return listener.write(toChunk('state', state.json))
      const { messages, until } = await ownOf(account, listener.reader)
      listener.write(toChunk('state', `${state.json.slice(0, -1)},${messages.prompts.json.slice(1)}`))
      lookAgain(account, until)
      const told = listeners.groupOf(account, listener.reader)?.told
      // Who was here before has what it was told, which may be older.
      for (const [event, { tag }] of Object.entries(messages)) if (told && !told.has(event)) told.set(event, tag)
    },
    changed: (account) => look(account, true),
    counted: (account) => look(account, false),
    send: (account, event, data) => {
      if (listeners.any(account)) listeners.emit(account, toChunk(event, JSON.stringify(data)))
    },
  }
}
