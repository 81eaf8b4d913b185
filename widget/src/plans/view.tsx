import type { ComparedPlan, Interval, PlansAnswer } from '@softgate/sdk/contract'
import type { VNode } from 'preact'
import { client } from '../client.ts'
import { day, number } from '../format.ts'
import { Icon } from '../icons.tsx'
import { locale, words } from '../messages.ts'
import { Pick } from '../pick.tsx'
import { grantWords, plansEnglish, titleOf } from '../plan-words.ts'
import { showOffer } from '../show-offer.ts'
import { Addons } from './addons.tsx'
import { Price, UnitPrices } from './prices.tsx'
import { savingOf } from './saving.ts'
import type { Plans } from './state.ts'

const check = 'm3.5 8.5 3 3 6-7'
const listOf = (names: readonly string[]): string => new Intl.ListFormat(locale()).format(names)
const firstOf = (name: string): string => name.split(' ')[0] ?? name

export interface PlansViewInput {
  plans: Plans
  answer: PlansAnswer
  now: number
  /** The key of the plan beside the own one where there is room for two. */
  picked: string
  onPick(key: string): void
}

/** The table of plans, with what people asked for above it. */
export function PlansView({ plans, answer, now, picked, onPick }: PlansViewInput): VNode {
  const say = words('plans', plansEnglish)
  const state = client.value?.state.value
  const present = answer.plans.find((plan) => plan.present)
  const covering = answer.covering !== present?.key ? answer.covering : null
  const others = answer.plans.filter((plan) => plan !== present)
  const beside = others.find(({ key }) => key === (picked || covering)) ?? nextOf(answer) ?? others[0]
  const classOf = (plan: ComparedPlan): string =>
    `${plan.key === covering ? 'fit ' : ''}${plan === present || plan === beside ? '' : 'aside'}`
  const kindOf = (key: string) => client.value?.check(key).kind
  // What no plan has comes with an add-on.
  const keys = Object.keys(state?.about ?? {}).filter((key) =>
    answer.plans.some(({ grants }) => grants[key] && grants[key].kind !== 'not_included'),
  )
  const groups = [
    [say.use, keys.filter((key) => kindOf(key) === 'metered')],
    [say.can, keys.filter((key) => kindOf(key) !== 'metered')],
  ] as const
  const priced = answer.plans.some(({ prices }) => prices.length > 0)
  const sold = answer.plans.some(({ prices }) => prices.some(({ interval }) => interval === 'year'))
  return (
    <>
      {sold && (
        <div class="top">
          <Pick
            label={say.pay}
            choices={[
              ['month', say.month],
              ['year', yearWords(answer)],
            ]}
            value={plans.interval.value}
            onPick={plans.show}
          />
        </div>
      )}
      {plans.asked.value.size > 0 && <Asked plans={plans} answer={answer} />}
      <label class="with">
        {say.compareWith(present?.title ?? '')}
        <select value={beside?.key} onChange={(event) => onPick(event.currentTarget.value)}>
          {others.map(({ key, title }) => (
            <option key={key} value={key} selected={key === beside?.key}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <table part="table">
        <caption class="vh">{say.compared}</caption>
        <thead>
          <tr>
            <td />
            {answer.plans.map((plan) => (
              <th key={plan.key} scope="col" class={classOf(plan)} part="plan">
                <span class="name">{plan.title}</span>
                <Price plan={plan} plans={plans} />
                <Way plan={plan} plans={plans} main={plan.key === covering} now={now} />
              </th>
            ))}
          </tr>
        </thead>
        {groups
          .filter(([, features]) => features.length > 0)
          .map(([title, features]) => (
            <tbody key={title}>
              <tr class="group">
                <th scope="rowgroup">{title}</th>
                {answer.plans.map((plan) => (
                  <td key={plan.key} class={classOf(plan)} />
                ))}
              </tr>
              {title === say.use && <UnitPrices answer={answer} interval={plans.interval.value} classOf={classOf} />}
              {features.map((key) => (
                <tr key={key}>
                  <th scope="row">
                    {titleOf(key)} <Beside feature={key} asked={plans.asked.value.get(key)?.length ?? 0} />
                  </th>
                  {answer.plans.map((plan) => (
                    <td key={plan.key} class={classOf(plan)}>
                      <Given feature={key} plan={plan} interval={plans.interval.value} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          ))}
      </table>
      {priced && <small>{plans.buyer.value && !state?.asksVendor ? say.note : say.beforeTax}</small>}
      <Addons />
    </>
  )
}

/** The interval, with what all plans save by it, or the one that saves most. */
function yearWords(answer: PlansAnswer): string {
  const say = words('plans', plansEnglish)
  const { share, all } = savingOf(answer)
  if (share === 0) return say.year
  return (all ? say.yearLess : say.yearUpTo)((share / 100).toLocaleString(locale(), { style: 'percent' }))
}

const nextOf = ({ plans }: PlansAnswer): ComparedPlan | undefined =>
  plans[plans.findIndex(({ present }) => present) + 1]

/** What people asked for, and the smallest plan that has all of it. */
function Asked({ plans, answer }: Compared): VNode {
  const say = words('plans', plansEnglish)
  const what = listOf([...plans.asked.value.keys()].map((key) => titleOf(key).toLocaleLowerCase()))
  const plan = answer.plans.find(({ key }) => key === answer.covering)
  return (
    <div class="note" part="asked">
      <p>
        <b>{say.asked(what, plans.buyer.value)}</b> {plan && say.covers(plan.title, plan.present)}
      </p>
      <slot name="requests" />
    </div>
  )
}
interface Compared {
  plans: Plans
  answer: PlansAnswer
}

const Beside = ({ feature, asked }: { feature: string; asked: number }): VNode => {
  const say = words('plans', plansEnglish)
  const { used = null } = client.value?.check(feature) ?? {}
  return (
    <>
      {used !== null && <span class="muted">({number(used)})</span>}
      {asked > 0 && <span class="tag">{say.count(asked)}</span>}
    </>
  )
}

function Given({ feature, plan, interval }: { feature: string; plan: ComparedPlan; interval: Interval }): VNode {
  const grant = plan.grants[feature]
  // Without a subscription it is counted by the month; how often an agreement is billed is not known.
  const text = grantWords(feature, grant, plan.free ? 'month' : plan.prices.length > 0 ? interval : null)
  if (grant?.kind === 'included')
    return (
      <span class="yes">
        <Icon path={check} />
        <span class="vh">{text}</span>
      </span>
    )
  if (!grant || grant.kind === 'not_included')
    return (
      <span class="muted">
        –<span class="vh">{text}</span>
      </span>
    )
  return <>{text}</>
}

interface WayInput {
  plan: ComparedPlan
  plans: Plans
  main: boolean
  now: number
}

/** What can be done about a plan. */
function Way({ plan, plans, main, now }: WayInput): VNode | null {
  const say = words('plans', plansEnglish)
  const way = plans.wayOf(plan)
  const { title } = plan
  const button = (label: string, onClick: (() => void) | null): VNode => (
    <button
      type="button"
      class={main ? 'main' : 'plain'}
      part="action"
      aria-disabled={!onClick}
      onClick={() => onClick?.()}
    >
      {label}
      {!label.includes(title) && <span class="vh"> {say.of(title)}</span>}
    </button>
  )
  const ask = (feature: string): VNode => {
    const { admins = [], asksVendor } = client.value?.state.value ?? {}
    const label = asksVendor ? say.askVendor : say.ask(listOf(admins.map(firstOf)))
    return button(label, () => void client.peek()?.gate(feature))
  }
  // A first subscription is a purchase and needs a title; every other change says itself what it is.
  const heading = plans.answer.value?.interval ? {} : { title: say.forTeam(title) }
  const open = (offer: string) => () => void showOffer(offer, heading)
  switch (way.kind) {
    case 'yours':
      return button(say.yours, null)
    case 'keep':
      return (
        <>
          <span class="tag">{say.ends(day(way.at, now))}</span>
          {way.offer && button(say.keep(title), open(way.offer))}
        </>
      )
    case 'coming':
      return <span class="tag">{say.comes(day(way.at, now))}</span>
    case 'up':
      return button(say.price, open(way.offer))
    case 'down':
      return button(say.goTo(title), open(way.offer))
    case 'interval':
      return button(plans.interval.value === 'year' ? say.payYear : say.payMonth, open(way.offer))
    case 'asked':
      return button(say.waiting, null)
    case 'ask':
      return ask(way.feature)
    case 'talk':
      return (
        <div class="talk">
          <slot name={plan.key}>{way.feature && ask(way.feature)}</slot>
        </div>
      )
    default:
      return null
  }
}
