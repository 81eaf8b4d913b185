import type { Decision, UsageAnswer } from '@softgate/sdk/contract'
import type { Hono } from 'hono'
import config from '../../softgate.config.ts'
import { mayBuy, type Session } from '../model.ts'
import type { SignedIn } from '../session.ts'
import type { ChartProps } from '../views/chart.tsx'
import { dayOf } from '../views/parts.tsx'
import { Usage } from '../views/usage.tsx'
import { type Deps, page } from './context.ts'

const metered = Object.entries(config.features).flatMap(([key, feature]) =>
  feature.kind === 'metered' ? [{ key, title: feature.title, unit: feature.unit.other }] : [],
)
/** How far back the level of seats is drawn. */
const seatDays = 90

export function usagePages(app: Hono<SignedIn>, deps: Deps): void {
  const { store, permissions, about } = deps

  app.get('/settings/usage', async (c) => {
    const session = c.get('session')
    const [id, user] = [session.account.id, session.person.id]
    const [meters, state] = await Promise.all([
      Promise.all(metered.map(async (one) => ({ ...one, decision: await permissions.check(id, one.key, 1, user) }))),
      about.state(session),
    ])
    const timeZone = state?.account.timeZone ?? 'UTC'
    const charts = await chartsOf(deps, session, { meters, timeZone })
    const props = {
      meters,
      charts,
      plan: state?.account.plan.title ?? null,
      buyer: mayBuy(session.person),
      exports: store.boards.exports(id),
      timeZone,
    }
    return page(c, deps, {
      title: 'Usage',
      under: { title: 'Settings', href: '/settings/members' },
      children: <Usage {...props} />,
    })
  })
}

interface ChartsInput {
  meters: { key: string; decision: Decision }[]
  timeZone: string
}

async function chartsOf({ about }: Deps, session: Session, { meters, timeZone }: ChartsInput): Promise<ChartProps[]> {
  const decisionOf = (key: string) => meters.find((one) => one.key === key)?.decision
  const [runs, calls, seats] = await Promise.all([
    about.usage(session, 'automations', 31),
    about.usage(session, 'api_calls', 31),
    about.usage(session, 'seats', seatDays),
  ])
  const [automations, level] = [decisionOf('automations'), decisionOf('seats')]
  const charts = [
    runs && automations && monthChart({ title: 'Automation runs', days: runs, decision: automations, timeZone }),
    calls && monthChart({ title: 'API calls', days: calls, decision: null, timeZone }),
  ].filter((chart) => chart !== null && chart !== undefined)
  const known =
    seats?.slice(
      Math.max(
        0,
        seats.findIndex(({ used }) => used > 0),
      ),
    ) ?? []
  if (level && known.length > 1) charts.push(seatsChart(known, level))
  return charts
}

const dayMs = 86_400_000
/** A day of a calendar, `2027-03-12`, as a number to draw with. */
const numberOf = (date: string): number => Date.parse(date) / dayMs
const figure = (value: number): string => value.toLocaleString('en-US')
const wordsOf = (date: string): string => dayOf(date)

interface MonthInput {
  title: string
  days: UsageAnswer['days']
  /** Of what starts again with the month; null where the limit is another period's. */
  decision: Decision | null
  timeZone: string
}

/** The use of this month added up, with where it leads if it goes on like this; null where there is none. */
function monthChart({ title, days, decision, timeZone }: MonthInput): ChartProps | null {
  const { limit = null, forecast } = decision ?? {}
  const today = days.at(-1)?.date ?? ''
  const month = today.slice(0, 7)
  const first = `${month}-01`
  const end = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).toISOString().slice(0, 10)
  let sum = 0
  const rows = days
    .filter(({ date }) => date.startsWith(month))
    .map(({ date, used }) => {
      sum += used
      return { date, used: sum }
    })
  if (sum === 0) return null
  const full = forecast && limit !== null ? { date: dateIn(forecast.at, timeZone), limit } : null
  const soon = full && full.date <= end ? full : null
  const rate = Math.round(sum / Math.max(1, rows.length))
  const pace = soon ? ` At this rate the ${figure(soon.limit)} of this month are full on ${wordsOf(soon.date)}.` : ''
  return {
    id: `${title.replace(' ', '-').toLowerCase()}-chart`,
    title: `${title} in ${new Date(first).toLocaleDateString('en-US', { month: 'long', timeZone: 'UTC' })}`,
    sentence: `${figure(sum)} by ${wordsOf(today)}, ${figure(rate)} a day.${pace}`,
    points: rows.map(({ date, used }) => ({ x: numberOf(date), y: used })),
    from: { x: numberOf(first), words: wordsOf(first) },
    to: { x: numberOf(end), words: wordsOf(end) },
    limit,
    ahead: soon && { point: { x: numberOf(soon.date), y: soon.limit }, words: `Full on ${wordsOf(soon.date)}` },
    table: { head: ['Day', 'So far'], rows: rows.map(({ date, used }) => [wordsOf(date), used]) },
  }
}

/** How many seats were taken at the end of each day. */
function seatsChart(known: UsageAnswer['days'], { limit }: Decision): ChartProps {
  const [first, last] = [known[0], known.at(-1)]
  const changes = known.filter(({ used }, index) => used !== known[index - 1]?.used)
  const since = changes.at(-1)?.date
  const all = limit !== null && last && last.used >= limit ? `All ${limit} in use` : `${last?.used ?? 0} in use`
  return {
    id: 'seats-chart',
    title: 'Seats taken',
    sentence:
      first?.used === last?.used
        ? `${all} since ${wordsOf(first?.date ?? '')}.`
        : `From ${first?.used ?? 0} to ${last?.used ?? 0}. ${all} since ${wordsOf(since ?? '')}.`,
    points: known.map(({ date, used }) => ({ x: numberOf(date), y: used })),
    from: { x: numberOf(first?.date ?? ''), words: wordsOf(first?.date ?? '') },
    to: { x: numberOf(last?.date ?? ''), words: 'Today' },
    limit,
    steps: true,
    ahead: null,
    table: { head: ['Since', 'Seats'], rows: changes.map(({ date, used }) => [wordsOf(date), used]) },
  }
}

/** The day of an instant, as the account's calendar has it. */
const dateIn = (time: string, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(new Date(time))
