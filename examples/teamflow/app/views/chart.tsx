import type { JSX } from 'preact'

/** A value at a time; times and values in any unit, as long as all of a chart are in the same. */
export interface Point {
  x: number
  y: number
}

export interface ChartProps {
  id: string
  title: string
  /** What the picture says, as a sentence. */
  sentence: string
  points: Point[]
  /** Where the axis of time begins and ends, each with its words. */
  from: { x: number; words: string }
  to: { x: number; words: string }
  limit: number | null
  /** Whether a value holds until the next one, as of a level; values between are met otherwise. */
  steps?: boolean
  /** Where it will be if it goes on like this. */
  ahead?: { point: Point; words: string } | null
  /** The figures, for those who read rather than look. */
  table: { head: [string, string]; rows: [string, number][] }
}

const height = 148
const width = 1_000

/** A value over time: a sentence, a picture of it, and its figures as a table. */
export function Chart(props: ChartProps): JSX.Element {
  const { id, title, sentence, points, from, to, limit, steps = false, ahead, table } = props
  const top = niceTop(Math.max(limit ?? 0, ...points.map(({ y }) => y), 1))
  const share = (x: number): number => Math.max(0, Math.min(1, (x - from.x) / Math.max(1, to.x - from.x)))
  const left = (x: number): string => `${(100 * share(x)).toFixed(2)}%`
  const down = (y: number): number => height - (height * y) / top
  const at = ({ x, y }: Point): string => `${(width * share(x)).toFixed(1)} ${down(y).toFixed(1)}`
  const path = points
    .map((point, index) => {
      const before = points[index - 1]
      if (!before) return `M${at(point)}`
      return steps ? `L${at({ x: point.x, y: before.y })} L${at(point)}` : `L${at(point)}`
    })
    .join(' ')
  const [first, last] = [points[0], points.at(-1)]
  const lines = [...new Set([0, limit ?? top / 2, top])].filter((y) => y <= top)
  return (
    <figure class="chart" aria-labelledby={id}>
      <figcaption>
        <b id={id}>{title}</b>
        <span>{sentence}</span>
      </figcaption>
      <svg width="100%" height={height + 44} aria-hidden="true">
        <svg
          y="18"
          width="100%"
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {lines.map((y) => (
            <path key={y} class={y === limit ? 'limit' : 'grid'} d={`M0 ${down(y)} H${width}`} />
          ))}
          {first && last && (
            <>
              <path class="area" d={`${path} L${at({ ...last, y: 0 })} L${at({ ...first, y: 0 })} Z`} />
              <path class="value" d={path} />
            </>
          )}
          {last && ahead && <path class="ahead" d={`M${at(last)} L${at(ahead.point)}`} />}
        </svg>
        {lines
          .filter((y) => y > 0)
          .map((y) => (
            <text key={y} x="0" y={down(y) + 13}>
              {y.toLocaleString('en-US')}
            </text>
          ))}
        {last && <circle class="dot" cx={left(last.x)} cy={down(last.y) + 18} r="4" />}
        {ahead && (
          <>
            <circle class="dot is-ahead" cx={left(ahead.point.x)} cy={down(ahead.point.y) + 18} r="4" />
            <text
              class="call"
              x={left(ahead.point.x)}
              y={down(ahead.point.y) + 40}
              text-anchor={share(ahead.point.x) > 0.5 ? 'end' : 'start'}
            >
              {ahead.words}
            </text>
          </>
        )}
        <text x="0" y={height + 38}>
          {from.words}
        </text>
        <text x="100%" y={height + 38} text-anchor="end">
          {to.words}
        </text>
      </svg>
      <details>
        <summary>Show as a table</summary>
        <table>
          <thead>
            <tr>
              {table.head.map((word) => (
                <th key={word} scope="col">
                  {word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(([when, value]) => (
              <tr key={when}>
                <th scope="row">{when}</th>
                <td>{value.toLocaleString('en-US')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

/** The value itself, or a little more where it is no round number: room for the line. */
function niceTop(value: number): number {
  const step = 10 ** Math.floor(Math.log10(value))
  return Math.ceil(value / step) * step
}
