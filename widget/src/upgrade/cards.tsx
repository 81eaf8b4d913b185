import type { VNode } from 'preact'
import { brandOf } from '../brand.ts'
import { words } from '../messages.ts'
import { cardsEnglish } from './cards-messages.ts'
import type { CardsInput, Part } from './face.tsx'
import { upgradeEnglish } from './messages.ts'

const css = `.cards{border:1px solid var(--l);border-radius:var(--softgate-radius-card,12px);padding:4px 14px;min-width:0}
.cards label{font-weight:400;display:flex;gap:10px;align-items:center;min-height:42px;cursor:pointer}
.cards input{accent-color:var(--a);margin:3px;width:18px;height:18px}
.cards small{margin-inline-start:auto}
.cards label:has(:disabled){color:var(--m);cursor:default}
@media(max-width:760px){.cards label{min-height:44px}}`

const say = () => words('cards', cardsEnglish)

/** The account's saved cards, of which one pays, and the way to another. */
function Cards({ flow, name = 'card', declined = false, onOther }: CardsInput): VNode | null {
  const { cards = [] } = (declined ? flow.upgrade.value : flow.quote.value) ?? {}
  const chosen = flow.card.value
  const [present] = cards
  const pays = declined ? chosen : chosen || present?.id
  return (
    <div>
      <fieldset class="cards" part="cards">
        <legend class="vh">{say().legend}</legend>
        {cards.map((card) => (
          <label key={card.id}>
            <input
              type="radio"
              name={name}
              checked={card.id === pays && !card.declined}
              disabled={card.declined}
              onChange={() => flow.chooseCard(card.id)}
            />
            {words('upgrade', upgradeEnglish).card(brandOf(card), card.last4)}
            {card.declined && <small>{say().declined}</small>}
          </label>
        ))}
        {onOther && (
          <label>
            <input type="radio" name={name} checked={false} onChange={onOther} />
            {say().other}
          </label>
        )}
      </fieldset>
      {!declined && chosen && chosen !== present?.id && <small>{say().later}</small>}
    </div>
  )
}

/** For accounts with more than one card. */
export const part: Part = { css, Cards }
