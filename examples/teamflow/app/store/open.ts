import { join } from 'node:path'
import Database from 'better-sqlite3'

export type Db = Database.Database

const schema = `
create table if not exists accounts (id text primary key, name text not null);
create table if not exists people (
  account text not null, id text not null, name text not null, email text not null, role text not null,
  removed integer not null default 0, primary key (account, id));
create table if not exists projects (
  id text primary key, account text not null, name text not null, about text not null, position integer not null);
create table if not exists tasks (
  id text primary key, account text not null, project text not null references projects, title text not null,
  column_key text not null, assignee text, due text, position real not null);
create index if not exists tasks_of_project on tasks (project, column_key, position);
create table if not exists pins (
  account text not null, person text not null, task text not null, primary key (account, person, task));
create table if not exists invitations (
  id text primary key, account text not null, email text not null, status text not null, invited_by text not null,
  at integer not null, unique (account, email));
create table if not exists integrations (account text not null, key text not null, primary key (account, key));
create table if not exists exports (
  id text primary key, account text not null, project text not null, person text not null, rows integer not null,
  at integer not null);
create table if not exists notices (
  id text primary key, account text not null, person text not null, text text not null, link text, at integer not null,
  read integer not null default 0);
create table if not exists sessions (
  token_hash text primary key, account text not null, person text not null, expires_at integer not null);
`

/** TeamFlow's own data: a SQLite file beside Softgate's, or `null` for one in memory. */
export function openDatabase(folder: string | null): Db {
  const db = new Database(folder === null ? ':memory:' : join(folder, 'teamflow.db'))
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec(schema)
  return db
}
