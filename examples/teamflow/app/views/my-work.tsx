import type { Decision } from '@softgate/sdk/contract'
import type { JSX } from 'preact'
import { columnTitles, type Task } from '../model.ts'
import { Icon } from './icons.tsx'
import { Empty, Meter, Title } from './parts.tsx'
import { dueWords } from './words.ts'

export interface MyWorkProps {
  tasks: (Task & { projectName: string; pinned: boolean })[]
  /** This person's own limit. */
  pins: Decision
  /** Whether one more pin has just been refused, where no script could ask. */
  blocked: boolean
  now: number
}

/** A person's open tasks, what they have pinned first. */
export function MyWork({ tasks, pins, blocked, now }: MyWorkProps): JSX.Element {
  if (tasks.length === 0)
    return (
      <div class="stack">
        <Title>My work</Title>
        <Empty title="Nothing is waiting for you">Tasks with your name on them are listed here by their day.</Empty>
      </div>
    )
  return (
    <div class="stack">
      <Title end={<Meter title="Pinned tasks" unit="pinned" decision={pins} compact />}>My work</Title>
      {blocked && (
        <p class="note is-limit" role="status">
          No pins are left. Take one off, or finish what is pinned.
        </p>
      )}
      <ul class="list">
        {tasks.map(({ id, title, project, projectName, column, due, pinned }) => (
          <li key={id}>
            <form method="post" action={`/tasks/${id}`}>
              <button class="tick" type="submit" name="column" value="done" aria-label={`Finish ${title}`}>
                <Icon name="check" />
              </button>
            </form>
            <div>
              <p class="medium">{title}</p>
              <p class="muted small">
                <a href={`/projects/${project}`}>{projectName}</a>, {columnTitles[column]}
              </p>
            </div>
            <span class="end muted small">{due ? dueWords(due, now) : 'No day'}</span>
            <form class="pin" method="post" action={`/tasks/${id}/pin`} data-gate="pins">
              <input type="hidden" name="on" value={pinned ? '' : '1'} />
              <span class="vh" role="status" />
              <button
                class={pinned ? 'icon is-on' : 'icon'}
                type="submit"
                aria-pressed={pinned}
                aria-label={`Pin ${title}`}
                title={pinned ? 'Take the pin off' : 'Pin to the top'}
              >
                <Icon name="pin" />
              </button>
            </form>
          </li>
        ))}
      </ul>
    </div>
  )
}
