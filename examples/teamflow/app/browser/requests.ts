import type { Softgate } from '@softgate/sdk'

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
