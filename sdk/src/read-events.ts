/**
 * Reads the server's events to the end of `body`: an `event` and a `data` line each, and an empty one.
 *
 * @param onBytes called for whatever arrives, heartbeats too
 * @param onEvent called for each message that has data
 */
export async function readEvents(
  body: ReadableStream<BufferSource>,
  onBytes: () => void,
  onEvent: (event: string, text: string) => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const take = (_: string, event?: string, data?: string): string => {
    if (event && data) onEvent(event, data)
    return ''
  }
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    onBytes()
    text = (text + value).replace(/(?:event: (.*)\ndata: (.*)|:.*)\n\n/g, take)
  }
}
