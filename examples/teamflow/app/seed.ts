import type { Column, Person } from './model.ts'
import type { Store } from './store/index.ts'

export interface SeedAccount {
  id: string
  name: string
  people: Omit<Person, 'account'>[]
}

type SeedTask = [title: string, column: Column, assignee: string | null, dueInDays: number | null]

interface SeedProject {
  id: string
  account: string
  name: string
  about: string
  tasks: SeedTask[]
}

const projects: SeedProject[] = [
  {
    id: 'website-relaunch',
    account: 'acme',
    name: 'Website relaunch',
    about: 'New site live before the spring campaign.',
    tasks: [
      ['Move the blog to the new templates', 'todo', 'sam', 6],
      ['Check every form on a phone', 'todo', 'aiko', 8],
      ['Write redirects for the old product pages', 'todo', 'tom', 9],
      ['Choose pictures for the customer stories', 'todo', null, null],
      ['Pricing page: copy and table', 'doing', 'lena', 2],
      ['Speed budget for the home page', 'doing', 'aiko', 3],
      ['Review of the navigation with support', 'doing', 'priya', 1],
      ['Style guide agreed', 'done', 'lena', -4],
      ['Content list of the old site', 'done', 'sam', -6],
      ['Hosting moved to the new account', 'done', 'tom', -9],
    ],
  },
  {
    id: 'q2-launch',
    account: 'acme',
    name: 'Q2 launch',
    about: 'Release, announcement and the first hundred customers.',
    tasks: [
      ['Draft of the announcement', 'todo', 'lena', 12],
      ['Demo script for the sales team', 'todo', 'priya', 14],
      ['List of pilot customers to thank', 'todo', 'sam', null],
      ['Beta feedback sorted by theme', 'doing', 'aiko', 4],
      ['Release notes', 'doing', 'tom', 5],
      ['Launch date agreed', 'done', 'priya', -2],
    ],
  },
  {
    id: 'onboarding',
    account: 'acme',
    name: 'Onboarding',
    about: 'From first sign-in to the first finished project in a day.',
    tasks: [
      ['Checklist for the first hour', 'todo', 'sam', 7],
      ['Two example projects people may keep', 'doing', 'aiko', 3],
      ['Interviews with six new teams', 'done', 'priya', -3],
      ['Welcome email in plain words', 'done', 'lena', -5],
    ],
  },
  {
    id: 'spring-catalogue',
    account: 'birch',
    name: 'Spring catalogue',
    about: 'Forty pages, at the printer by the end of the month.',
    tasks: [
      ['Photographs of the new chairs', 'todo', 'mia', 5],
      ['Price list checked', 'doing', 'ben', 2],
      ['Paper chosen', 'done', 'ben', -3],
    ],
  },
  {
    id: 'warehouse-move',
    account: 'cobalt',
    name: 'Warehouse move',
    about: 'Everything in the new hall, without a day of standstill.',
    tasks: [
      ['Floor plan signed off', 'todo', 'cleo', 4],
      ['Scanner network test', 'todo', 'raj', 6],
      ['Shelf labels printed', 'doing', 'raj', 2],
      ['Insurance told of the new address', 'done', 'cleo', -1],
    ],
  },
]

const notices: [account: string, person: string, text: string, link: string, hoursAgo: number][] = [
  ['acme', 'priya', 'Sam Ortiz gave you “Review of the navigation with support”.', '/projects/website-relaunch', 3],
  ['acme', 'priya', 'Aiko Tanaka moved “Beta feedback sorted by theme” to Doing.', '/projects/q2-launch', 20],
  ['acme', 'priya', 'Lena Fischer finished “Welcome email in plain words”.', '/projects/onboarding', 26],
  ['acme', 'tom', 'Priya Nair gave you “Release notes”.', '/projects/q2-launch', 5],
  ['acme', 'sam', 'Lena Fischer gave you “Checklist for the first hour”.', '/projects/onboarding', 8],
]

const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)

/** Fills an empty TeamFlow; what is there already stays as it was left. */
export function seedTeamflow({ people, boards, team, together }: Store, accounts: readonly SeedAccount[]): void {
  if (people.accounts().length > 0) return
  together(() => {
    for (const { id, name, people: members } of accounts) {
      people.addAccount({ id, name })
      for (const person of members) people.add({ account: id, ...person })
    }
    for (const { tasks, ...project } of projects) {
      boards.addProject(project)
      for (const [title, column, assignee, dueIn] of tasks)
        boards.addTask(project.account, {
          project: project.id,
          title,
          column,
          assignee,
          due: dueIn === null ? null : day(dueIn),
        })
    }
    for (const [account, person, text, link, hours] of notices)
      team.notify(account, person, text, link, Date.now() - hours * 3_600_000)
    team.setIntegration('acme', 'calendar', true)
  })
}
