/** One parsed form value: text, or members by name (an array's members are named 0, 1, 2…). */
export type Raw = string | RawObject

/** Members of a nested form value. Without prototype: names come from outside. */
export interface RawObject {
  [key: string]: Raw
}

const emptyObject = (): RawObject => Object.create(null) as RawObject

/**
 * Reads `a=1&b[c]=2&d[0][e]=3&f[]=4`, the encoding of Stripe's v1 API, into nested members.
 * A later value of the same name replaces an earlier one, as on Stripe.
 */
export function parseForm(text: string): RawObject {
  const root = emptyObject()
  for (const [name, value] of new URLSearchParams(text)) place(root, toPath(name), value)
  return root
}

function toPath(name: string): string[] {
  const open = name.indexOf('[')
  if (open <= 0) return [name]
  const inner = name.slice(open).match(/\[[^\]]*\]/g) ?? []
  return [name.slice(0, open), ...inner.map((part) => part.slice(1, -1))]
}

function place(root: RawObject, path: readonly string[], value: string): void {
  let here = root
  path.forEach((part, index) => {
    const key = part === '' ? String(Object.keys(here).length) : part
    if (index === path.length - 1) {
      here[key] = value
      return
    }
    const next = here[key]
    const child = typeof next === 'object' ? next : emptyObject()
    here[key] = child
    here = child
  })
}

/** The same text for the same parameters in any order: what an idempotency key is bound to. */
export function canonical(value: Raw): string {
  if (typeof value === 'string') return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? '')}`)
  return `{${members.join(',')}}`
}
