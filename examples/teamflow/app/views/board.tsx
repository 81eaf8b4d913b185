import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { type Column, columns, columnTitles, type Task } from '../model.ts'
import { Icon } from './icons.tsx'
import { Avatar } from './parts.tsx'
import { dueWords } from './words.ts'

export interface BoardProps {
  project: string
  tasks: Task[]
  people: { id: string; name: string }[]
  now: number
}

interface Shared {
  people: BoardProps['people']
  now: number
}

const before: Record<Column, Column | null> = { todo: null, doing: 'todo', done: 'doing' }
const after: Record<Column, Column | null> = { todo: 'doing', doing: 'done', done: null }

const post = async (path: string, fields: Record<string, string>): Promise<Task> => {
  const response = await fetch(path, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams(fields),
  })
  if (!response.ok) throw new Error(`TeamFlow answered ${response.status}`)
  return response.json()
}

/** Columns of tasks. Without its script the same forms go to the server. */
export function Board({ project, tasks: first, people, now }: BoardProps): JSX.Element {
  const [tasks, setTasks] = useState(first)
  const [said, say] = useState('')

  const move = async (task: Task, column: Column): Promise<void> => {
    const old = tasks
    setTasks([...tasks.filter(({ id }) => id !== task.id), { ...task, column }])
    say(`${task.title}: ${columnTitles[column]}`)
    try {
      await post(`/tasks/${task.id}`, { column })
    } catch {
      setTasks(old)
      say(`${task.title} could not be moved. It is where it was.`)
    }
    // The card is another element now: whoever moved it by keyboard goes on from there.
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-task="${task.id}"] button`)?.focus())
  }

  const add = async (column: Column, title: string): Promise<boolean> => {
    try {
      const task = await post(`/projects/${project}/tasks`, { title, column })
      setTasks((all) => [...all, task])
      say(`${title} is in ${columnTitles[column]}.`)
      return true
    } catch {
      say(`${title} could not be added. It is still in the field.`)
      return false
    }
  }

  const drop = (event: DragEvent, column: Column): void => {
    event.preventDefault()
    const id = event.dataTransfer?.getData('text/plain')
    const task = tasks.find((one) => one.id === id)
    if (task && task.column !== column) void move(task, column)
  }

  return (
    <div class="board">
      <p class="said" role="status">
        {said}
      </p>
      {columns.map((column) => {
        const mine = tasks.filter((task) => task.column === column)
        return (
          <section
            key={column}
            class="column"
            aria-labelledby={`column-${column}`}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => drop(event, column)}
          >
            <h2 id={`column-${column}`}>
              {columnTitles[column]} <span class="muted">{mine.length}</span>
            </h2>
            {mine.length > 0 ? (
              <ul>
                {mine.map((task) => (
                  <Card key={task.id} task={task} people={people} now={now} onMove={move} />
                ))}
              </ul>
            ) : (
              <p class="none">{column === 'done' ? 'Nothing is done yet.' : 'Nothing here.'}</p>
            )}
            {column !== 'done' && <AddTask project={project} column={column} onAdd={add} />}
          </section>
        )
      })}
    </div>
  )
}

interface CardProps extends Shared {
  task: Task
  onMove(task: Task, column: Column): Promise<void>
}

function Card({ task, people, now, onMove }: CardProps): JSX.Element {
  const { id, title, column, assignee, due } = task
  const name = people.find((person) => person.id === assignee)?.name
  const late = due !== null && column !== 'done' && Date.parse(due) < Math.floor(now / 86_400_000) * 86_400_000
  return (
    <li
      class={`card is-${column}`}
      data-task={id}
      draggable
      onDragStart={(event) => event.dataTransfer?.setData('text/plain', id)}
    >
      <p>{title}</p>
      <div class="foot">
        {name && (
          <>
            <Avatar name={name} small />
            <span class="vh">{name}</span>
          </>
        )}
        {due && <span class={late ? 'small late' : 'small muted'}>{dueWords(due, now)}</span>}
        <form
          class="moves"
          method="post"
          action={`/tasks/${id}`}
          onSubmit={(event) => {
            event.preventDefault()
            const { value } = event.submitter as HTMLButtonElement
            void onMove(task, value as Column)
          }}
        >
          <Move title={title} to={before[column]} back />
          <Move title={title} to={after[column]} />
        </form>
      </div>
    </li>
  )
}

function Move({ title, to, back = false }: { title: string; to: Column | null; back?: boolean }): JSX.Element | null {
  if (!to) return null
  return (
    <button
      class={back ? 'icon is-back' : 'icon'}
      type="submit"
      name="column"
      value={to}
      aria-label={`Move ${title} to ${columnTitles[to]}`}
      title={`Move to ${columnTitles[to]}`}
    >
      <Icon name={to === 'done' ? 'check' : 'arrow'} />
    </button>
  )
}

interface AddProps {
  project: string
  column: Column
  onAdd(column: Column, title: string): Promise<boolean>
}

function AddTask({ project, column, onAdd }: AddProps): JSX.Element {
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const title = String(new FormData(form).get('title') ?? '').trim()
    if (title && (await onAdd(column, title))) form.reset()
  }
  return (
    <form class="add" method="post" action={`/projects/${project}/tasks`} onSubmit={submit}>
      <input type="hidden" name="column" value={column} />
      <input
        class="input"
        name="title"
        placeholder="Add a task"
        aria-label={`Add a task to ${columnTitles[column]}`}
        maxLength={200}
        required
        autoComplete="off"
      />
      <button class="icon" type="submit" aria-label={`Add to ${columnTitles[column]}`}>
        <Icon name="plus" />
      </button>
    </form>
  )
}
