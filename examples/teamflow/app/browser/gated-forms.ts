import { getBridge } from '../views/bridge.ts'

/** What TeamFlow's server says to a form that counts against the plan: where to go on, or that there is nothing left. */
type Answer = { next: string; detail?: string } | { blocked: true; detail: string }

const send = async (form: HTMLFormElement): Promise<Answer> => {
  const response = await fetch(form.action, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>),
  })
  if (!response.ok) throw new Error(`TeamFlow answered ${response.status}`)
  return response.json()
}

/** Sends forms such as `<form data-gate="exports">` from within the page; at the limit Softgate is asked, and they go on by themselves. */
export function sendGatedForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-gate]')) {
    const line = form.querySelector('[role=status]')
    const say = (text = ''): void => {
      if (line) line.textContent = text
    }
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      try {
        let answer = await send(form)
        if ('blocked' in answer && (await getBridge()?.gate(form.dataset['gate'] ?? ''))?.allowed)
          answer = await send(form)
        say(answer.detail)
        if ('next' in answer) location.assign(answer.next)
      } catch {
        say('Nothing was done: TeamFlow cannot be reached.')
      }
    })
  }
}
