import type { Quote, Softgate } from '@softgate/sdk'
import type { Page } from './page.ts'

export interface Wanted {
  offer: string
  /** Left out where there is nothing to choose. */
  quantity?: number
}

interface Desk {
  known: Map<string, Promise<Quote>>
  /** One question at a time. */
  last: Promise<unknown>
}

const desks = new WeakMap<Softgate, Desk>()
const minute = 60_000

/** How long a price may stand; never for less than a minute, as the clock of this machine may be off. */
export const lastsMs = ({ expiresAt }: Quote, page: Page): number =>
  Math.max(minute, Date.parse(expiresAt) - page.now() - minute)

/**
 * What a change costs now, exactly. Asked for once for all who show it, one after the other, and anew when the price does not
 * hold any more or the account has changed. Rejects where there is no price, or tax is to come on top.
 */
export function priceOf(softgate: Softgate, { offer, quantity }: Wanted, page: Page): Promise<Quote> {
  const desk: Desk = desks.get(softgate) ?? { known: new Map(), last: Promise.resolve() }
  desks.set(softgate, desk)
  const limits = Object.values(softgate.state.peek()?.features ?? {}).map(({ limit }) => limit)
  const key = [offer, quantity, ...limits].join()
  const known = desk.known.get(key)
  if (known) return known
  const forget = (): void => void desk.known.delete(key)
  const ask = async (): Promise<Quote> => {
    const quote = await softgate.quote(offer, quantity === undefined ? {} : { quantity })
    if (quote.beforeTax) throw Error('tax is to come')
    page.after(lastsMs(quote, page), forget)
    return quote
  }
  const asked = desk.last.then(ask)
  desk.known.set(key, asked)
  desk.last = asked.catch(forget)
  return asked
}

/** The prices are not what they were: something was bought, or one did not hold. */
export const forgetPrices = (softgate: Softgate): void => desks.get(softgate)?.known.clear()
