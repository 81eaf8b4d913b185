import { effect, signal } from '@preact/signals-core'
import { naming } from '../about.ts'
import { client } from '../client.ts'
import { type Body, emit } from '../element.ts'
import { locale } from '../messages.ts'
import { meterCss } from '../meter/css.ts'
import { adopt } from '../sheet.ts'
import { gateCss } from './css.ts'
import type { GateProps } from './element.tsx'
import type { Looks } from './look.ts'
import type { Shapes } from './shapes.tsx'
import { createGate } from './state.ts'
import { GateCard } from './view.tsx'

/** `Priya and Tom`: who is meant, by their first names; empty where that would be a long list. */
const someOf = (names: readonly string[]): string =>
  names.length > 3 ? '' : new Intl.ListFormat(locale()).format(names.map((name) => name.split(' ')[0] ?? name))

/** What `<softgate-gate>` becomes when it is shut. */
export function createLock(host: HTMLElement, props: GateProps): Body {
  if (host.shadowRoot) adopt(host.shadowRoot, meterCss + gateCss)
  const { feature, quantity, shape, label, units, plan, after, done } = props
  const gate = createGate({ softgate: client, feature, quantity })
  const shapes = signal<Shapes | null>(null)
  const stop = effect(() => {
    if (shapes.value || (shape.value === 'card' && !after.value)) return
    // Without it, a gate is a plain card.
    import('./shapes.tsx').then(
      ({ createShapes }) => {
        shapes.value = createShapes(host)
      },
      () => {},
    )
  })
  let gone = false
  const looks = signal<Looks | null>(null)
  import('./look.ts').then(
    ({ createLooks }) => {
      if (!gone) looks.value = createLooks(host, gate)
    },
    () => {},
  )
  const onAct = async (): Promise<void> => void emit(host, 'softgate-result', await gate.attempt())
  return {
    dispose() {
      gone = true
      stop()
      looks.value?.dispose()
      gate.dispose()
    },
    view() {
      const { allowed, limit = null, resetsAt = null } = gate.decision.value ?? {}
      const name = naming(feature.value, label.value, units.value, plan.value)
      const drawn = shapes.value
      if (allowed) return drawn?.progress({ name, done: done.value, after: after.value })
      const input = {
        name,
        limit,
        waits: resetsAt !== null,
        quantity: quantity.value,
        buyer: gate.buyer.value,
        vendor: gate.vendor.value,
        asked: gate.asked.value,
        failed: gate.failed.value,
        admins: someOf(gate.admins.value),
        offer: gate.offer.value,
        exact: looks.value?.sentence(name) ?? '',
        onAct,
      }
      return (drawn?.[shape.value as 'overlay'] ?? GateCard)(input)
    },
  }
}
