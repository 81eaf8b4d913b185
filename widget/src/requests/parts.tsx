import type { AccessRequest } from '@softgate/sdk'
import type { VNode } from 'preact'
import { naming, spoken } from '../about.ts'
import { client } from '../client.ts'
import { day, time } from '../format.ts'
import { clock, close, Icon } from '../icons.tsx'
import { locale, words } from '../messages.ts'
import { requestsEnglish } from './messages.ts'

const check = 'm3 8.500 3.500 3.500L13 4.500'
const dayMs = 86_400_000

export const titleOf = (feature: string): string => naming(feature, '', '').title
export const nameOf = ({ user, name }: AccessRequest): string => name ?? spoken(user)
export const firstNameOf = (name: string): string => name.split(' ')[0] ?? name
export const listOf = (names: readonly string[]): string => new Intl.ListFormat(locale()).format(names)

/** `2 hours ago`, `yesterday`, `Monday`, `March 5`: as near as it is. */
export function ago(at: string, now: number): string {
  const since = now - Date.parse(at)
  const { timeZone } = client.value?.state.value?.account ?? {}
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' })
  if (since < 3_600_000) return relative.format(-Math.max(0, Math.round(since / 60_000)), 'minute')
  if (since < dayMs) return relative.format(-Math.floor(since / 3_600_000), 'hour')
  if (since < 2 * dayMs) return relative.format(-1, 'day')
  return since < 6 * dayMs ? new Date(at).toLocaleDateString(locale(), { weekday: 'long', timeZone }) : day(at, now)
}

/** `11:20 AM` of today, else the day. */
export const since = (at: string, now: number): string => (now - Date.parse(at) < dayMs / 2 ? time(at) : day(at, now))

/** Initials on a colour of one's own. */
export function Avatar({ name }: { name: string }): VNode {
  const initials = name.split(' ').map((word) => word.charAt(0))
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 0)
  return (
    <span class="av" style={{ '--h': String(hue) }} aria-hidden="true">
      {initials[0]}
      {initials.length > 1 && initials.at(-1)}
    </span>
  )
}

/** How a request stands, by its mark and in a word. */
export function Tag({ status, own }: { status: AccessRequest['status']; own: boolean }): VNode {
  const say = words('requests', requestsEnglish)
  const [path, label] = {
    open: [clock, say.waiting],
    granted: [check, own ? say.yours : say.statusGranted],
    declined: [close, say.statusDeclined],
    withdrawn: [close, say.statusWithdrawn],
  }[status]
  return (
    <span class={`tag ${status}`}>
      <Icon path={path ?? clock} />
      {label}
    </span>
  )
}

export const Done = (): VNode => (
  <span class="done">
    <Icon path={check} />
  </span>
)
