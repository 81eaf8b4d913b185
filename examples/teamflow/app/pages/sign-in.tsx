import type { Hono } from 'hono'
import type { Person } from '../model.ts'
import { sessionOf, signIn, signOut } from '../session.ts'
import { renderDocument } from '../views/document.tsx'
import { Icon } from '../views/icons.tsx'
import { Avatar } from '../views/parts.tsx'
import type { Deps } from './context.ts'

const perAccount = 5

/** Everybody of the example may be signed in as, without a password. A real app has its own way here. */
export function signInPages(app: Hono, deps: Deps): void {
  const { people, boards } = deps.store

  app.get('/sign-in', (c) => {
    if (sessionOf(c, people)) return c.redirect('/projects')
    const accounts = people
      .accounts()
      .map((account) => ({ account, team: people.list(account.id).slice(0, perAccount) }))
    return c.html(
      renderDocument({
        title: 'Sign in',
        assets: deps.assets,
        path: '/sign-in',
        shell: null,
        children: (
          <main class="sign-in">
            <h1>Sign in to TeamFlow</h1>
            <p class="muted">An example: choose who you are.</p>
            {accounts.map(({ account, team }) => (
              <section key={account.id} aria-labelledby={`account-${account.id}`}>
                <h2 id={`account-${account.id}`}>{account.name}</h2>
                <ul class="list">
                  {team.map((person) => (
                    <li key={person.id}>
                      <Choice person={person} accountName={account.name} />
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </main>
        ),
      }),
    )
  })

  app.post('/sign-in', async (c) => {
    const { account, person } = await c.req.parseBody()
    const found = typeof account === 'string' && typeof person === 'string' ? people.find(account, person) : null
    const of = found && people.account(found.account)
    if (!found || !of) return c.redirect('/sign-in', 303)
    signIn(c, people, found)
    const done = boards.projects(of.id).reduce((sum, project) => sum + project.done, 0)
    await deps.permissions.introduce({ account: of, person: found }, { tasks_done: done })
    return c.redirect('/projects', 303)
  })

  app.post('/sign-out', (c) => {
    signOut(c, people)
    return c.redirect('/sign-in', 303)
  })
}

const Choice = ({ person, accountName }: { person: Person; accountName: string }) => (
  <form method="post" action="/sign-in">
    <input type="hidden" name="account" value={person.account} />
    <input type="hidden" name="person" value={person.id} />
    <button class="choice" type="submit">
      <Avatar name={person.name} />
      <span>
        <span class="vh">Sign in as </span>
        <span class="medium">{person.name}</span>
        <span class="muted small">
          <span class="vh">, </span>
          {person.role}
          <span class="vh"> of {accountName}</span>
        </span>
      </span>
      <Icon name="arrow" />
    </button>
  </form>
)
