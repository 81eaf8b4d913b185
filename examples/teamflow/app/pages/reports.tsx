import type { Decision } from '@softgate/sdk/contract'
import type { JSX } from 'preact'
import type { Person, Project, Task } from '../model.ts'
import { FinishDates } from '../views/finish-dates.tsx'
import { Avatar, Gate, Title } from '../views/parts.tsx'
import { plural } from '../views/words.ts'

export interface ReportsProps {
  projects: (Project & { open: number; done: number })[]
  people: Person[]
  tasks: Task[]
  workload: Decision
  forecasts: Decision
  now: number
}

const days = 14

export function Reports({ projects, people, tasks, workload, forecasts, now }: ReportsProps): JSX.Element {
  const open = projects.reduce((sum, project) => sum + project.open, 0)
  const done = projects.reduce((sum, project) => sum + project.done, 0)
  const late = tasks.filter(({ due }) => due !== null && Date.parse(due) < now - 86_400_000).length
  return (
    <div class="stack">
      <Title>Reports</Title>
      <dl class="figures-row">
        <Figure name="Tasks open" value={open} />
        <Figure name="Tasks done" value={done} />
        <Figure name="Late" value={late} />
        <Figure name="Projects" value={projects.length} />
      </dl>
      <section class="stack is-close" aria-labelledby="workload">
        <h2 id="workload">Workload</h2>
        <Gate
          decision={workload}
          label="Who has room next week"
          plan="Professional"
          heading="h3"
          shape="overlay"
          description={
            <p class="muted small">
              Workload shows it before it hurts. Behind this is your own team:{' '}
              {plural(people.length, 'person', 'people')} with {plural(tasks.length, 'open task', 'open tasks')}.
            </p>
          }
        >
          <div class="frame">
            <Lanes people={people} tasks={tasks} now={now} />
          </div>
        </Gate>
      </section>
      <section class="stack is-close" aria-labelledby="forecasts">
        <h2 id="forecasts">Finish dates</h2>
        <Gate
          decision={forecasts}
          label="When each project is finished"
          plan="Forecasts"
          heading="h3"
          description={
            <p class="muted small">
              For each project: the day it will be finished, and what is in its way. An add-on to any plan.
            </p>
          }
        >
          <FinishDates projects={projects} tasks={tasks} now={now} />
        </Gate>
      </section>
    </div>
  )
}

const Figure = ({ name, value }: { name: string; value: number }): JSX.Element => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
)

/** Each person's tasks on a line of two weeks: a task takes the three days before it is due. */
function Lanes({ people, tasks, now }: Pick<ReportsProps, 'people' | 'tasks' | 'now'>): JSX.Element {
  return (
    <ul class="lanes">
      {people.map(({ id, name }) => {
        const mine = tasks.filter(({ assignee, due }) => assignee === id && due !== null)
        return (
          <li key={id}>
            <Avatar name={name} small />
            <span class="small">{name.split(' ')[0]}</span>
            <svg width="100%" height="36" role="img" aria-label={plural(mine.length, 'task', 'tasks')}>
              {mine.map(({ id: task, due, column }) => {
                const end = Math.max(1, Math.min(days, (Date.parse(due ?? '') - now) / 86_400_000 + 1))
                const start = Math.max(0, end - 3)
                const percent = (value: number): string => `${(100 * value) / days}%`
                return (
                  <rect
                    key={task}
                    class={`is-${column}`}
                    x={percent(start)}
                    y="7"
                    width={percent(end - start)}
                    height="22"
                    rx="6"
                  />
                )
              })}
            </svg>
          </li>
        )
      })}
    </ul>
  )
}
