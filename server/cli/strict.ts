import type { ArgsDef, CommandContext, CommandDef } from 'citty'
import { refuse } from './refuse.ts'

/** The command, refusing what it does not know: an option that is misspelt would else be left out without a word. */
export const strict = <T extends ArgsDef>(command: CommandDef<T>): CommandDef<T> => ({
  ...command,
  setup: (context) => {
    const unknown = unknownIn(context)
    if (unknown !== null) refuse(`${unknown} is not known. "--help" says what the command takes.`)
  },
})

function unknownIn<T extends ArgsDef>({ args, cmd }: CommandContext<T>): string | null {
  const known = Object.entries((cmd.args ?? {}) as ArgsDef)
  const names = new Set(known.flatMap(([name]) => [name, camelCase(name)]))
  const option = Object.keys(args).find((name) => name !== '_' && !names.has(name))
  if (option !== undefined) return option.length === 1 ? `-${option}` : `--${option}`
  const places = known.filter(([, { type }]) => type === 'positional').length
  return args._[places] ?? null
}

const camelCase = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
