import type { Decision } from '@softgate/sdk/contract'
import type { ComponentChildren, JSX } from 'preact'
import { render } from 'preact-render-to-string'
import type { Assets } from '../assets.ts'
import type { Project, Session } from '../model.ts'
import { Icon, type IconName } from './icons.tsx'
import { Avatar, Meter, Prompts } from './parts.tsx'

export interface Shell {
  session: Session
  unread: number
  projects: (Project & { open: number; done: number })[]
  seats: Decision
}

export interface DocumentProps {
  title: string
  assets: Assets
  /** The page's path, which the menu marks. */
  path: string
  shell: Shell | null
  /** What stands before the title in the bar, with where it leads. */
  under?: { title: string; href: string }
  children: ComponentChildren
}

const settings: [path: string, icon: IconName, title: string][] = [
  ['/settings/members', 'users', 'Members'],
  ['/settings/security', 'shield', 'Security'],
  ['/settings/integrations', 'plug', 'Integrations'],
  ['/settings/usage', 'bars', 'Usage'],
  ['/settings/plans', 'card', 'Plans'],
  ['/settings/requests', 'mail', 'Requests'],
]

const Logo = (): JSX.Element => (
  <svg class="logo" viewBox="0 0 22 22" aria-hidden="true">
    <rect width="22" height="22" rx="6" />
    <path d="M6.5 5.5v11M11 5.5v7M15.5 5.5v9" />
  </svg>
)

interface LinkProps {
  path: string
  href: string
  icon: IconName
  title: string
  count?: number
  /** What Softgate counts beside it in the browser, in a word. */
  live?: string
}

function NavLink({ path, href, icon, title, count = 0, live }: LinkProps): JSX.Element {
  const current = path === href ? 'page' : path.startsWith(`${href}/`) ? 'true' : undefined
  return (
    <a href={href} {...(current && { 'aria-current': current })}>
      <Icon name={icon} />
      {title}
      {live && (
        <span class="count" hidden data-count={live}>
          <span data-value />
          <span class="vh"> {live}</span>
        </span>
      )}
      {count > 0 && (
        <span class="count">
          {count}
          <span class="vh"> unread</span>
        </span>
      )}
    </a>
  )
}

function Side({ path, shell }: { path: string; shell: Shell }): JSX.Element {
  const inSettings = path.startsWith('/settings/')
  return (
    <aside class="side" id="side" popover="auto" aria-label="TeamFlow">
      <div class="brand">
        <Logo />
        {shell.session.account.name}
      </div>
      <nav aria-label="Main">
        <NavLink path={path} href="/inbox" icon="inbox" title="Inbox" count={shell.unread} />
        <NavLink path={path} href="/my-work" icon="home" title="My work" />
        <NavLink path={path} href="/projects" icon="board" title="Projects" />
        <NavLink path={path} href="/goals" icon="flag" title="Goals" />
        <NavLink path={path} href="/reports" icon="bars" title="Reports" />
      </nav>
      {!inSettings && shell.projects.length > 0 && (
        <nav aria-label="Projects">
          <p>Projects</p>
          {shell.projects.map(({ id, name }) => (
            <NavLink key={id} path={path} href={`/projects/${id}`} icon="board" title={name} />
          ))}
        </nav>
      )}
      <nav aria-label="Settings">
        <p>Settings</p>
        {settings.map(([href, icon, title]) => (
          <NavLink
            key={href}
            path={path}
            href={href}
            icon={icon}
            title={title}
            {...(href === '/settings/requests' && { live: 'open' })}
          />
        ))}
      </nav>
      <div class="seats">
        <Meter title="Seats" unit="seats" decision={shell.seats} />
      </div>
    </aside>
  )
}

function Bar({ title, under, shell }: Pick<DocumentProps, 'title' | 'under'> & { shell: Shell }): JSX.Element {
  const { person } = shell.session
  return (
    <header class="bar">
      <button class="burger" type="button" popovertarget="side" aria-label="Menu">
        <Icon name="menu" />
      </button>
      <p class="crumb">
        {under && (
          <>
            <a href={under.href}>{under.title}</a> /{' '}
          </>
        )}
        <b>{title}</b>
      </p>
      <div class="end">
        <p id="connection" class="connection" role="status" />
        <button class="me" type="button" popovertarget="me" aria-label={`${person.name}, account menu`}>
          <Avatar name={person.name} />
        </button>
        <div class="menu" id="me" popover="auto">
          <p class="medium">{person.name}</p>
          <p class="muted small">
            {person.email}, {person.role}
          </p>
          <form method="post" action="/sign-out" data-sign-out>
            <button class="button is-plain is-wide" type="submit">
              Sign out
            </button>
          </form>
        </div>
      </div>
    </header>
  )
}

/** What the team has done, for the prompt that comes when there is something to be glad of. */
function Done({ projects }: Pick<Shell, 'projects'>): JSX.Element {
  const sum = (of: 'open' | 'done'): number => projects.reduce((total, project) => total + project[of], 0)
  return (
    <dl slot="figures" class="figures-row">
      <div>
        <dt>Tasks done</dt>
        <dd>{sum('done')}</dd>
      </div>
      <div>
        <dt>Still open</dt>
        <dd>{sum('open')}</dd>
      </div>
      <div>
        <dt>Projects</dt>
        <dd>{projects.length}</dd>
      </div>
    </dl>
  )
}

/** A whole page of TeamFlow, as HTML. */
export function renderDocument({ title, assets, path, shell, under, children }: DocumentProps): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · TeamFlow`}</title>
        <link rel="icon" href="/favicon.svg" />
        <link rel="stylesheet" href={assets.style} />
        <script type="module" src={assets.script} />
      </head>
      {shell ? (
        <body data-path={path} data-account={shell.session.account.id}>
          <a class="skip" href="#main">
            Skip to content
          </a>
          <Side path={path} shell={shell} />
          <div class="page">
            <Prompts {...(assets.stripe && { stripe: assets.stripe })}>
              <Done projects={shell.projects} />
            </Prompts>
            <Bar title={title} {...(under && { under })} shell={shell} />
            <main id="main" tabIndex={-1}>
              {children}
            </main>
          </div>
        </body>
      ) : (
        <body class="is-outside">{children}</body>
      )}
    </html>
  )
  return `<!doctype html>${render(page)}`
}
