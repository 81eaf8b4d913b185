import { baseCss } from '../base-css.ts'
import { client } from '../client.ts'
import { defineElement } from '../element.ts'
import { nameOf, number } from '../format.ts'
import { Icon, lock } from '../icons.tsx'
import { words } from '../messages.ts'
import { gateCss } from './css.ts'
import { gateEnglish } from './messages.ts'
import { createGate } from './state.ts'

/**
 * `<softgate-gate feature="sso">`: shows what stands in it when the feature is allowed. When it is not, a card takes its
 * place that says what is so and leads on; a feature that is used up says its limit.
 *
 * Attributes and properties:
 * - `feature`, `quantity` (1): what is tried
 * - `label`, `units`: its name and the word for many, where the key says it badly
 * - `plan`: the title of the plan it comes with
 *
 * Slots: the default for what is locked; `description`, `preview` and `ways` (free ways out) for the card.
 *
 * Events: `softgate-result` after the prompt, `{detail: GateResult}`; it bubbles.
 *
 * Parts: `card`, `title`, `plan`, `action`. Custom properties: see `base-css.ts`.
 */
export const defineGate = (): void =>
  defineElement({
    tag: 'softgate-gate',
    css: baseCss + gateCss,
    props: { feature: '', quantity: 1, label: '', units: '', plan: '' },
    setup(host, { feature, quantity, label, units, plan }) {
      const { decision, buyer, asked, attempt } = createGate({ softgate: client, feature, quantity })
      const act = async (): Promise<void> => {
        const detail = await attempt()
        host.dispatchEvent(new CustomEvent('softgate-result', { detail, bubbles: true, composed: true }))
      }
      return {
        view() {
          if (!decision.value) return null
          const { allowed, limit, resetsAt } = decision.value
          if (allowed) return <slot />
          const say = words('gate', gateEnglish)
          const full = limit !== null
          return (
            <section class={full ? 'card limit' : 'card'} part="card">
              <div class="row">
                <b part="title">
                  {full
                    ? say.full(number(limit), units.value || feature.value, resetsAt !== null)
                    : label.value || nameOf(feature.value)}
                </b>
                {!full && (
                  <span class="tag" part="plan">
                    <Icon path={lock} />
                    {say.comesWith(plan.value)}
                  </span>
                )}
              </div>
              <slot name="description" />
              <slot name="preview" />
              <div class="row">
                {asked.value ? (
                  <span role="status">{say.asked}</span>
                ) : (
                  <button type="button" class="main" part="action" onClick={act}>
                    {buyer.value ? (full ? say.more : say.buy) : say.ask}
                  </button>
                )}
                <slot name="ways" />
              </div>
            </section>
          )
        },
      }
    },
  })
