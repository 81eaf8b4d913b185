export const initialsOf = (name: string): string =>
  name
    .split(/[\s@.]+/)
    .slice(0, 2)
    .map((word) => word[0] ?? '')
    .join('')
    .toUpperCase()

/** One of eight colours, the same for a name wherever it stands; these two numbers give Acme's five people five colours. */
export function colorOf(name: string): number {
  let sum = 378
  for (const letter of name) sum = (sum * 26 + (letter.codePointAt(0) ?? 0)) % 9_973
  return sum % 8
}

/** `maya@acme.example` is shown as the person will be called until they say otherwise. */
export const nameFrom = (email: string): string =>
  (email.split('@')[0] ?? email)
    .split(/[._-]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')

export const plural = (count: number, one: string, other: string): string => `${count} ${count === 1 ? one : other}`

/** `Maya, Jonas and Nina`. */
export const listOf = (names: string[]): string => new Intl.ListFormat('en', { type: 'conjunction' }).format(names)

const day = 86_400_000

/** A due day in words, against the day `now` lies in. */
export function dueWords(due: string, now: number): string {
  const days = Math.round((Date.parse(due) - Math.floor(now / day) * day) / day)
  if (days === 0) return 'Today'
  if (days === 1) return 'Tomorrow'
  if (days === -1) return 'Yesterday'
  return new Date(due).toLocaleDateString('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' })
}

export function agoWords(at: number, now: number): string {
  const hours = Math.floor((now - at) / 3_600_000)
  if (hours < 1) return 'Just now'
  if (hours < 24) return plural(hours, 'hour ago', 'hours ago')
  return plural(Math.floor(hours / 24), 'day ago', 'days ago')
}
