import type { EventInput } from '../contract/index.ts'
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

const maxEvent = 16_000
const maxQueue = 256_000
/**
 * Browsers allow 64 KiB of requests that outlive their page, all of an origin's together: so many characters are never
 * more, and one event always fits.
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
  let sending: Promise<void> | null = null
  let planned = false

  const keep = (): void => {
    while (JSON.stringify(events).length > maxQueue) page.warn('too many events', events.shift())
    stored((storage) => (events.length ? storage.setItem(key, JSON.stringify(events)) : storage.removeItem(key)))
    plan()
  }

  /** Events wait a moment for others. */
  const plan = (): void => {
    if (planned || !events.length) return
    planned = true
    page.rest(failures).then(() => {
      planned = false
      return flush()
    })
  }

  /** Sends the oldest that fit, and so on until none is left. */
  const drain = async (): Promise<void> => {
    while (events.length) {
      let size = 0
      const batch = events.filter((event) => {
        size += JSON.stringify(event).length
        return size < maxBatch
      })
      const { rejected } = await send('POST /v1/events', { sentAt: page.now(), events: batch }, { quick: true })
      for (const { detail } of rejected) page.warn(detail)
      events = events.filter((event) => !batch.includes(event))
      failures = 0
      keep()
    }
  }

  const flush = (): Promise<void> =>
    (sending ??= drain()
      .catch(() => void failures++)
      .then(() => {
        sending = null
        plan()
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
      for (const other of Object.keys(storage))
        if (other.startsWith(keyOf(user)) || other.startsWith(keyOf(''))) {
          const text = storage.getItem(other)
          storage.removeItem(other)
          events.unshift(...JSON.parse(text ?? ''))
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
        if (event.length > maxEvent) throw new Error('too long')
        events.push(JSON.parse(event))
        keep()
      } catch (error) {
        page.warn(`track ${name}`, error)
      }
    },
    flush,
  }
}
