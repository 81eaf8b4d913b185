import { randomUUID } from 'node:crypto'
import type { Decision } from '@softgate/sdk/contract'
import { type Column, columnTitles, type Project, type Session, type Task } from './model.ts'
import type { Permissions } from './permissions.ts'
import type { Store } from './store/index.ts'

export type ExportAnswer = { outcome: 'made'; id: string } | { outcome: 'blocked'; decision: Decision }

/** What people do on boards, where it counts against the plan. */
export interface Work {
  /** Moves a task. When one is done, the account's rule runs and tells whoever has it: an automation run. */
  move(session: Session, id: string, column: Column): Promise<Task | null>
  export(session: Session, project: Project): Promise<ExportAnswer>
  /** Pins a task for one person, as far as their own limit goes, or takes the pin off. Says whether it was done. */
  pin(session: Session, id: string, on: boolean): Promise<boolean>
}

export function createWork({ store, permissions }: { store: Store; permissions: Permissions }): Work {
  const { boards, team } = store
  const countPins = (account: string, person: string): Promise<void> =>
    permissions.setPins(account, person, boards.pins(account, person))
  return {
    async move({ account, person }, id, column) {
      const before = boards.task(account.id, id)
      if (!before || before.column === column) return before
      const task = boards.moveTask(account.id, id, column)
      if (task && column === 'done' && task.assignee && task.assignee !== person.id) {
        const { allowed } = await permissions.consume(account.id, 'automations')
        if (allowed)
          team.notify(
            account.id,
            task.assignee,
            `${person.name} moved “${task.title}” to Done.`,
            `/projects/${task.project}`,
          )
      }
      // What is done is pinned no longer.
      if (task?.assignee && (column === 'done' || before.column === 'done')) await countPins(account.id, task.assignee)
      return task
    },
    async export({ account, person }, project) {
      const decision = await permissions.consume(account.id, 'exports')
      if (!decision.allowed) return { outcome: 'blocked', decision }
      const id = randomUUID()
      const rows = boards.tasks(account.id, project.id).length
      boards.addExport(account.id, { id, project: project.id, person: person.id, rows, at: Date.now() })
      return { outcome: 'made', id }
    },
    async pin({ account, person }, id, on) {
      if (on && !(await permissions.check(account.id, 'pins', 1, person.id)).allowed) return false
      boards.setPin(account.id, person.id, id, on)
      await countPins(account.id, person.id)
      return true
    },
  }
}

/** A cell of a CSV file (RFC 4180); what a spreadsheet would run as a formula is kept from it by an apostrophe. */
const cell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function toCsv(tasks: Task[], nameOf: (person: string) => string): string {
  const lines = tasks.map(({ title, column, assignee, due }) => [
    title,
    columnTitles[column],
    assignee ? nameOf(assignee) : '',
    due ?? '',
  ])
  return [['Task', 'Status', 'Assignee', 'Due'], ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}
