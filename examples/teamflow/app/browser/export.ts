import { getBridge } from '../views/bridge.ts'

type Answer = { download: string } | { blocked: true; detail: string }

const ask = async (form: HTMLFormElement): Promise<Answer> => {
  const response = await fetch(form.action, { method: 'POST', headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`TeamFlow answered ${response.status}`)
  return response.json()
}

/** Exports without leaving the page; at the limit Softgate is asked, and the export goes on by itself. */
export function exportOnSubmit(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-export]')) {
    const line = form.querySelector<HTMLElement>('[role=status]')
    const say = (text: string): void => {
      if (line) line.textContent = text
    }
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      try {
        let answer = await ask(form)
        if ('blocked' in answer && (await getBridge()?.gate('exports'))?.allowed) answer = await ask(form)
        if ('blocked' in answer) return say(answer.detail)
        say('Exported')
        location.assign(answer.download)
      } catch {
        say('Not exported: TeamFlow cannot be reached.')
      }
    })
  }
}
