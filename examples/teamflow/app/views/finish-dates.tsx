import type { JSX } from 'preact'
import type { Project, Task } from '../model.ts'
import { dueWords, listOf, plural } from './words.ts'

export interface FinishDatesProps {
  projects: (Project & { open: number; done: number })[]
  /** Every open task of the account. */
  tasks: Task[]
  now: number
}

/** Of each project, the last day on which something is due, and what may move it. */
export const FinishDates = ({ projects, tasks, now }: FinishDatesProps): JSX.Element => (
  <ul class="list">
    {projects.map(({ id, name }) => {
      const mine = tasks.filter(({ project }) => project === id)
      const last = mine
        .flatMap(({ due }) => due ?? [])
        .sort()
        .at(-1)
      return (
        <li key={id}>
          <div>
            <p class="medium">{name}</p>
            <p class="muted small">{hindrances(mine, now)}</p>
          </div>
          <span class="end small figures">{last ? dueWords(last, now) : 'No day yet'}</span>
        </li>
      )
    })}
  </ul>
)

function hindrances(tasks: Task[], now: number): string {
  const count = (of: (task: Task) => boolean, words: string): string[] => {
    const found = tasks.filter(of).length
    return found === 0 ? [] : [`${plural(found, 'task', 'tasks')} ${words}`]
  }
  const today = Math.floor(now / 86_400_000) * 86_400_000
  const found = [
    ...count(({ due }) => due !== null && Date.parse(due) < today, 'late'),
    ...count(({ assignee }) => assignee === null, 'that nobody has'),
    ...count(({ due }) => due === null, 'without a day'),
  ]
  return found.length === 0 ? 'Nothing is in its way.' : `${listOf(found)}.`
}
