import type { Hono } from 'hono'
import { mayBuy } from '../model.ts'
import type { SignedIn } from '../session.ts'
import { Icon } from '../views/icons.tsx'
import { Empty, Gate, Requests, Title } from '../views/parts.tsx'
import { listOf } from '../views/words.ts'
import { type Deps, fields, page } from './context.ts'

const under = { title: 'Settings', href: '/settings/members' }

const integrations: [key: string, name: string, about: string][] = [
  ['calendar', 'Calendar', 'Due days show up in your calendar.'],
  ['chat', 'Team chat', 'A message in a channel when a task is done.'],
  ['code', 'Code review', 'Links a task to the change that finishes it.'],
  ['drive', 'Shared drive', 'Attach files without a second copy.'],
]

export function settingsPages(app: Hono<SignedIn>, deps: Deps): void {
  const { people, team } = deps.store

  app.get('/settings', (c) => c.redirect('/settings/members'))

  app.get('/settings/integrations', (c) => {
    const on = team.integrations(c.get('session').account.id)
    return page(c, deps, {
      title: 'Integrations',
      under,
      children: (
        <div class="stack">
          <Title>Integrations</Title>
          <ul class="list">
            {integrations.map(([key, name, about]) => (
              <li key={key}>
                <Icon name="plug" />
                <div>
                  <p class="medium">{name}</p>
                  <p class="muted small">{about}</p>
                </div>
                <span class="end">{on.has(key) && <span class="tag is-ok">Connected</span>}</span>
                <form method="post" action={`/settings/integrations/${key}`}>
                  <input type="hidden" name="on" value={on.has(key) ? '' : '1'} />
                  <button
                    class="button is-plain is-small"
                    type="submit"
                    aria-label={`${on.has(key) ? 'Disconnect' : 'Connect'} ${name}`}
                  >
                    {on.has(key) ? 'Disconnect' : 'Connect'}
                  </button>
                </form>
              </li>
            ))}
          </ul>
        </div>
      ),
    })
  })

  app.post('/settings/integrations/:key', async (c) => {
    const key = c.req.param('key')
    const on = (await fields(c))('on') !== ''
    if (integrations.some(([known]) => known === key)) team.setIntegration(c.get('session').account.id, key, on)
    return c.redirect('/settings/integrations', 303)
  })

  app.get('/settings/security', async (c) => {
    const { account } = c.get('session')
    const sso = await deps.permissions.check(account.id, 'sso')
    return page(c, deps, {
      title: 'Security',
      under,
      children: (
        <div class="stack">
          <Title>Security</Title>
          <ul class="list">
            <Rule title="Two-step sign-in" about={`Everyone at ${account.name} confirms with a second device.`} />
            <Rule title="Sign out when idle" about="After 14 days without use." />
          </ul>
          <Gate
            decision={sso}
            label="Single sign-on (SAML)"
            plan="Professional"
            heading="h2"
            description={<SsoWords account={account.name} />}
          >
            <section class="frame" aria-labelledby="sso">
              <h2 id="sso">Single sign-on (SAML)</h2>
              <SsoWords account={account.name} />
              <p class="tag is-ok">In your plan</p>
            </section>
          </Gate>
          <ul class="list">
            <Rule title="Allowed email domains" about={`${account.id}.example`} />
          </ul>
        </div>
      ),
    })
  })

  app.get('/settings/requests', (c) => {
    const { account, person } = c.get('session')
    const admins = listOf(
      people
        .list(account.id)
        .filter(mayBuy)
        .map(({ name }) => name.split(' ')[0] ?? name),
    )
    return page(c, deps, {
      title: 'Requests',
      under,
      children: (
        <div class="stack">
          <Title>Requests</Title>
          <Requests>
            <Empty title="No open requests">
              {mayBuy(person)
                ? 'When someone needs a seat or a feature, it shows up here.'
                : `What you ask ${admins} for shows up here with their answer.`}
            </Empty>
          </Requests>
        </div>
      ),
    })
  })
}

const SsoWords = ({ account }: { account: string }) => (
  <>
    <p class="muted small">
      People sign in to TeamFlow with the company account they already have. When someone leaves {account}, their access
      ends with it.
    </p>
    <ul class="ticks">
      <li>
        <Icon name="check" />
        Any SAML 2.0 provider
      </li>
      <li>
        <Icon name="check" />
        Set up in about 10 minutes, test it before it goes live
      </li>
    </ul>
  </>
)

const Rule = ({ title, about }: { title: string; about: string }) => (
  <li>
    <div>
      <p class="medium">{title}</p>
      <p class="muted small">{about}</p>
    </div>
    <span class="end">
      <span class="tag is-ok">
        <Icon name="check" />
        On
      </span>
    </span>
  </li>
)
