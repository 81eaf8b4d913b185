// What the widget uses of Preact (`h`, `Fragment`, `render` and the compiler's calls), for the script tag alone: our views
// are functions without hooks or state, drawn again by one effect, so a seventh of Preact's weight does. Packages are
// built on Preact itself; the tests in the browser run on this.

interface Node_ {
  type: string | ((props: Attributes) => Child)
  props: Attributes
  key: string | number | undefined
}
type Attributes = Record<string, unknown> & { children?: Child; ref?: (element: Element) => void }
type Child = Node_ | string | number | boolean | null | undefined | Child[]

/** A node in the page, and what it was made of. */
interface Leaf {
  node: Node
  props: Attributes
  leaves: Map<string, Leaf>
}

export const jsx = (type: Node_['type'], props: Attributes, key?: string): Node_ => ({ type, props, key })
export { jsx as jsxs }
export const Fragment = ({ children }: Attributes): Child => children

/**
 * The elements and texts in a child, each under the path that leads to it: what stands at the same place of the same view
 * is the same node, whatever comes and goes before it.
 */
function expand(child: Child, path: string, found: Map<string, Node_ | string>): void {
  if (Array.isArray(child)) {
    for (const [index, item] of child.entries()) expand(item, `${path},${(item as Node_ | null)?.key ?? index}`, found)
  } else if (child && typeof child === 'object') {
    const { type, props } = child
    if (typeof type === 'function') expand(type(props), `${path}/`, found)
    else found.set(path + type, child)
  } else if (child != null && typeof child !== 'boolean') found.set(path, `${child}`)
}

/** Handlers are never taken off again: our elements have the same ones for life, or go. */
function setProp(element: Element, name: string, value: unknown, old: unknown): void {
  if (name === 'style') {
    // By the object model: a style attribute is what a strict policy forbids.
    for (const [property, text] of Object.entries(value as Record<string, string>))
      (element as HTMLElement).style.setProperty(property, text)
  } else if (name.startsWith('on')) {
    const handlers = element as unknown as Record<string, unknown>
    if (!old)
      element.addEventListener(name.slice(2).toLowerCase(), (event) =>
        (handlers[name] as EventListener | undefined)?.(event),
      )
    handlers[name] = value
  } else if (name === 'value' || name === 'checked') {
    const input = element as unknown as Record<string, unknown>
    if (input[name] !== value) input[name] = value
  } else if (value == null || (value === false && name[4] !== '-')) element.removeAttribute(name)
  else if (value !== old) element.setAttribute(name, value === true && name[4] !== '-' ? '' : `${value}`)
}

function patch(parent: Node, leaves: Map<string, Leaf>, children: Child): void {
  const next = new Map<string, Node_ | string>()
  expand(children, '', next)
  for (const [path, { node }] of leaves)
    if (!next.has(path)) {
      leaves.delete(path)
      parent.removeChild(node)
    }
  let cursor = parent.firstChild
  for (const [path, item] of next) {
    const known = leaves.get(path)
    const leaf: Leaf = known ?? { node: create(parent, item), props: {}, leaves: new Map() }
    leaves.set(path, leaf)
    const { node, props: old } = leaf
    if (typeof item === 'string') {
      if (node.nodeValue !== item) node.nodeValue = item
    } else {
      const { children: inner, ref: _, ...props } = item.props
      for (const name in { ...old, ...props }) setProp(node as Element, name, props[name], old[name])
      leaf.props = props
      patch(node, leaf.leaves, inner)
    }
    if (node === cursor) cursor = cursor.nextSibling
    else parent.insertBefore(node, cursor)
    if (!known && typeof item === 'object') item.props.ref?.(node as Element)
  }
}

function create(parent: Node, item: Node_ | string): Node {
  if (typeof item === 'string') return document.createTextNode(item)
  const type = item.type as string
  return type === 'svg' || parent instanceof SVGElement
    ? document.createElementNS('http://www.w3.org/2000/svg', type)
    : document.createElement(type)
}

const roots = new WeakMap<Node, Map<string, Leaf>>()

/** Makes the content of `root` what the child says, keeping every node that stays. */
export function render(child: Child, root: Node): void {
  const leaves = roots.get(root) ?? new Map()
  roots.set(root, leaves)
  patch(root, leaves, child)
}
