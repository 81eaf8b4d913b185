/**
 * Reads server-sent events to the end of `body`: the `event` and `data` fields, which are all that the server sends.
 *
 * @param onBytes called for whatever arrives, heartbeats too
 * @param onEvent called for each message that has data
 */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void,
  onEvent: (event: string, text: string) => void,
): Promise<void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    onBytes()
    const blocks = (text + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/)
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string): string => new RegExp(`^${name}: ?(.*)`, 'm').exec(block)?.[1] ?? ''
      if (field('data')) onEvent(field('event'), field('data'))
    }
  }
}
