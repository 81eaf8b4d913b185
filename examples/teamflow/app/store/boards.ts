import { randomUUID } from 'node:crypto'
import type { Column, Export, Project, Task } from '../model.ts'
import type { Db } from './open.ts'

export interface Boards {
  projects(account: string): (Project & { open: number; done: number })[]
  project(account: string, id: string): Project | null
  addProject(project: Project): void
  tasks(account: string, project: string): Task[]
  task(account: string, id: string): Task | null
  /** A person's open tasks: what they have pinned first, then by their day. */
  tasksOf(account: string, person: string): (Task & { projectName: string; pinned: boolean })[]
  setPin(account: string, person: string, task: string, on: boolean): void
  /** How many open tasks of theirs a person has pinned. */
  pins(account: string, person: string): number
  /** Every task that is not done, for the workload. */
  openTasks(account: string): Task[]
  addTask(account: string, task: Omit<Task, 'id' | 'position'> & { id?: string }): Task
  /** Puts a task at the end of a column. */
  moveTask(account: string, id: string, column: Column): Task | null
  addExport(account: string, made: Export): void
  exports(account: string): (Export & { projectName: string; personName: string })[]
}

export function createBoards(db: Db): Boards {
  const fields = 'tasks.id, project, title, column_key as "column", assignee, due, tasks.position'
  const rows = <T>(sql: string, ...values: unknown[]): T[] => db.prepare<unknown[], T>(sql).all(...values)
  const row = <T>(sql: string, ...values: unknown[]): T | null => db.prepare<unknown[], T>(sql).get(...values) ?? null
  const run = (sql: string, ...values: unknown[]) => db.prepare(sql).run(...values)

  const last = (project: string, column: Column): number =>
    row<{ last: number | null }>(
      'select max(position) as last from tasks where project = ? and column_key = ?',
      project,
      column,
    )?.last ?? 0
  const task = (account: string, id: string): Task | null =>
    row(`select ${fields} from tasks where account = ? and id = ?`, account, id)
  const tasksOf: Boards['tasksOf'] = (account, person) =>
    rows<Task & { projectName: string; isPinned: number }>(
      `select ${fields}, projects.name as projectName,
        exists (select 1 from pins where account = tasks.account and person = assignee and task = tasks.id) as isPinned
       from tasks join projects on projects.id = project
       where tasks.account = ? and assignee = ? and column_key <> 'done'
       order by isPinned desc, due is null, due, title`,
      account,
      person,
    ).map(({ isPinned, ...one }) => ({ ...one, pinned: isPinned === 1 }))

  return {
    projects: (account) =>
      rows(
        `select id, account, name, about,
          (select count(*) from tasks where project = projects.id and column_key <> 'done') as open,
          (select count(*) from tasks where project = projects.id and column_key = 'done') as done
         from projects where account = ? order by position`,
        account,
      ),
    project: (account, id) =>
      row('select id, account, name, about from projects where account = ? and id = ?', account, id),
    addProject: ({ id, account, name, about }) =>
      void run(
        'insert or ignore into projects values (?, ?, ?, ?, (select count(*) from projects where account = ?))',
        id,
        account,
        name,
        about,
        account,
      ),
    tasks: (account, project) =>
      rows(`select ${fields} from tasks where account = ? and project = ? order by position`, account, project),
    task,
    tasksOf,
    setPin: (account, person, id, on) =>
      void run(
        on
          ? 'insert or ignore into pins values (?, ?, ?)'
          : 'delete from pins where account = ? and person = ? and task = ?',
        account,
        person,
        id,
      ),
    pins: (account, person) => tasksOf(account, person).filter(({ pinned }) => pinned).length,
    openTasks: (account) =>
      rows(`select ${fields} from tasks where account = ? and column_key <> 'done' order by due`, account),
    addTask(account, { id = randomUUID(), project, title, column, assignee, due }) {
      const position = last(project, column) + 1
      run(
        'insert or ignore into tasks values (?, ?, ?, ?, ?, ?, ?, ?)',
        id,
        account,
        project,
        title,
        column,
        assignee,
        due,
        position,
      )
      return { id, project, title, column, assignee, due, position }
    },
    moveTask(account, id, column) {
      const found = task(account, id)
      if (!found) return null
      const position = last(found.project, column) + 1
      run('update tasks set column_key = ?, position = ? where id = ?', column, position, id)
      return { ...found, column, position }
    },
    addExport: (account, { id, project, person, rows: count, at }) =>
      void run('insert into exports values (?, ?, ?, ?, ?, ?)', id, account, project, person, count, at),
    exports: (account) =>
      rows(
        `select exports.id, project, person, rows, at, projects.name as projectName, people.name as personName
         from exports join projects on projects.id = project
         join people on people.id = person and people.account = exports.account
         where exports.account = ? order by at desc limit 12`,
        account,
      ),
  }
}
