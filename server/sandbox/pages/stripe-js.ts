/**
 * A stand-in for https://js.stripe.com: the calls that finish a payment in a page, and Checkout inside one. It finds the sandbox by its own
 * address, and shows 3-D Secure in an overlay.
 */
export const STRIPE_JS = `(() => {
  const base = new URL('.', document.currentScript.src).href

  const idOf = (secret) => String(secret).split('_secret_')[0]
  const failed = (error) => ({ error: error && error.message ? error : { type: 'api_connection_error', message: 'Stripe cannot be reached.' } })

  async function call(key, secret, path, body) {
    const url = base + 'payment_intents/' + encodeURIComponent(idOf(secret)) + path
    try {
      const response = body
        ? await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...body, key, client_secret: secret }) })
        : await fetch(url + '?' + new URLSearchParams({ key, client_secret: secret }))
      const answer = await response.json()
      return response.ok ? { paymentIntent: answer } : failed(answer.error)
    } catch {
      return failed()
    }
  }

  function askBank(secret) {
    const overlay = document.createElement('div')
    overlay.setAttribute('role', 'dialog')
    overlay.setAttribute('aria-modal', 'true')
    overlay.setAttribute('aria-label', 'Your bank asks')
    overlay.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:rgb(0 0 0 / .5);display:grid;place-items:center'
    const frame = document.createElement('iframe')
    frame.title = 'Your bank asks'
    frame.name = 'stripe-sandbox-3ds'
    frame.src = base + '3ds/' + encodeURIComponent(idOf(secret)) + '?' + new URLSearchParams({ client_secret: secret })
    frame.style.cssText = 'width:min(460px, 96vw);height:400px;border:0;border-radius:12px;background:Canvas'
    overlay.append(frame)
    // A modal dialog of the page lies in the top layer, above everything that does not: the overlay goes there too.
    if ('popover' in overlay) {
      overlay.popover = 'manual'
      overlay.style.cssText += ';border:0;margin:0;padding:0;width:100vw;height:100vh;max-width:none;max-height:none'
    }
    const modals = [...document.querySelectorAll('dialog:modal')]
    ;(modals.at(-1) || document.body).append(overlay)
    if ('popover' in overlay) overlay.showPopover()
    return new Promise((resolve) => {
      const answered = (event) => {
        if (event.source !== frame.contentWindow || !event.data || event.data.source !== 'stripe-sandbox-3ds') return
        removeEventListener('message', answered)
        overlay.remove()
        resolve()
      }
      addEventListener('message', answered)
    })
  }

  async function finish(key, secret, found) {
    if (found.error || found.paymentIntent.status !== 'requires_action') return found
    await askBank(secret)
    const after = await call(key, secret, '')
    if (after.error) return after
    const { status, last_payment_error: error } = after.paymentIntent
    return status === 'requires_payment_method' && error ? { error: { ...error, payment_intent: after.paymentIntent } } : after
  }

  // A page of Checkout inside the page, which tells of its end by a message.
  async function embed({ fetchClientSecret, clientSecret, onComplete }) {
    const secret = clientSecret || (await fetchClientSecret())
    const frame = document.createElement('iframe')
    frame.title = 'Checkout'
    frame.name = 'stripe-sandbox-checkout'
    frame.src = base + 'checkout/' + encodeURIComponent(idOf(secret))
    frame.style.cssText = 'width:100%;height:760px;border:0;background:Canvas'
    const told = (event) => {
      if (event.source !== frame.contentWindow || !event.data || event.data.source !== 'stripe-sandbox-checkout') return
      removeEventListener('message', told)
      if (onComplete) onComplete()
      if (event.data.url) location.assign(event.data.url)
    }
    return {
      mount: (place) => {
        addEventListener('message', told)
        const element = typeof place === 'string' ? document.querySelector(place) : place
        element.append(frame)
      },
      unmount: () => frame.remove(),
      destroy: () => {
        removeEventListener('message', told)
        frame.remove()
      },
    }
  }

  // One field, as only the number of a test card tells anything here.
  function cardField() {
    const field = document.createElement('input')
    field.setAttribute('aria-label', 'Card number')
    field.inputMode = 'numeric'
    field.autocomplete = 'off'
    field.placeholder = '4242 4242 4242 4242'
    field.style.cssText = 'box-sizing:border-box;width:100%;min-height:44px;padding:8px 12px;font:inherit;color:inherit;background:Field;border:1px solid GrayText;border-radius:8px'
    return {
      get number() {
        return field.value
      },
      mount: (place) => (typeof place === 'string' ? document.querySelector(place) : place).append(field),
      unmount: () => field.remove(),
      destroy: () => field.remove(),
    }
  }

  window.Stripe = (key, options) => {
    if (!/^pk_test_/.test(key)) throw new Error('The local Stripe takes a publishable test key (pk_test_…).')
    return {
      createEmbeddedCheckoutPage: embed,
      elements: () => ({ create: cardField }),
      retrievePaymentIntent: (secret) => call(key, secret, ''),
      handleNextAction: async ({ clientSecret }) => finish(key, clientSecret, await call(key, clientSecret, '')),
      confirmCardPayment: async (clientSecret, { payment_method: method } = {}) => {
        const card = method && typeof method === 'object' ? { card_number: String((method.card && method.card.number) || '') } : {}
        const given = typeof method === 'string' ? (/^[\\d ]+$/.test(method) ? { card_number: method } : { payment_method: method }) : card
        return finish(key, clientSecret, await call(key, clientSecret, '/confirm', given))
      },
    }
  }
  window.Stripe.version = 'sandbox'
})()
`
