/** Reads server-sent events from a response until it ends. */
export interface Listener {
  /** The next message for which `wanted` holds, among those that have come and those that will. */
  next<T = Record<string, unknown>>(event: string, wanted?: (data: T) => boolean): Promise<T>
  /** Everything of this kind that has come so far. */
  seen<T = Record<string, unknown>>(event: string): T[]
  close(): Promise<void>
}

interface Message {
  event: string
  data: unknown
}

export function listenTo(response: Response): Listener {
  if (!response.body) throw new Error('the response has no body')
  const reader = response.body.getReader()
  const come: Message[] = []
  let notify = () => {}
  let ended = false
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder()
    let text = ''
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      text += decoder.decode(value, { stream: true })
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const message = parse(text.slice(0, end))
        text = text.slice(end + 2)
        if (message) come.push(message)
      }
      notify()
    }
    ended = true
    notify()
  }
  read().catch(() => {
    ended = true
    notify()
  })
  return {
    async next<T>(event: string, wanted: (data: T) => boolean = () => true): Promise<T> {
      for (let from = 0; ; ) {
        for (; from < come.length; from++) {
          const message = come[from]
          if (message?.event === event && wanted(message.data as T)) return message.data as T
        }
        if (ended) throw new Error(`the stream ended without the ${event} that was waited for`)
        await new Promise<void>((resolve) => {
          notify = resolve
        })
      }
    },
    seen: <T>(event: string) => come.filter((message) => message.event === event).map((message) => message.data as T),
    close: () => reader.cancel(),
  }
}

function parse(block: string): Message | null {
  const field = (name: string): string | undefined =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
  const event = field('event')
  return event === undefined ? null : { event, data: JSON.parse(field('data') ?? 'null') }
}
