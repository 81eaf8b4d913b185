import type { Softgate } from '@softgate/sdk'
import { showOffer } from '@softgate/widget'
import { getBridge } from '../views/bridge.ts'

/**
 * Buttons with an offer open its exact price in Softgate's dialog; buttons with a feature ask an admin for it. The page that
 * comes back shows what became of it.
 */
export function offersOnClick(): void {
  document.addEventListener('click', async ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>('[data-offer], [data-ask]') : null
    const bridge = getBridge()
    if (!button || !bridge) return
    const { offer, title = '', body = '', ask } = button.dataset
    button.focus()
    await bridge.shown()
    const outcome = offer ? await showOffer(offer, { title, body }) : (await bridge.gate(ask ?? '')).outcome
    if (outcome !== 'upgraded' && outcome !== 'requested') return
    // The dialog still tells what happened; where it is put away, the focus comes back here.
    if (document.activeElement === button) location.reload()
    else button.addEventListener('focus', () => location.reload(), { once: true })
  })
}

/** On a phone two plans stand side by side: the account's own and the one that is picked. */
export function pickPlans(): void {
  const picker = document.querySelector<HTMLSelectElement>('[data-pick]')
  picker?.addEventListener('change', () => {
    for (const cell of document.querySelectorAll('[data-plan]'))
      cell.classList.toggle('is-picked', cell.getAttribute('data-plan') === picker.value)
  })
}

/** Keeps the count beside "Requests" true for those who answer them. */
export function countRequests(softgate: Softgate): void {
  const place = document.querySelector<HTMLElement>('[data-count]')
  const value = place?.querySelector('[data-value]')
  const tell = (): void => {
    const state = softgate.state.value
    const open = state?.user.may.includes('purchase') ? state.requests.open : 0
    if (value) value.textContent = String(open)
    if (place) place.hidden = open === 0
  }
  softgate.subscribe(tell)
  tell()
}
