import type { ComparedPlan, Interval, PlansAnswer } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { client } from '../client.ts'
import { money } from '../format.ts'
import { words } from '../messages.ts'
import { plansEnglish, priceWords, tierWords } from '../plan-words.ts'
import type { Plans } from './state.ts'

interface UnitPricesInput {
  answer: PlansAnswer
  interval: Interval
  classOf(plan: ComparedPlan): string
}

/** A row that says what each unit costs, where that depends on how many there are. */
export function UnitPrices({ answer, interval, classOf }: UnitPricesInput): VNode | null {
  const prices = answer.plans.flatMap((plan) => plan.prices.filter((price) => price.interval === interval))
  const { unit } = prices.find(({ tiers }) => tiers) ?? {}
  if (unit === undefined) return null
  return (
    <tr>
      <th scope="row">{words('plans', plansEnglish).priceOf(unit ?? 'unit')}</th>
      {answer.plans.map((plan) => (
        <td key={plan.key} class={classOf(plan)}>
          {plan.prices
            .filter((price) => price.interval === interval)
            .flatMap(tierWords)
            .map((line) => (
              <div key={line}>{line}</div>
            ))}
        </td>
      ))}
    </tr>
  )
}

/** `$0`, as the plan's own title may say that it is free; in words where there is no currency to say it in. */
function nothing({ answer }: Plans): string {
  const [priced] = (answer.value?.plans ?? []).flatMap(({ prices }) => prices)
  return priced ? priceWords({ amount: 0, currency: priced.price.currency }) : words('plans', plansEnglish).free
}

/** What a plan costs: a unit, and all of this account's. */
export function Price({ plan, plans }: { plan: ComparedPlan; plans: Plans }): VNode {
  const say = words('plans', plansEnglish)
  const interval = plans.interval.value
  const found = plan.prices.find((price) => price.interval === interval)
  if (!found)
    return (
      <>
        <span class="price">{plan.free ? nothing(plans) : say.agreement}</span>
        <span class="per" />
      </>
    )
  const account = client.value?.state.value?.account.name
  return (
    <>
      <span class="price">
        <bdi>{found.tiers ? say.from(priceWords(found.price)) : priceWords(found.price)}</bdi>
      </span>
      <span class="muted per">
        {say.each(found.unit, interval)}
        {plans.buyer.value && account && <div>{say.forAccount(money(found.total), account)}</div>}
      </span>
    </>
  )
}
