import type { EventInput } from '../contract/index.ts'
import type { SoftgateError } from '../error.ts'
import { uuidv7 } from '../ids.ts'
import type { Page } from './page.ts'
import type { Send } from './wire.ts'

/** What `track` says beside the event's name. */
export type TrackInput = Pick<EventInput, 'feature' | 'value' | 'properties'>

/** Events on their way to the server. They live in memory; what is stored of them outlives the page. */
export interface Queue {
  /** Never throws. The id and the time are given now and stay, however often the event is sent. */
  track(name: string, input?: TrackInput): void
  /**
   * Sends what waits now; of a page that is being left, as much as such a page may. Resolves when nothing waits any more or
   * the server did not take it.
   */
  flush(): Promise<void>
}

/**
 * Of one request, and so of one event. Browsers allow 64 KiB of requests that outlive their page, all of an origin's
 * together: so many characters are never more.
 */
const maxBatch = 20_000

export function createQueue(page: Page, send: Send): Queue {
  const { stored, prefix } = page
  const newId = (): string => uuidv7(page.now(), page.window.Math.random)
  const keyOf = (user: string): string => `${prefix} ${user} `
  /** The oldest first. */
  let events: EventInput[] = []
  let user = ''
  let key = ''
  let failures = 0
  let planned: Promise<void> | null = null
  let sending: Promise<void> | null = null

  /** Keeps 256,000 characters at most, of the storage that all pages of an origin share, and sees to it that they are sent. */
  const keep = (): void => {
    while (JSON.stringify(events).length > 256_000) page.warn('too many events', events.shift())
    stored((storage) => (events.length ? storage.setItem(key, JSON.stringify(events)) : storage.removeItem(key)))
    void plan()
  }

  /** Events wait a moment for others, and longer when they could not be sent. */
  const plan = (): Promise<void> =>
    (planned ??= page.rest(failures).then(() => {
      planned = null
      return flush()
    }))

  /** Sends the oldest that fit, and so on until none is left. */
  const drain = async (): Promise<void> => {
    while (events.length) {
      let size = 0
      const batch = events.filter((event) => {
        size += JSON.stringify(event).length
        return size < maxBatch
      })
      try {
        const { rejected } = await send('POST /v1/events', { sentAt: page.now(), events: batch }, { quick: true })
        for (const { detail } of rejected) page.warn(detail)
      } catch (error) {
        // What the server will never take is dropped, and the reason said.
        if (!(error as SoftgateError).final) throw error
        page.warn('events', error)
      }
      events = events.filter((event) => !batch.includes(event))
      failures = 0
      keep()
    }
  }

  const flush = (): Promise<void> =>
    (sending ??= drain()
      .catch(() => {
        failures++
        void plan()
      })
      .then(() => {
        sending = null
      }))

  /**
   * Whose events these are, those from before anybody was known too; what waits of another user waits on. Takes over what
   * other pages have stored: should one of them be there still, both send it, and it counts once.
   */
  page.user.subscribe((next) => {
    if (user) events = []
    else stored((storage) => storage.removeItem(key))
    user = next
    stored((storage) => {
      for (const other in storage)
        if (other.startsWith(keyOf(user))) {
          const text = storage.getItem(other) as string
          storage.removeItem(other)
          events.unshift(...JSON.parse(text))
        }
    })
    key = keyOf(user) + newId()
    keep()
  })

  return {
    track(name, input) {
      try {
        const time = new Date(page.now()).toISOString()
        const event = JSON.stringify({ ...input, id: newId(), name, time })
        if (event.length >= maxBatch) throw new Error('too long')
        events.push(JSON.parse(event))
        keep()
      } catch (error) {
        page.warn(`track ${name}`, error)
      }
    },
    flush,
  }
}
