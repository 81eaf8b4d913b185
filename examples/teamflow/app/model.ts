/** TeamFlow's own words; what an account may do is Softgate's. */
export type Role = 'owner' | 'admin' | 'member'

export interface Person {
  id: string
  account: string
  name: string
  email: string
  role: Role
}

export interface Account {
  id: string
  name: string
}

export const columns = ['todo', 'doing', 'done'] as const
export type Column = (typeof columns)[number]

export const columnTitles: Record<Column, string> = { todo: 'To do', doing: 'Doing', done: 'Done' }

export interface Project {
  id: string
  account: string
  name: string
  about: string
}

export interface Task {
  id: string
  project: string
  title: string
  column: Column
  /** A person's id. */
  assignee: string | null
  /** A day, `2026-03-14`. */
  due: string | null
  position: number
}

/** `sent` holds a seat until it is answered; `waiting` goes out by itself when there is one. */
export interface Invitation {
  id: string
  account: string
  email: string
  status: 'sent' | 'waiting'
  invitedBy: string
  at: number
}

export interface Notice {
  id: string
  text: string
  link: string | null
  at: number
  read: boolean
}

export interface Export {
  id: string
  project: string
  person: string
  rows: number
  at: number
}

export interface Session {
  account: Account
  person: Person
}

export const mayBuy = ({ role }: Person): boolean => role !== 'member'
