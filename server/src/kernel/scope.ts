/*
 * A scope says whose something is within an account: `user:…`, `entity:…`, or the account's own where it is empty.
 */

export const userScope = (user: string): string => `user:${user}`

export const entityScope = (entity: string): string => `entity:${entity}`

export interface Scoped {
  user?: string
  entity?: string
}

/** The user or the entity that a scope names; neither for the account itself. */
export function readScope(scope: string): Scoped {
  const [kind, ...name] = scope.split(':')
  if (kind === 'user') return { user: name.join(':') }
  return kind === 'entity' ? { entity: name.join(':') } : {}
}
