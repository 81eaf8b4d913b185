import type { Hono } from 'hono'
import config from '../../softgate.config.ts'
import type { SignedIn } from '../session.ts'
import { dayOf, Empty, Meter, Title } from '../views/parts.tsx'
import { plural } from '../views/words.ts'
import { type Deps, page } from './context.ts'
import { Plans } from './plans.tsx'

const under = { title: 'Settings', href: '/settings/members' }
const metered = Object.entries(config.features).flatMap(([key, feature]) =>
  feature.kind === 'metered' ? [{ key, feature }] : [],
)

export function usagePages(app: Hono<SignedIn>, deps: Deps): void {
  const { store, permissions } = deps

  app.get('/settings/usage', async (c) => {
    const { account } = c.get('session')
    const meters = await Promise.all(
      metered.map(async ({ key, feature }) => ({ feature, decision: await permissions.check(account.id, key) })),
    )
    const exports = store.boards.exports(account.id)
    const counting = meters.find(({ decision }) => decision.resetsAt !== null)?.decision.resetsAt
    return page(c, deps, {
      title: 'Usage',
      under,
      children: (
        <div class="stack">
          <Title
            beside={counting && <span class="muted small">Starts again on {dayOf(counting)}</span>}
            end={
              <a class="button is-plain" href="/settings/plans">
                Compare plans
              </a>
            }
          >
            Usage
          </Title>
          <div class="meters">
            {meters.map(({ feature, decision }) => (
              <div key={decision.feature}>
                <Meter title={feature.title} unit={feature.unit.other} decision={decision} />
              </div>
            ))}
          </div>
          <section class="stack is-close" aria-labelledby="exports">
            <h2 id="exports">Latest exports</h2>
            {exports.length === 0 ? (
              <Empty title="Nothing exported yet">Every board has “Export to CSV” above its columns.</Empty>
            ) : (
              <ul class="list">
                {exports.map(({ id, projectName, personName, rows, at }) => (
                  <li key={id}>
                    <div>
                      <p class="medium">{projectName}</p>
                      <p class="muted small">
                        {personName}, {dayOf(at)}, {plural(rows, 'task', 'tasks')}
                      </p>
                    </div>
                    <a class="end small" href={`/exports/${id}.csv`}>
                      Download<span class="vh"> {projectName}</span>
                    </a>
                  </li>
                ))}
              </ul>
            )}
          </section>
        </div>
      ),
    })
  })

  app.get('/settings/plans', async (c) => {
    const { account } = c.get('session')
    const yearly = c.req.query('interval') === 'year'
    const [seats, yours] = await Promise.all([permissions.check(account.id, 'seats'), permissions.plan(account.id)])
    return page(c, deps, {
      title: 'Plans',
      under,
      children: <Plans catalog={config} interval={yearly ? 'year' : 'month'} seats={seats} yours={yours} />,
    })
  })
}
