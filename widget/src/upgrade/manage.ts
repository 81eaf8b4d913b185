import { effect, type ReadonlySignal } from '@preact/signals-core'

/** What a dialog is led by. */
export interface Managed {
  /** The class of its `<dialog>`. */
  name: 'upgrade' | 'change'
  open: ReadonlySignal<boolean>
  step: ReadonlySignal<string>
  /** What else may change its title. */
  titled: readonly ReadonlySignal<unknown>[]
  close(): void
}

/** Who has the focus, through all shadows. */
function focused(): HTMLElement | null {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element instanceof HTMLElement ? element : null
}

/** Opens and shuts the native dialog as the flow says, and moves the focus to what is new. The returned function ends it. */
export function manageDialog(host: HTMLElement, flow: Managed): () => void {
  const find = (): HTMLDialogElement | null | undefined => host.shadowRoot?.querySelector(`dialog.${flow.name}`)
  let opener: HTMLElement | null = null
  let title = ''

  const sync = (): void => {
    const dialog = find()
    if (!dialog) return
    const open = flow.open.peek()
    const step = flow.step.peek()
    // Stripe's own window lies over the page, where a modal dialog would make it inert.
    const modal = step !== 'bank' && step !== 'checkout'
    if (dialog.open && (!open || modal !== dialog.matches(':modal'))) dialog.close()
    if (!open) {
      opener?.focus()
      opener = null
      title = ''
      return
    }
    if (!dialog.open) {
      opener ??= focused()
      if (modal) dialog.showModal()
      else dialog.show()
      title = ''
    }
    // A step with another title is another thing to read; a new figure in the same step is not.
    const next = dialog.querySelector('h2')
    const inPlace = step === 'paying' && title !== ''
    if (next && next.textContent !== title && !inPlace) next.focus()
    title = next?.textContent ?? ''
    dialog.oncancel = (event) => {
      event.preventDefault()
      flow.close()
    }
    // A browser may shut a modal dialog on a second Escape without asking.
    dialog.onclose = () => {
      if (!dialog.open && flow.open.peek()) flow.close()
    }
    dialog.onkeydown = (event) => {
      if (event.key === 'Escape' && !dialog.matches(':modal')) flow.close()
    }
  }

  const stop = effect(() => {
    void [flow.open, flow.step, ...flow.titled].map((signal) => signal.value)
    // After the view has been drawn from the same change.
    queueMicrotask(sync)
  })
  return () => {
    stop()
    find()?.close()
  }
}
