import { createSoftgate, type Softgate } from '@softgate/sdk'
import { connect } from './client.ts'
import { defineElements } from './define-elements.ts'
import { setMessages } from './messages.ts'
import { useNonce } from './sheet.ts'
import { showOffer } from './show-offer.ts'

/** The page's client, with what a page without a bundler needs beside it. */
export interface ScriptSoftgate extends Softgate {
  setMessages: typeof setMessages
  showOffer: typeof showOffer
}

declare global {
  interface Window {
    Softgate?: ScriptSoftgate
  }
}

const script = document.currentScript

/**
 * `<script src="/widget.js" data-url="/softgate" data-token-url="/softgate-token"></script>` makes the page's client,
 * `window.Softgate`, and defines the elements. `data-url` is the backend, `/softgate` when left out; `data-token-url` is
 * asked with the page's cookies and answers a token, as text or as `{"token": "…"}`; `data-stripe-url` replaces Stripe.js.
 * A page without `<softgate-prompts>` gets one at the top of its body.
 */
if (script instanceof HTMLScriptElement && !window.Softgate) {
  const { url = '/softgate', tokenUrl = '/softgate-token', stripeUrl } = script.dataset
  useNonce(script.nonce)
  const softgate = createSoftgate({
    url,
    async token() {
      const response = await fetch(tokenUrl, { method: 'POST', credentials: 'same-origin' })
      const text = await response.text()
      if (!response.ok) throw new Error(`${tokenUrl}: ${response.status}`)
      return text[0] === '{' ? JSON.parse(text).token : text
    },
  })
  window.Softgate = Object.assign(softgate, { setMessages, showOffer })
  connect(softgate)
  defineElements()
  const addPrompts = (): void => {
    const found = document.querySelector('softgate-prompts:not([placement])')
    const prompts = found ?? document.createElement('softgate-prompts')
    if (stripeUrl) prompts.setAttribute('stripe-url', stripeUrl)
    if (!found) document.body.prepend(prompts)
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', addPrompts)
  else addPrompts()
}
