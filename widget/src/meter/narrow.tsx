import type { VNode } from 'preact'
import { day, number } from '../format.ts'
import { locale, words } from '../messages.ts'
import { narrowCss } from './narrow-css.ts'
import { narrowEnglish } from './narrow-messages.ts'
import type { Drawn, Forms } from './view.tsx'

/** The state in a few words. */
function short({ meter, lines, now }: Drawn): string {
  const { state, fullAt } = meter
  const soon = state === 'warn' && fullAt && words('meter', narrowEnglish).fullShort(day(fullAt, now))
  return lines.short || soon || lines.state
}

/** For a line of text or a table. */
const compact = (drawn: Drawn): VNode => {
  const { meter, units, icon, value, rest, measured, track } = drawn
  const { state, staleAt, used } = meter
  return (
    <span class="line" {...measured}>
      {state === 'grace' || staleAt !== null ? icon : state !== 'unlimited' && track(false)}
      <span part="value">
        {state === 'unlimited' ? `${number(used)} ${units}, ${rest}` : value}
        {measured && ` ${units}`}
        {state === 'grace' && staleAt === null && `, ${short(drawn)}`}
      </span>
    </span>
  )
}

const circle = (kind: string, share: number): VNode => (
  <circle class={kind} cx="24" cy="24" r="21" pathLength="100" stroke-dasharray={`${share * 100} 100`} />
)

/** Beside others of its kind. */
const ring = (drawn: Drawn): VNode => {
  const { meter, name, icon, value, measured } = drawn
  const { state, used, limit, fill } = meter
  // A share is rounded down: all of it is for what is full.
  const share = `${Math.floor((used / limit) * 100)}%`
  const counts = state === 'unlimited' || limit < 100
  const figure = counts ? used.toLocaleString(locale(), { notation: 'compact' }) : share
  return (
    <>
      <div class="dial" part="track" {...measured}>
        <svg viewBox="0 0 48 48" aria-hidden="true">
          {circle('rest', 1)}
          {fill > 0 && circle('fill', fill)}
        </svg>
        {state !== 'loading' && (state === 'blocked' ? icon : <b dir="ltr">{figure}</b>)}
      </div>
      <div>
        <div part="label">{name}</div>
        <div class="muted" part="value">
          {short(drawn) || value}
        </div>
      </div>
    </>
  )
}

/** The forms for narrow places, which load where one is used. */
export const narrow: { css: string; forms: Forms } = { css: narrowCss, forms: { compact, ring } }
