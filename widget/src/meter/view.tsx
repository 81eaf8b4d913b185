import type { VNode } from 'preact'
import { day, number, time } from '../format.ts'
import { clock, Icon, lock, offline, trend } from '../icons.tsx'
import { words } from '../messages.ts'
import { meterEnglish } from './messages.ts'
import type { MeterState } from './state.ts'

export interface MeterViewInput {
  meter: MeterState
  name: string
  units: string
  variant: string
  /** The word on the action; none without one. */
  action: string | null
  now: number
  onAction(): void
}

const dayMs = 86_400_000

/** The state in words: the line under the track, and what a screen reader hears. */
export function lineOf(
  { state, used, limit, staleAt, resetsAt, graceEndsAt, fullAt }: MeterState,
  now: number,
): string {
  const say = words('meter', meterEnglish)
  if (staleAt !== null) return say.asOf(now - staleAt < dayMs ? time(staleAt) : day(staleAt, now))
  if (state === 'blocked') return say.full(resetsAt !== null)
  if (state === 'warn') return fullAt ? say.fullOn(day(fullAt, now)) : say.left(number(limit - used))
  if (state !== 'grace' || !graceEndsAt) return ''
  const hours = (Date.parse(graceEndsAt) - now) / 3_600_000
  const left = hours < 24 ? say.hours(Math.ceil(hours)) : say.days(Math.round(hours / 24))
  return say.over(number(used - limit), day(graceEndsAt, now), left)
}

const icons = { warn: trend, grace: clock, blocked: lock }

export function MeterView({ meter, name, units, variant, action, now, onAction }: MeterViewInput): VNode {
  const say = words('meter', meterEnglish)
  const { state, used, limit, fill, mark, staleAt, resetsAt } = meter
  const loading = state === 'loading'
  const unlimited = state === 'unlimited'
  const rest = unlimited ? say.noLimit : say.of(number(limit))
  const line = lineOf(meter, now)
  const path = staleAt !== null ? offline : icons[state as keyof typeof icons]
  const icon = path && <Icon path={path} />
  const value = loading ? (
    <i class="bone" />
  ) : (
    <>
      <b>{number(used)}</b>
      {unlimited ? ', ' : ' '}
      {rest}
    </>
  )
  const measured = !loading &&
    !unlimited && {
      role: 'meter' as const,
      'aria-label': name,
      'aria-valuemin': 0,
      'aria-valuemax': Math.max(used, limit),
      'aria-valuenow': used,
      'aria-valuetext': `${number(used)} ${rest} ${units}. ${line}`.trim(),
    }
  const track = (
    <div class="track" part="track" style={{ '--at': `${fill * 100}%`, '--soft': `${mark * 100}%` }} {...measured}>
      {fill > 0 && <i part="fill" />}
      {used > limit && <u />}
      {mark > 0 && <s />}
    </div>
  )
  const dial = (
    <div class="dial" {...measured}>
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="21" />
        {fill > 0 && <circle cx="24" cy="24" r="21" pathLength="100" stroke-dasharray={`${fill * 100} 100`} />}
      </svg>
      {!loading && (state === 'blocked' ? icon : <b>{number(used)}</b>)}
    </div>
  )
  return (
    <div class={`${variant} ${staleAt !== null ? 'stale' : state}`} part="meter" aria-busy={loading}>
      {variant === 'ring' ? (
        <>
          {dial}
          <div>
            <div part="label">{name}</div>
            <div class="muted" part="value">
              {line || value}
            </div>
          </div>
        </>
      ) : variant === 'compact' ? (
        <>
          {track}
          <span part="value">
            {value} {units}
          </span>
        </>
      ) : (
        <>
          <div class="row">
            <span part="label">{name}</span>
            <span class="muted" part="value">
              {value}
            </span>
          </div>
          {track}
          {(line || action) && (
            <div class="row tone" part="state">
              <span>
                {icon} {line}
              </span>
              {action && (
                <button type="button" class="link" part="action" onClick={onAction}>
                  {action}
                </button>
              )}
            </div>
          )}
          {resetsAt && Date.parse(resetsAt) > now && <div class="muted">{say.resets(day(resetsAt, now))}</div>}
        </>
      )}
    </div>
  )
}
