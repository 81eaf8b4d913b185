import type { VNode } from 'preact'
import { number } from '../format.ts'
import { clock, Icon, lock, offline, trend } from '../icons.tsx'
import { words } from '../messages.ts'
import { type Lines, linesOf } from './lines.ts'
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

/** What the forms of a meter are drawn from. */
export interface Drawn extends MeterViewInput {
  lines: Lines
  icon: VNode | undefined
  /** `5 of 5`; a bone while it is not known. */
  value: VNode
  /** `of 5` */
  rest: string
  /** What says the measure to who does not see it; false where there is none. */
  measured: object | false
  track(role: object | false): VNode
}

/** The forms of a meter beside the bar, by their name. */
export type Forms = Partial<Record<string, (drawn: Drawn) => VNode>>

const icons = { warn: trend, grace: clock, blocked: lock }
const Bone = (): VNode => <i class="bone" />

/** @param forms those that have loaded */
export function MeterView({ forms, ...input }: MeterViewInput & { forms?: Forms }): VNode {
  const { meter, name, units, variant, now } = input
  const say = words('meter', meterEnglish)
  const { state, used, limit, fill, mark, staleAt } = meter
  const loading = state === 'loading'
  const unlimited = state === 'unlimited'
  const rest = unlimited ? say.noLimit : say.of(number(limit))
  const lines = linesOf(meter, now)
  const path = staleAt !== null ? offline : icons[state as keyof typeof icons]
  // Less than full keeps a visible rest, however it rounds.
  const style = { '--at': fill < 1 ? `min(${fill * 100}%,100% - 2px)` : '100%', '--soft': `${mark * 100}%` }
  const form = forms?.[variant]
  const drawn: Drawn = {
    ...input,
    lines,
    rest,
    icon: path ? <Icon path={path} /> : undefined,
    value: loading ? (
      <Bone />
    ) : (
      <>
        <b>{number(used)}</b>
        {unlimited ? ', ' : ' '}
        {rest}
      </>
    ),
    measured: !loading &&
      !unlimited && {
        role: 'meter',
        'aria-label': name,
        'aria-valuemin': 0,
        'aria-valuemax': Math.max(used, limit),
        'aria-valuenow': used,
        'aria-valuetext': `${number(used)} ${rest} ${units}. ${lines.state}`.trim(),
      },
    track: (role) => (
      <div class="track" part="track" style={style} {...role}>
        {fill > 0 && <i part="fill" />}
        {used > limit && !unlimited && <u />}
        {mark > 0 && <s />}
      </div>
    ),
  }
  return (
    <div class={`${form ? variant : 'bar'} ${staleAt !== null ? 'stale' : state}`} part="meter" aria-busy={loading}>
      {(form ?? bar)(drawn)}
    </div>
  )
}

const bar = ({ meter, name, lines, icon, value, measured, track, action, onAction }: Drawn): VNode => (
  <>
    <div class="line">
      <span part="label">{name}</span>
      <span class="muted" part="value">
        {value}
      </span>
    </div>
    {track(measured)}
    {meter.state === 'loading' && <Bone />}
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
  </>
)
