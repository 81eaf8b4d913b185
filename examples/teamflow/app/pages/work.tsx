import type { Hono } from 'hono'
import { columnTitles } from '../model.ts'
import type { SignedIn } from '../session.ts'
import { Icon } from '../views/icons.tsx'
import { Empty, Title } from '../views/parts.tsx'
import { agoWords, dueWords } from '../views/words.ts'
import { type Deps, page } from './context.ts'
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

  app.get('/my-work', (c) => {
    const { account, person } = c.get('session')
    const tasks = boards.tasksOf(account.id, person.id)
    const now = Date.now()
    return page(c, deps, {
      title: 'My work',
      children: (
        <div class="stack">
          <Title>My work</Title>
          {tasks.length === 0 ? (
            <Empty title="Nothing is waiting for you">Tasks with your name on them are listed here by their day.</Empty>
          ) : (
            <ul class="list">
              {tasks.map((task) => (
                <li key={task.id}>
                  <form method="post" action={`/tasks/${task.id}`}>
                    <button class="tick" type="submit" name="column" value="done" aria-label={`Finish ${task.title}`}>
                      <Icon name="check" />
                    </button>
                  </form>
                  <div>
                    <p class="medium">{task.title}</p>
                    <p class="muted small">
                      <a href={`/projects/${task.project}`}>{task.projectName}</a>, {columnTitles[task.column]}
                    </p>
                  </div>
                  <span class="end muted small">{task.due ? dueWords(task.due, now) : 'No day'}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      ),
    })
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
    const workload = await deps.permissions.check(account.id, 'workload')
    return page(c, deps, {
      title: 'Reports',
      children: (
        <Reports
          projects={boards.projects(account.id)}
          people={people.list(account.id).slice(0, 8)}
          tasks={boards.openTasks(account.id)}
          workload={workload}
          now={Date.now()}
        />
      ),
    })
  })
}
