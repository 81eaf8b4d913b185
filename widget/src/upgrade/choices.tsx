import type { VNode } from 'preact'
import { money } from '../format.ts'
import { words } from '../messages.ts'
import { Pick, pickCss } from '../pick.tsx'
import { choicesEnglish } from './choices-messages.ts'
import type { Part, PromotionInput } from './face.tsx'
import type { UpgradeFlow } from './model.ts'

const css = `${pickCss}
.code{display:flex;gap:8px;margin-top:6px}
.code input{flex:1;min-width:0}
summary{list-style:none;display:inline-flex;align-items:center;cursor:pointer;font-weight:500}
summary::-webkit-details-marker{display:none}
.code .field{margin:0}
dialog .pick{width:auto}
@media(max-width:760px){.code input{min-height:44px;font-size:16px}}`

const say = () => words('choices', choicesEnglish)

/** By the month or by the year, where an account has the choice. */
function Intervals({ flow }: { flow: UpgradeFlow }): VNode | null {
  const [offer, sibling] = [flow.offer.value, flow.sibling.value]
  if (!offer || !sibling) return null
  const [month, year] = offer.interval === 'month' ? [offer, sibling] : [sibling, offer]
  const saved = (month.price.amount * 12 - year.price.amount) * flow.quantity.value
  const exact = saved > 0 && !month.tiers && !year.tiers
  return (
    <div class="row">
      <div>
        <span class="label">{say().pay}</span>
        {exact && (
          <>
            <br />
            <small>{say().saves(money({ ...month.price, amount: saved }))}</small>
          </>
        )}
      </div>
      <Pick
        label={say().pay}
        choices={[month, year].map(({ interval }) => [interval, say().interval(interval)] as const)}
        value={offer.interval}
        onPick={flow.switchInterval}
      />
    </div>
  )
}

/** A promotion code: folded away until somebody has one. Its one button stays where the focus is. */
function Promotion({ flow, id, settled }: PromotionInput): VNode {
  const [code, refused] = [flow.promotion.value, flow.refusedCode.value]
  const onRedeem = (): void => flow.redeem(code ? '' : flow.code.peek())
  return (
    <details part="promotion">
      <summary class="link">{say().addCode}</summary>
      <label for={id}>{say().code}</label>
      <div class="code">
        <input
          id={id}
          class="field"
          autocomplete="off"
          spellcheck={false}
          readOnly={code !== ''}
          aria-invalid={refused !== ''}
          aria-describedby={`${id}e`}
          value={flow.code.value}
          onInput={({ currentTarget }) => {
            flow.code.value = currentTarget.value
          }}
          onKeyDown={({ key }) => key === 'Enter' && onRedeem()}
        />
        <button type="button" class="plain" onClick={onRedeem}>
          {code ? say().remove : say().redeem}
        </button>
      </div>
      <small id={`${id}e`} role="status">
        {code && settled ? say().applied(code) : refused && say().refused(refused)}
      </small>
    </details>
  )
}

/** What can be chosen beside how many. */
export const part: Part = { css, Intervals, Promotion }
