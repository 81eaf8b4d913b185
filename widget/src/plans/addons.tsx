import type { Offer, State } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { client } from '../client.ts'
import { words } from '../messages.ts'
import { plansEnglish, priceWords } from '../plan-words.ts'
import { showOffer } from '../show-offer.ts'

/** What is sold beside a plan, by its title: the way to have it, or more of it, and the way to have less. */
function addonsOf({ offers }: State): Map<string, { add?: Offer; remove?: Offer }> {
  const found = new Map<string, { add?: Offer; remove?: Offer }>()
  for (const offer of offers)
    if (offer.unit === null && (offer.kind === 'add' || offer.kind === 'remove'))
      found.set(offer.title, { ...found.get(offer.title), [offer.kind]: offer })
  return found
}

/** Each add-on with what it does, its price, and one button a way. */
export function Addons(): VNode | null {
  const state = client.value?.state.value
  const addons = state ? [...addonsOf(state)] : []
  if (!state || addons.length === 0) return null
  const say = words('plans', plansEnglish)
  const about = (title: string): string =>
    Object.values(state.about)
      .filter(({ comesWith }) => comesWith?.title === title)
      .map(({ description }) => description)
      .join(' ')
  return (
    <section class="addons" part="addons" aria-labelledby="addons">
      <h2 id="addons">{say.addons}</h2>
      <ul>
        {addons.map(([title, { add, remove }]) => {
          const offer = add ?? remove
          return (
            <li key={title}>
              <div>
                <b>{title}</b>
                <p class="muted">{about(title)}</p>
              </div>
              {offer && <span>{say.addonPrice(priceWords(offer.price), offer.interval)}</span>}
              {remove && (
                <button type="button" class="plain" onClick={() => void showOffer(remove.id)}>
                  {say.removeAddon(title)}
                </button>
              )}
              {add && (
                <button
                  type="button"
                  class="plain"
                  onClick={() => void showOffer(add.id, { title: say.addAddon(title), body: about(title) })}
                >
                  {say.addAddon(title)}
                </button>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
