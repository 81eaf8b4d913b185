import { day, number, span, time } from '../format.ts'
import { words } from '../messages.ts'
import { meterEnglish } from './messages.ts'
import type { MeterState } from './state.ts'

const dayMs = 86_400_000

export interface Lines {
  /** The state; empty where all is well. */
  state: string
  /** The same in few words; empty where it is short already. */
  short: string
  /** One of: when it will be full, when it starts again, what still works. */
  context: string
}

/** `12 minutes`, `3 hours`, `2 days`; empty for less than a minute. */
function ageOf(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return minutes ? span(minutes, 'minute') : ''
  return minutes < 1_440 ? span(Math.floor(minutes / 60), 'hour') : span(Math.floor(minutes / 1_440), 'day')
}

/** What a meter says in words. */
export function linesOf(meter: MeterState, now: number): Lines {
  const say = words('meter', meterEnglish)
  const { state, used, limit, staleAt, resetsAt, graceEndsAt, fullAt } = meter
  const forecast = fullAt ? say.fullOn(day(fullAt, now)) : ''
  const resets = resetsAt ? say.resets(day(resetsAt, now)) : ''
  if (staleAt !== null) {
    const age = now - staleAt
    const asOf = say.asOf(age < dayMs ? time(staleAt) : day(staleAt, now))
    return { state: `${asOf}. ${say.offline(ageOf(age))}`, short: asOf, context: '' }
  }
  if (state === 'blocked') {
    const full = say.full(number(limit), resetsAt !== null)
    return { state: full, short: '', context: resets || say.keeps }
  }
  if (state === 'warn') {
    const left = forecast || (used > limit ? say.beyond(number(used - limit)) : say.left(number(limit - used)))
    return { state: left, short: '', context: resets }
  }
  if (state === 'grace' && graceEndsAt) {
    const hours = (Date.parse(graceEndsAt) - now) / 3_600_000
    const left = hours < 24 ? span(Math.ceil(hours), 'hour') : span(Math.round(hours / 24), 'day')
    const over = say.over(number(used - limit), day(graceEndsAt, now), left)
    return { state: over, short: say.left(left), context: say.keepsThen }
  }
  return { state: '', short: '', context: forecast || resets }
}
