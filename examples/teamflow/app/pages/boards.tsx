import { randomUUID } from 'node:crypto'
import type { Hono } from 'hono'
import { type Column, columns } from '../model.ts'
import type { SignedIn } from '../session.ts'
import { Board } from '../views/board.tsx'
import { Icon } from '../views/icons.tsx'
import { Island } from '../views/island.tsx'
import { Avatar, Empty, Title } from '../views/parts.tsx'
import { plural } from '../views/words.ts'
import { toCsv } from '../work.ts'
import { type Deps, fields, page, wantsJson } from './context.ts'

const isColumn = (text: string): text is Column => columns.some((column) => column === text)
const longest = 200
const blockedText = 'No exports are left in this period.'

export function boardPages(app: Hono<SignedIn>, deps: Deps): void {
  const { people, boards } = deps.store

  app.get('/projects', (c) => {
    const { account } = c.get('session')
    const projects = boards.projects(account.id)
    return page(c, deps, {
      title: 'Projects',
      children: (
        <div class="stack">
          <Title>Projects</Title>
          {projects.length === 0 ? (
            <Empty title="No projects yet">Name the first one below. It gets a board with three columns.</Empty>
          ) : (
            <ul class="tiles">
              {projects.map(({ id, name, about, open, done }) => (
                <li key={id} class="tile">
                  <h2>
                    <a href={`/projects/${id}`}>{name}</a>
                  </h2>
                  <p class="muted small">{about}</p>
                  <svg class="track" width="100%" height="6" aria-hidden="true">
                    <rect class="back" width="100%" height="100%" rx="3" />
                    <rect class="fill" width={`${(100 * done) / Math.max(1, open + done)}%`} height="100%" rx="3" />
                  </svg>
                  <p class="muted small">
                    {plural(open, 'task', 'tasks')} open, {done} done
                  </p>
                </li>
              ))}
            </ul>
          )}
          <form class="panel is-row" method="post" action="/projects" aria-label="New project">
            <div class="field">
              <label for="project-name">New project</label>
              <input class="input" id="project-name" name="name" maxLength={longest} required autoComplete="off" />
            </div>
            <button class="button is-plain" type="submit">
              Create project
            </button>
          </form>
        </div>
      ),
    })
  })

  app.post('/projects', async (c) => {
    const { account } = c.get('session')
    const name = (await fields(c))('name').slice(0, longest)
    if (!name) return c.redirect('/projects', 303)
    const id = randomUUID()
    boards.addProject({ id, account: account.id, name, about: '' })
    return c.redirect(`/projects/${id}`, 303)
  })

  app.get('/projects/:id', (c) => {
    const { account } = c.get('session')
    const project = boards.project(account.id, c.req.param('id'))
    if (!project) return c.notFound()
    const team = people.list(account.id)
    const props = {
      project: project.id,
      tasks: boards.tasks(account.id, project.id),
      people: team.map(({ id, name }) => ({ id, name })),
      now: Date.now(),
    }
    return page(c, deps, {
      title: project.name,
      under: { title: 'Projects', href: '/projects' },
      children: (
        <div class="stack">
          <Title
            end={
              <>
                <span class="avatars" role="img" aria-label={`In the team: ${team.map(({ name }) => name).join(', ')}`}>
                  {team.slice(0, 5).map(({ id, name }) => (
                    <Avatar key={id} name={name} />
                  ))}
                </span>
                <form class="export" method="post" action={`/projects/${project.id}/export`} data-gate="exports">
                  <span class="small muted" role="status">
                    {c.req.query('export') === 'blocked' ? blockedText : ''}
                  </span>
                  <button class="button is-plain" type="submit">
                    <Icon name="download" />
                    Export to CSV
                  </button>
                </form>
              </>
            }
          >
            {project.name}
          </Title>
          <Island name="board" view={Board} props={props} />
        </div>
      ),
    })
  })

  app.post('/projects/:id/tasks', async (c) => {
    const { account } = c.get('session')
    const project = boards.project(account.id, c.req.param('id'))
    if (!project) return c.notFound()
    const field = await fields(c)
    const title = field('title').slice(0, longest)
    const column = field('column')
    if (!title || !isColumn(column)) return c.json({ error: 'A task has a title and a column.' }, 422)
    const task = boards.addTask(account.id, { project: project.id, title, column, assignee: null, due: null })
    return wantsJson(c) ? c.json(task) : c.redirect(`/projects/${project.id}`, 303)
  })

  app.post('/tasks/:id', async (c) => {
    const column = (await fields(c))('column')
    if (!isColumn(column)) return c.json({ error: 'There is no such column.' }, 422)
    const task = await deps.work.move(c.get('session'), c.req.param('id'), column)
    if (!task) return c.notFound()
    // Back to where it was moved: the board, or the list of one's own.
    return wantsJson(c) ? c.json(task) : c.redirect(c.req.header('referer') ?? `/projects/${task.project}`, 303)
  })

  app.post('/projects/:id/export', async (c) => {
    const session = c.get('session')
    const project = boards.project(session.account.id, c.req.param('id'))
    if (!project) return c.notFound()
    const answer = await deps.work.export(session, project)
    if (answer.outcome === 'blocked')
      return wantsJson(c)
        ? c.json({ blocked: true, detail: blockedText })
        : c.redirect(`/projects/${project.id}?export=blocked`, 303)
    const download = `/exports/${answer.id}.csv`
    return wantsJson(c) ? c.json({ next: download, detail: 'Exported' }) : c.redirect(download, 303)
  })

  app.get('/exports/:file{[0-9a-f-]+\\.csv}', (c) => {
    const { account } = c.get('session')
    const id = c.req.param('file').slice(0, -'.csv'.length)
    const made = boards.exports(account.id).find((one) => one.id === id)
    if (!made) return c.notFound()
    const csv = toCsv(boards.tasks(account.id, made.project), (person) => people.find(account.id, person)?.name ?? '')
    return c.body(csv, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${made.project}.csv"`,
    })
  })
}
