import { signal } from '@preact/signals-core'
import type { VNode } from 'preact'
import type { Naming } from '../about.ts'
import { number } from '../format.ts'
import { words } from '../messages.ts'
import { noMeter } from '../meter/state.ts'
import { MeterView } from '../meter/view.tsx'
import { adopt } from '../sheet.ts'
import { shapesCss } from './shapes-css.ts'
import { shapesEnglish } from './shapes-messages.ts'
import { createTip } from './tip.tsx'
import { GateCard, type GateCardInput } from './view.tsx'

/** The gates that are no plain card; they load where one is used. */
export interface Shapes {
  control(input: GateCardInput): VNode
  overlay(input: GateCardInput): VNode
  progress(input: ProgressInput): VNode
}

export interface ProgressInput {
  name: Naming
  done: number
  after: number
}

export function createShapes(host: HTMLElement): Shapes {
  if (host.shadowRoot) adopt(host.shadowRoot, shapesCss)
  const looking = signal(false)
  return {
    control: createTip(),
    /** Over what is locked, which is seen but out of reach; the card can be put aside for a look. */
    overlay(input) {
      const say = words('shapes', shapesEnglish)
      const look = (
        <button type="button" key="look" class="link" onClick={() => (looking.value = !looking.value)}>
          {looking.value ? say.back : say.look}
        </button>
      )
      return (
        <div class={looking.value ? 'over looking' : 'over'}>
          <div inert aria-hidden="true">
            <slot />
          </div>
          {looking.value ? look : GateCard({ ...input, extra: look })}
        </div>
      )
    },
    /** A feature of the plan that opens by use: how far it is, in place of a lock. */
    progress({ name, done, after }) {
      const say = words('shapes', shapesEnglish)
      const units = name.units(after)
      return (
        <section class="card" part="card" aria-label={name.title}>
          <div class="body">
            <div class="row">
              <b part="title">{name.title}</b>
              <span class="tag still">{say.opensAfter(number(after), units)}</span>
            </div>
            <slot name="description">{name.description && <p class="muted">{name.description}</p>}</slot>
            <MeterView
              meter={{ ...noMeter, state: 'ok', used: done, limit: after, fill: done / after }}
              name={units.charAt(0).toUpperCase() + units.slice(1)}
              units={units}
              variant="bar"
              action={null}
              now={0}
              onAction={() => {}}
            />
            <div class="row">
              <span class="muted">{say.toGo(number(after - done))}</span>
              <slot name="ways" />
            </div>
          </div>
        </section>
      )
    },
  }
}
