import type { AccessRequest, ComparedPlan, Interval, PlansAnswer, State } from '@softgate/sdk/contract'
import type { Hono } from 'hono'
import config from '../../softgate.config.ts'
import { mayBuy } from '../model.ts'
import type { SignedIn } from '../session.ts'
import { Plans, type PlansProps } from '../views/plans.tsx'
import { type Deps, page } from './context.ts'

export function planPages(app: Hono<SignedIn>, { about, ...deps }: Deps): void {
  app.get('/settings/plans', async (c) => {
    const session = c.get('session')
    const requests = (await about.requests(session)).filter(({ status }) => status === 'open')
    const asked = [...new Set(requests.map(({ feature }) => feature))]
    const [answer, state] = await Promise.all([about.plans(session, asked), about.state(session)])
    const interval = intervalOf(c.req.query('interval'), answer)
    const props: PlansProps = {
      ...(answer ?? fromCatalog),
      interval,
      paid: answer?.interval ?? null,
      features: config.features,
      decisions: state?.features ?? {},
      account: session.account.name,
      buyer: mayBuy(session.person),
      admins: state?.admins ?? [],
      requests: countsOf(requests),
      wishes: wishesOf(state, requests),
      pending: state?.pending ?? null,
      timeZone: state?.account.timeZone ?? 'UTC',
      picked: c.req.query('with') ?? null,
    }
    return page(
      c,
      { about, ...deps },
      {
        title: 'Plans',
        under: { title: 'Settings', href: '/settings/members' },
        children: <Plans {...props} />,
      },
    )
  })
}

const intervalOf = (wanted: string | undefined, answer: PlansAnswer | null): Interval =>
  wanted === 'year' || wanted === 'month' ? wanted : (answer?.interval ?? 'month')

const countsOf = (requests: AccessRequest[]): Map<string, AccessRequest[]> => {
  const counts = new Map<string, AccessRequest[]>()
  for (const request of requests) counts.set(request.feature, [...(counts.get(request.feature) ?? []), request])
  return counts
}

/** By plan, the feature that a member who cannot buy would ask for: one that comes with it, and was not asked for if there is one. */
function wishesOf(state: State | null, requests: AccessRequest[]): Map<string, { feature: string; asked: boolean }> {
  const wishes = new Map<string, { feature: string; asked: boolean }>()
  for (const [feature, { comesWith }] of Object.entries(state?.about ?? {})) {
    if (!comesWith || state?.features[feature]?.allowed) continue
    const asked = requests.some((request) => request.feature === feature)
    const known = wishes.get(comesWith.key)
    if (!known || asked) wishes.set(comesWith.key, { feature, asked })
  }
  return wishes
}

/** The plans as TeamFlow itself knows them, for when Softgate does not answer: to read, not to choose. */
const fromCatalog: Pick<PlansAnswer, 'plans' | 'covering'> = {
  covering: null,
  plans: Object.entries(config.plans).map(
    ([key, { title, prices = [], grants }]): ComparedPlan => ({
      key,
      title,
      free: key === config.defaultPlan,
      prices: prices.flatMap(({ interval, unitAmount: amount, currency }) => {
        const price = { amount: amount ?? 0, currency }
        return amount === undefined ? [] : [{ interval, price, unit: 'seat', units: 1, total: price }]
      }),
      grants: Object.fromEntries(
        Object.keys(config.features).map((feature) => {
          const grant = grants[feature]
          if (grant === undefined) return [feature, { kind: 'not_included' }]
          if (grant === true) return [feature, { kind: 'included' }]
          if (typeof grant === 'number') return [feature, { kind: 'limit', limit: grant }]
          return [feature, typeof grant === 'object' ? { kind: 'value', value: grant.value } : { kind: grant }]
        }),
      ),
      present: false,
      pendingAt: null,
      offers: [],
    }),
  ),
}
