import type { Hono } from 'hono'
import type { SignedIn } from '../session.ts'
import { MyWork } from '../views/my-work.tsx'
import { Empty, Title } from '../views/parts.tsx'
import { agoWords } from '../views/words.ts'
import { type Deps, fields, page, wantsJson } from './context.ts'
import { Reports } from './reports.tsx'

export function workPages(app: Hono<SignedIn>, deps: Deps): void {
  const { boards, team, people } = deps.store

  app.get('/inbox', async (c) => {
    const { account, person } = c.get('session')
    const notices = team.notices(account.id, person.id)
    const now = Date.now()
    team.markRead(account.id, person.id)
    return page(c, deps, {
      title: 'Inbox',
      children: (
        <div class="stack">
          <Title>Inbox</Title>
          {notices.length === 0 ? (
            <Empty title="Nothing new">What others do with your tasks shows up here.</Empty>
          ) : (
            <ul class="list">
              {notices.map(({ id, text, link, at, read }) => (
                <li key={id}>
                  <p class={read ? '' : 'medium'}>
                    {link ? <a href={link}>{text}</a> : text}
                    {!read && <span class="vh"> (new)</span>}
                  </p>
                  <span class="end muted small">{agoWords(at, now)}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      ),
    })
  })

  app.get('/my-work', async (c) => {
    const { account, person } = c.get('session')
    const pins = await deps.permissions.check(account.id, 'pins', 1, person.id)
    return page(c, deps, {
      title: 'My work',
      children: (
        <MyWork
          tasks={boards.tasksOf(account.id, person.id)}
          pins={pins}
          blocked={c.req.query('pins') === 'blocked'}
          now={Date.now()}
        />
      ),
    })
  })

  app.post('/tasks/:id/pin', async (c) => {
    const done = await deps.work.pin(c.get('session'), c.req.param('id'), (await fields(c))('on') !== '')
    if (wantsJson(c)) return c.json(done ? { next: '/my-work' } : { blocked: true, detail: 'No pins are left.' })
    return c.redirect(done ? '/my-work' : '/my-work?pins=blocked', 303)
  })

  app.get('/goals', (c) => {
    const projects = boards.projects(c.get('session').account.id)
    return page(c, deps, {
      title: 'Goals',
      children: (
        <div class="stack">
          <Title>Goals</Title>
          {projects.length === 0 ? (
            <Empty title="No goals yet">Each project brings one: to be finished.</Empty>
          ) : (
            <ul class="list">
              {projects.map(({ id, name, about, open, done }) => (
                <li key={id}>
                  <div>
                    <p class="medium">
                      <a href={`/projects/${id}`}>{name}</a>
                    </p>
                    <p class="muted small">{about || 'No words about it yet.'}</p>
                  </div>
                  <span class="end small figures">{Math.round((100 * done) / Math.max(1, open + done))} %</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      ),
    })
  })

  app.get('/reports', async (c) => {
    const { account } = c.get('session')
    const [workload, forecasts] = await Promise.all([
      deps.permissions.check(account.id, 'workload'),
      deps.permissions.check(account.id, 'forecasts'),
    ])
    return page(c, deps, {
      title: 'Reports',
      children: (
        <Reports
          projects={boards.projects(account.id)}
          people={people.list(account.id).slice(0, 8)}
          tasks={boards.openTasks(account.id)}
          workload={workload}
          forecasts={forecasts}
          now={Date.now()}
        />
      ),
    })
  })
}
