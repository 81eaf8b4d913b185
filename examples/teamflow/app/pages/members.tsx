import type { Hono } from 'hono'
import { mayBuy } from '../model.ts'
import type { SignedIn } from '../session.ts'
import { Island } from '../views/island.tsx'
import { Members, type MembersProps } from '../views/members.tsx'
import { type Deps, fields, type PageContext, page, wantsJson } from './context.ts'

const under = { title: 'Settings', href: '/settings/members' }

export function memberPages(app: Hono<SignedIn>, deps: Deps): void {
  const { store, permissions, invitations } = deps
  const { people, team } = store

  const show = async (c: PageContext, invite: MembersProps['invite']): Promise<Response> => {
    const { account, person } = c.get('session')
    await invitations.release(account.id)
    const { used, limit } = await permissions.check(account.id, 'seats')
    const everybody = people.list(account.id)
    const props: MembersProps = {
      me: { id: person.id, role: person.role },
      people: everybody,
      invitations: team.invitations(account.id),
      seats: { used: used ?? team.seatsTaken(account.id), limit },
      admins: everybody.filter(mayBuy).map(({ name }) => name.split(' ')[0] ?? name),
      invite,
    }
    return page(c, deps, {
      title: 'Members',
      under,
      children: <Island name="members" view={Members} props={props} />,
    })
  }

  app.get('/settings/members', async (c) => {
    const { account } = c.get('session')
    if (wantsJson(c)) {
      await invitations.release(account.id)
      return c.json({ people: people.list(account.id), invitations: team.invitations(account.id) })
    }
    return show(c, c.req.query('invite') === undefined ? null : { text: '', blocked: false, detail: '' })
  })

  app.post('/settings/members/invitations', async (c) => {
    const field = await fields(c)
    const text = `${field('emails')} ${field('more')}`.trim()
    const answer = await invitations.invite(c.get('session'), text, field('keep') !== '')
    if (wantsJson(c)) return c.json(answer)
    if (answer.outcome === 'blocked') return show(c, { text, blocked: true, detail: '' })
    if (answer.outcome === 'refused') return show(c, { text, blocked: false, detail: answer.detail })
    return c.redirect('/settings/members', 303)
  })

  app.post('/settings/members/invitations/:id/withdraw', async (c) => {
    const { account, person } = c.get('session')
    team.withdraw(account.id, c.req.param('id'))
    await permissions.setSeats(account.id, person.id)
    return c.redirect('/settings/members', 303)
  })

  app.post('/settings/members/:id/remove', async (c) => {
    const { account, person } = c.get('session')
    const target = people.find(account.id, c.req.param('id'))
    if (!mayBuy(person) || !target || target.id === person.id || target.role === 'owner')
      return c.json({ error: 'Owners and admins remove others, never an owner.' }, 403)
    people.remove(account.id, target.id)
    await permissions.setSeats(account.id, person.id)
    return c.redirect('/settings/members', 303)
  })
}
