/** The one tooltip that all charts share. Plain DOM: it follows the pointer, so it must cost nothing. */
import '@/charts/tooltip.css'

export interface TooltipRow {
  color: string
  label: string
  value: string
  isNearest: boolean
}

interface TooltipContent {
  x: string
  xLabel: string
  rows: readonly TooltipRow[]
  more: number
}

let element: HTMLElement | undefined

function make(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

/** Shows the tooltip beside a point of the window, in px, inside the window whatever happens. */
export function showTooltip({ x, xLabel, rows, more }: TooltipContent, left: number, top: number): void {
  if (!element?.isConnected) {
    element = make('div', 'chart-tooltip')
    element.role = 'status'
    document.body.append(element)
  }
  const head = make('div', 'chart-tooltip-head')
  head.append(make('span', '', xLabel), make('span', 'num', x))
  const lines = rows.map(row => {
    const line = make('div', row.isNearest ? 'chart-tooltip-row is-nearest' : 'chart-tooltip-row')
    const swatch = make('i', '')
    swatch.style.background = `var(${row.color})`
    line.append(swatch, make('span', '', row.label), make('em', '', row.value))
    return line
  })
  element.replaceChildren(head, ...lines, ...(more > 0 ? [make('div', 'chart-tooltip-more', `+ ${more} more`)] : []))
  element.style.display = 'block'
  const { offsetWidth: width, offsetHeight: height } = element
  const right = left + 16
  element.style.left = `${Math.max(8, right + width > window.innerWidth - 8 ? left - width - 16 : right)}px`
  element.style.top = `${Math.max(8, Math.min(window.innerHeight - height - 8, top - height / 2))}px`
}

export function hideTooltip(): void {
  if (element) element.style.display = 'none'
}
