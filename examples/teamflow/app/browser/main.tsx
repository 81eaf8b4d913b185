import { hydrate, type VNode } from 'preact'
import { Board, type BoardProps } from '../views/board.tsx'
import { Members, type MembersProps } from '../views/members.tsx'
import { sendGatedForms } from './gated-forms.ts'
import { countRequests } from './requests.ts'
import { startSoftgate } from './softgate.ts'

const islands: Record<string, (props: string) => VNode> = {
  board: (props) => <Board {...(JSON.parse(props) as BoardProps)} />,
  members: (props) => <Members {...(JSON.parse(props) as MembersProps)} />,
}

const softgate = 'account' in document.body.dataset ? startSoftgate() : null

for (const place of document.querySelectorAll<HTMLElement>('[data-island]')) {
  const island = islands[place.dataset['island'] ?? '']
  if (island) hydrate(island(place.dataset['props'] ?? '{}'), place)
}

if (softgate) {
  sendGatedForms()
  countRequests(softgate)
  if (location.pathname === '/settings/integrations') softgate.track('integration_page_viewed')
  // What was known of this account stays with the person who leaves.
  document.querySelector('[data-sign-out]')?.addEventListener('submit', () => softgate.close({ forget: true }))
}
