import { randomUUID } from 'node:crypto'
import type { Column, Export, Project, Task } from '../model.ts'
import type { Db } from './open.ts'

export interface Boards {
  projects(account: string): (Project & { open: number; done: number })[]
  project(account: string, id: string): Project | null
  addProject(project: Project): void
  tasks(account: string, project: string): Task[]
  task(account: string, id: string): Task | null
  tasksOf(account: string, person: string): (Task & { projectName: string })[]
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
    tasksOf: (account, person) =>
      rows(
        `select ${fields}, projects.name as projectName from tasks join projects on projects.id = project
         where tasks.account = ? and assignee = ? and column_key <> 'done' order by due is null, due, title`,
        account,
        person,
      ),
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
