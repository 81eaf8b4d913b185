import { type ComponentType, h, type JSX } from 'preact'

/** A part of the page that goes on in the browser: rendered here, and taken over there with the same properties. */
export const Island = <P extends object>({
  name,
  view,
  props,
}: {
  name: string
  view: ComponentType<P>
  props: P
}): JSX.Element => (
  <div data-island={name} data-props={JSON.stringify(props)}>
    {h(view, props)}
  </div>
)
