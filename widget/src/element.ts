import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import { type ComponentChild, render } from 'preact'
import { adopt } from './sheet.ts'

/** What an attribute can say: the type of a property's default tells how its attribute is read. */
export type Props = Record<string, string | number | boolean>

export type Signals<P extends Props> = { readonly [K in keyof P]: ReadonlySignal<P[K]> }

/** What stands behind a connected element. */
export interface Body {
  /** Drawn again whenever a signal that it reads changes. */
  view(): ComponentChild
  /** Ends timers and subscriptions: the element has left the page. */
  dispose?(): void
}

export interface ElementSpec<P extends Props> {
  tag: `softgate-${string}`
  css: string
  /** Its properties, with their defaults. `maxItems` is the attribute `max-items`. */
  props: P
  /** Runs when the element comes into a page. */
  setup(host: HTMLElement, props: Signals<P>): Body
}

/** Tells the page; false when it has prevented what would follow. */
export const emit = (host: HTMLElement, type: `softgate-${string}`, detail: unknown): boolean =>
  host.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }))

const toAttribute = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Defines a custom element that Preact draws into its shadow. A tag that is defined already stays as it is. */
export function defineElement<P extends Props>({ tag, css, props: defaults, setup }: ElementSpec<P>): void {
  // A server that renders pages has no elements, and a page may load the widget twice.
  if (!globalThis.customElements || customElements.get(tag)) return
  const names = Object.keys(defaults)
  const byAttribute = Object.fromEntries(names.map((name) => [toAttribute(name), name]))

  class SoftgateElement extends HTMLElement {
    static observedAttributes = Object.keys(byAttribute)
    // The one place where the types of the properties are lost: elements are reached by names that are texts.
    readonly #props = Object.fromEntries(names.map((name) => [name, signal(defaults[name])])) as Record<
      string,
      Signal<unknown>
    >
    #end: (() => void) | null = null

    static {
      for (const name of names)
        Object.defineProperty(SoftgateElement.prototype, name, {
          enumerable: true,
          get(this: SoftgateElement) {
            return this.#props[name]?.value
          },
          set(this: SoftgateElement, value: unknown) {
            const property = this.#props[name]
            if (property) property.value = value
          },
        })
    }

    constructor() {
      super()
      adopt(this.attachShadow({ mode: 'open' }), css)
      // A framework may set properties before this class is known; on the instance they would hide the accessors.
      for (const [name, property] of Object.entries(this.#props)) {
        const own = Object.getOwnPropertyDescriptor(this, name)
        if (own && Reflect.deleteProperty(this, name)) property.value = own.value
      }
    }

    connectedCallback(): void {
      if (this.#end || !this.shadowRoot) return
      const root = this.shadowRoot
      const { view, dispose } = setup(this, this.#props as Signals<P>)
      const stop = effect(() => render(view(), root))
      this.#end = () => {
        stop()
        dispose?.()
        render(null, root)
      }
    }

    disconnectedCallback(): void {
      // A move is a disconnect and a connect at once, and must not lose what the user has typed.
      queueMicrotask(() => {
        if (this.isConnected) return
        this.#end?.()
        this.#end = null
      })
    }

    attributeChangedCallback(attribute: string, _: string | null, text: string | null): void {
      const name = byAttribute[attribute] ?? ''
      const fallback = defaults[name]
      const property = this.#props[name]
      if (!property) return
      if (typeof fallback === 'boolean') property.value = text !== null
      else property.value = text === null ? fallback : typeof fallback === 'number' ? Number(text) : text
    }
  }
  customElements.define(tag, SoftgateElement)
}
