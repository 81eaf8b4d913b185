import type { Decision } from '@softgate/sdk/contract'
import { type ComponentChildren, type HTMLAttributes, h, type JSX } from 'preact'
import { Icon } from './icons.tsx'
import { colorOf, initialsOf } from './words.ts'

export const Avatar = ({ name, small = false }: { name: string; small?: boolean }): JSX.Element => (
  <span class={`avatar color-${colorOf(name)}${small ? ' is-small' : ''}`} aria-hidden="true">
    {initialsOf(name)}
  </span>
)

export interface TitleProps {
  children: ComponentChildren
  beside?: ComponentChildren
  end?: ComponentChildren
}

export const Title = ({ children, beside, end }: TitleProps): JSX.Element => (
  <div class="title">
    <h1>{children}</h1>
    {beside}
    {end && <div class="end">{end}</div>}
  </div>
)

export const Empty = ({ title, children }: { title: string; children: ComponentChildren }): JSX.Element => (
  <div class="empty">
    <Icon name="inbox" />
    <p class="strong">{title}</p>
    <p class="muted">{children}</p>
  </div>
)

const number = (value: number): string => value.toLocaleString('en-US')

export interface MeterProps {
  title: string
  unit: string
  decision: Decision
  compact?: boolean
}

/**
 * Softgate's meter. What stands inside it is what people see until its script runs, and without it: the same figures, as the
 * server knows them.
 */
export function Meter({ title, unit, decision, compact = false }: MeterProps): JSX.Element {
  const { used, limit, state } = decision
  const share = limit === null ? 0 : Math.min(100, Math.round((100 * (used ?? 0)) / Math.max(1, limit)))
  const value = limit === null ? `${number(used ?? 0)}, no limit` : `${number(used ?? 0)} of ${number(limit)}`
  const track = (
    <svg class="track" width="100%" height={compact ? 6 : 8} aria-hidden="true">
      <rect class="back" width="100%" height="100%" rx="4" />
      <rect class="fill" width={`${share}%`} height="100%" rx="4" />
    </svg>
  )
  const inside = compact ? (
    <span class={`compact is-${state}`}>
      {track}
      <span class="figures">
        {value} {unit}
      </span>
    </span>
  ) : (
    <span class={`meter is-${state}`}>
      <span class="row">
        <span class="medium">{title}</span>
        <span class="figures">{value}</span>
      </span>
      {track}
      <span class="line">{lineOf(decision, unit)}</span>
    </span>
  )
  return h(
    'softgate-meter',
    {
      feature: decision.feature,
      label: title,
      units: unit,
      ...(compact && { variant: 'compact' }),
      ...(decision.feature === 'seats' && { action: 'Add seats' }),
    } as HTMLAttributes,
    inside,
  )
}

function lineOf({ state, resetsAt, remaining }: Decision, unit: string): string {
  if (state === 'blocked') return 'All in use'
  if (state === 'locked') return 'Not in your plan'
  const left = remaining === null ? '' : `${number(remaining)} ${unit} left`
  return resetsAt === null ? left : `Starts again on ${dayOf(resetsAt)}`
}

export const dayOf = (time: string | number, timeZone = 'UTC'): string =>
  new Date(time).toLocaleDateString('en-US', { month: 'long', day: 'numeric', timeZone })

export interface GateProps {
  decision: Decision
  label: string
  plan: string
  /** The level at which it stands in the page. */
  heading: 'h2' | 'h3'
  /** `overlay` lets what is behind be seen, out of reach; a card stands alone when left out. */
  shape?: 'overlay'
  /** What it does, for those who do not have it. */
  description: ComponentChildren
  /** What stands behind the gate; shown when it is open. */
  children: ComponentChildren
}

/**
 * Softgate's soft gate. Until its script runs, and without it, a card of TeamFlow's own stands in its place; it is the server
 * that decides which of the two sides is shown then.
 */
export const Gate = ({ decision, label, plan, heading, shape, description, children }: GateProps): JSX.Element =>
  h(
    'softgate-gate',
    { feature: decision.feature, label, plan, ...(shape && { shape }) } as HTMLAttributes,
    <div class={decision.allowed ? 'open' : 'open is-locked'}>{children}</div>,
    <div class={decision.allowed ? 'plain is-open' : 'plain'}>
      {h(heading, null, label)}
      <span class="tag">
        <Icon name="lock" />
        Comes with {plan}
      </span>
    </div>,
    <div slot="description" class={decision.allowed ? 'is-open' : ''}>
      {description}
    </div>,
    <a slot="ways" class={decision.allowed ? 'button is-quiet is-open' : 'button is-quiet'} href="/settings/plans">
      Compare plans
    </a>,
  )

/** Where Softgate shows its prompts, and its dialogs; `children` are what a modal says that the team has done. */
export const Prompts = ({ stripe, children }: { stripe?: string; children: ComponentChildren }): JSX.Element =>
  h('softgate-prompts', (stripe ? { 'stripe-url': stripe } : {}) as HTMLAttributes, children)

/** Where Softgate shows its nudges about a feature. */
export const Nudge = ({ feature }: { feature: string }): JSX.Element =>
  h('softgate-prompts', { placement: 'nudge', feature } as HTMLAttributes)

/** Softgate's inbox of requests; `children` stand in its place without its script. */
export const Requests = ({ children }: { children: ComponentChildren }): JSX.Element =>
  h('softgate-requests', null, children)

export interface SubscriptionProps {
  variant: 'summary' | 'invoices'
  children: ComponentChildren
}

/** What the account pays for, by Softgate; `children` stand in its place without its script. */
export const Subscription = ({ variant, children }: SubscriptionProps): JSX.Element =>
  h('softgate-subscription', { variant } as HTMLAttributes, children)
