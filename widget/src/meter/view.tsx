import type { VNode } from 'preact'
import { number } from '../format.ts'
import { clock, Icon, lock, offline, trend } from '../icons.tsx'
import { locale, words } from '../messages.ts'
import { linesOf } from './lines.ts'
import { meterEnglish } from './messages.ts'
import type { MeterState } from './state.ts'

export interface MeterViewInput {
  meter: MeterState
  name: string
  /** The word for what is counted. */
  units: string
  variant: string
  /** The word on the action; none without one. */
  action: string | null
  now: number
  onAction(): void
}

const icons = { warn: trend, grace: clock, blocked: lock }
const Bone = (): VNode => <i class="bone" />

export function MeterView({ meter, name, units, variant, action, now, onAction }: MeterViewInput): VNode {
  const say = words('meter', meterEnglish)
  const { state, used, limit, fill, mark, staleAt } = meter
  const loading = state === 'loading'
  const unlimited = state === 'unlimited'
  const over = used > limit && !unlimited
  const rest = unlimited ? say.noLimit : say.of(number(limit))
  const lines = linesOf(meter, now)
  const path = staleAt !== null ? offline : icons[state as keyof typeof icons]
  const icon = path && <Icon path={path} />
  const value = loading ? (
    <Bone />
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
      'aria-valuetext': `${number(used)} ${rest} ${units}. ${lines.state}`.trim(),
    }
  // Less than full keeps a visible rest, however it rounds.
  const style = { '--at': fill < 1 ? `min(${fill * 100}%,100% - 2px)` : '100%', '--soft': `${mark * 100}%` }
  const track = (role: object | false): VNode => (
    <div class="track" part="track" style={style} {...role}>
      {fill > 0 && <i part="fill" />}
      {over && <u />}
      {mark > 0 && <s />}
    </div>
  )
  const frame = (body: VNode): VNode => (
    <div class={`${variant} ${staleAt !== null ? 'stale' : state}`} part="meter" aria-busy={loading}>
      {body}
    </div>
  )

  if (variant === 'compact')
    return frame(
      <span class="line" {...measured}>
        {state === 'grace' || staleAt !== null ? icon : !unlimited && track(false)}
        <span part="value">
          {unlimited ? `${number(used)} ${units}, ${rest}` : value}
          {measured && ` ${units}`}
          {state === 'grace' && staleAt === null && `, ${lines.short}`}
        </span>
      </span>,
    )
  if (variant === 'ring') {
    // A share is rounded down: all of it is for what is full.
    const share = `${Math.floor((used / limit) * 100)}%`
    const figure = unlimited || limit < 100 ? used.toLocaleString(locale(), { notation: 'compact' }) : share
    const circle = (kind: string, share: number): VNode => (
      <circle class={kind} cx="24" cy="24" r="21" pathLength="100" stroke-dasharray={`${share * 100} 100`} />
    )
    return frame(
      <>
        <div class="dial" part="track" {...measured}>
          <svg viewBox="0 0 48 48" aria-hidden="true">
            {circle('rest', 1)}
            {fill > 0 && circle('fill', fill)}
          </svg>
          {!loading && (state === 'blocked' ? icon : <b dir="ltr">{figure}</b>)}
        </div>
        <div>
          <div part="label">{name}</div>
          <div class="muted" part="value">
            {lines.short || value}
          </div>
        </div>
      </>,
    )
  }
  return frame(
    <>
      <div class="line">
        <span part="label">{name}</span>
        <span class="muted" part="value">
          {value}
        </span>
      </div>
      {track(measured)}
      {loading && <Bone />}
      {(lines.state || action) && (
        <div class="line tone" part="state">
          <span>
            {icon} {lines.state}
          </span>
          {action && (
            <button type="button" class="link" part="action" onClick={onAction}>
              {action}
            </button>
          )}
        </div>
      )}
      <slot name="context">{lines.context}</slot>
    </>,
  )
}
