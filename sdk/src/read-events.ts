/**
 * Reads the server's events to the end of `body`: an `event` and a `data` line each, and an empty one.
 *
 * @param onBytes called for whatever arrives, heartbeats too
 * @param onPart called with the JSON of each part of the state: the first is all of it, others are what has changed, the
 *   account's part or the user's
 */
export function readEvents(
  body: ReadableStream<BufferSource>,
  onBytes: () => void,
  onPart: (text: string) => void,
): Promise<void> {
  let rest = ''
  return body.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write(text) {
        onBytes()
        const messages = (rest + text).split('\n\n')
        rest = messages.pop() as string
        for (const message of messages) {
          const [, part] = message.split(/(?:state|prompts)\ndata: /)
          if (part) onPart(part)
        }
      },
    }),
  )
}
