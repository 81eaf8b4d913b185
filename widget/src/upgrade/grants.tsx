import { type Signal, signal } from '@preact/signals-core'
import type { Softgate } from '@softgate/sdk'
import type { PlansAnswer } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { Fact, given, tick } from '../change/facts.tsx'
import { changeEnglish } from '../change/messages.ts'
import { differencesOf } from '../compare.ts'
import { words } from '../messages.ts'
import type { FaceInput, Part } from './face.tsx'

const css = `.grants{display:grid;gap:8px}
.grants ul{gap:6px;font-size:var(--sm)}`

/** A first plan is told by so much; all of it stands in the comparison of plans. */
const most = 5

const known = new WeakMap<Softgate, Signal<PlansAnswer | null>>()

/** The plans as this client sees them; null until they are there. */
function plansOf(softgate: Softgate): PlansAnswer | null {
  const asked = known.get(softgate)
  if (asked) return asked.value
  const plans = signal<PlansAnswer | null>(null)
  known.set(softgate, plans)
  softgate.send('GET /v1/plans').then(
    (answer) => {
      plans.value = answer
    },
    () => known.delete(softgate),
  )
  return plans.value
}

/** What an account gets with its first plan. */
function Grants({ flow, softgate }: Pick<FaceInput, 'flow' | 'softgate'>): VNode | null {
  const [id] = flow.offer.value?.id.split('.') ?? []
  const { plans = [] } = plansOf(softgate) ?? {}
  const next = plans.find(({ offers }) => offers.some((offer) => offer.id === id))
  if (!next) return null
  const now = plans.find(({ present }) => present) ?? { ...next, grants: {} }
  const gains = differencesOf(now, next).filter(({ better }) => better !== false)
  return gains.length === 0 ? null : (
    <div class="grants" part="grants">
      <span class="label">{words('change', changeEnglish).adds(next.title)}</span>
      <ul>
        {gains.slice(0, most).map((one) => (
          <Fact key={one.feature} path={tick}>
            {given(one.feature, one.next)}
          </Fact>
        ))}
      </ul>
    </div>
  )
}

/** For an account that buys its first plan. */
export const part: Part = { css, Grants }
