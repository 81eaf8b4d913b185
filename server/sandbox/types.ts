import type { Dunning } from './billing/dunning.ts'
import type { JournalEntry } from './state/own-records.ts'
import type { Fault } from './wire/faults.ts'

/** How a sandbox is set up. Everything is optional. */
export interface SandboxOptions {
  /** Epoch ms; the system clock by default. All time in the sandbox is this plus what was advanced. */
  readonly now?: () => number
  /** Told whenever time was moved forward. */
  readonly onMoved?: () => void
  /** A SQLite file for the state. Without it the state lives in memory. */
  readonly file?: string
  /** The only key to accept. Without it any `sk_test_…` key is. */
  readonly secretKey?: string
  /** Delivers webhooks; the global fetch by default. */
  readonly fetch?: typeof fetch
  /** Where links such as `hosted_invoice_url` point; `listen()` fills it in. */
  readonly baseUrl?: string
}

/** What a test or a demonstration does that no API call can. */
export interface SandboxControl {
  /** The customer finishes 3-D Secure (`succeed` by default). Rejects when the payment asks for none. */
  authenticate(paymentIntent: string, outcome?: 'succeed' | 'fail'): Promise<void>
  /** The customer's bank takes a payment back. Returns the id of the dispute. */
  dispute(paymentIntent: string, reason?: string): Promise<string>
  /** The bank decides about a dispute. */
  closeDispute(dispute: string, outcome: 'won' | 'lost'): Promise<void>
  /** What is done about renewals that are not paid, until the sandbox is closed. */
  setDunning(dunning: Dunning): void
  /** Lets a coming request fail. */
  failNext(fault: Fault): void
  /** The failures that have not struck yet. */
  failures(): readonly Fault[]
  readonly webhooks: {
    /** Keeps events back until `resume`. */
    pause(): void
    /** Delivers what was kept back; settles when all of it was tried. */
    resume(): Promise<void>
    /** Tries everything pending once, due or not, paused or not. */
    flush(): Promise<void>
    /** Holds each of the next `count` (1) deliveries back by `ms`; others go ahead. */
    delayNext(ms: number, count?: number): void
    /** Delivers each of the next `count` (1) events twice. */
    repeatNext(count?: number): void
    /** From now on delivers what waits in the reverse order (or in order again). */
    reverse(on?: boolean): void
    /** Loses the next `count` (1) deliveries for good. */
    dropNext(count?: number): void
    /** What becomes of the next deliveries. */
    mode(): { readonly paused: boolean; readonly toDrop: number; readonly toRepeat: number }
  }
  /** What really happened, oldest first. */
  journal(): readonly JournalEntry[]
}

/** A Stripe of one's own. */
export interface StripeSandbox {
  /** Answers a request in process. Rejects where a fault loses the reply. */
  fetch(request: Request): Promise<Response>
  /** Serves over HTTP, on 127.0.0.1 unless told otherwise; port 0 picks one. Rejects when the port is taken. */
  listen(port: number, hostname?: string): Promise<{ readonly url: string; readonly port: number }>
  /** Stops serving and delivering, and releases the file. */
  close(): Promise<void>
  readonly clock: {
    /** Epoch ms. */
    now(): number
    /** Moves time forward by `ms`, and with it everything that falls due: expiries, renewals, webhook retries. */
    advance(ms: number): Promise<void>
  }
  readonly control: SandboxControl
}
