type Element = string | number | null | undefined

const special = /["\\]/g

/** An array as PostgreSQL reads it. The driver looks at each element several times, which of a batch was half the work. */
export function arrayOf<T>(rows: readonly T[], of: (row: T) => Element): string {
  let text = '{'
  for (const row of rows) {
    const value = of(row)
    if (text !== '{') text += ','
    if (value === null || value === undefined) text += 'NULL'
    else if (typeof value === 'number') text += value
    else text += `"${value.replace(special, '\\$&')}"`
  }
  return `${text}}`
}
