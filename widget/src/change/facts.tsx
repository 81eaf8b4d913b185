import type { ComparedPlan } from '@softgate/sdk/contract'
import type { ComponentChildren, VNode } from 'preact'
import { client } from '../client.ts'
import { type Difference, differencesOf } from '../compare.ts'
import { number } from '../format.ts'
import { Icon } from '../icons.tsx'
import { words } from '../messages.ts'
import { grantWords, titleOf } from '../plan-words.ts'
import { changeEnglish } from './messages.ts'

export const tick = 'm3.5 8.5 3 3 6-7'
const dash = 'M4 8h8'
export const warning = 'M8 2.5 14.5 13.5H1.5zM8 6.5v3M8 11.5h.01'

const kinds: Record<string, string> = { [dash]: 'loss', [warning]: 'care' }

export const Fact = ({ path, children }: { path: string; children: ComponentChildren }): VNode => (
  <li class={kinds[path] ?? ''}>
    <Icon path={path} />
    <div>{children}</div>
  </li>
)

/** `Single sign-on`, `Automation runs: 10,000`. */
export function given(feature: string, grant: Difference['now']): string {
  return grant.kind === 'included' ? titleOf(feature) : `${titleOf(feature)}: ${grantWords(feature, grant)}`
}

/** What ends and what gets less, each with what is in use of it now. */
export function Losses({ now, next }: { now: ComparedPlan; next: ComparedPlan }): VNode {
  const say = words('change', changeEnglish)
  const line = ({ feature, now: before, next: after }: Difference): string => {
    if (after.kind === 'not_included') return `${say.ends(titleOf(feature))}.`
    const { used = null, resetsAt = null } = client.value?.check(feature) ?? {}
    const text = `${say.less(titleOf(feature), grantWords(feature, after), grantWords(feature, before).toLowerCase())}.`
    return used ? `${text} ${(resetsAt ? say.used : say.inUse)(number(used))}.` : text
  }
  const all = differencesOf(now, next)
  return (
    <ul class="facts">
      {all
        .filter(({ better }) => better !== true)
        .map((one) => (
          <Fact key={one.feature} path={dash}>
            {line(one)}
          </Fact>
        ))}
      {all
        .filter(({ better }) => better)
        .map(({ feature, next: after }) => (
          <Fact key={feature} path={tick}>
            {given(feature, after)}
          </Fact>
        ))}
      <Fact key="stays" path={tick}>
        {say.dataStays}
      </Fact>
    </ul>
  )
}

/** The two plans side by side: what there is now, and what comes with the other. */
export function SideBySide({ now, next }: { now: ComparedPlan; next: ComparedPlan }): VNode {
  const say = words('change', changeEnglish)
  const all = differencesOf(now, next)
  return (
    <div class="sides" part="compare">
      <section>
        <h3>{say.now(now.title)}</h3>
        <ul class="facts">
          {all
            .filter((one) => one.now.kind !== 'not_included')
            .map((one) => (
              <Fact key={one.feature} path={tick}>
                {given(one.feature, one.now)}
              </Fact>
            ))}
        </ul>
      </section>
      <section>
        <h3>{say.adds(next.title)}</h3>
        <ul class="facts">
          {all.map((one) => (
            <Fact key={one.feature} path={one.better === false ? dash : tick}>
              {one.next.kind === 'not_included' ? say.ends(titleOf(one.feature)) : given(one.feature, one.next)}
            </Fact>
          ))}
        </ul>
      </section>
    </div>
  )
}
