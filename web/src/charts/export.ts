/** A chart as a file: a picture, or a table. */
import type { ChartSeries } from '@/charts/series'

/** The shared x and one column a series, as CSV with a header. Odd values are left empty as the chart leaves them out. */
export function toCsv(xName: string, x: readonly number[], series: readonly ChartSeries[]): string {
  const quote = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text)
  const columns = series.map(each => each.y)
  const lines = [[xName, ...series.map(each => each.label)].map(quote).join(',')]
  x.forEach((value, i) => {
    if (columns.every(column => column[i] === null || column[i] === undefined)) return
    lines.push([value, ...columns.map(column => column[i] ?? '')].join(','))
  })
  return `${lines.join('\r\n')}\r\n`
}

const LINE = 18
const COLUMN = 200 // px, at least

/** The canvas of a chart with a title above and a legend below, on the page's own background. */
export function exportPng(canvas: HTMLCanvasElement, title: string, series: readonly ChartSeries[]): Promise<Blob> {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(name).trim()
  const scale = window.devicePixelRatio || 1
  const width = Math.max(320, canvas.width / scale)
  const perLine = Math.max(1, Math.floor((width - 24) / COLUMN))
  const column = (width - 24) / perLine
  const height = 36 + canvas.height / scale + Math.ceil(series.length / perLine) * LINE + 16
  const picture = Object.assign(document.createElement('canvas'), { width: width * scale, height: height * scale })
  const pen = picture.getContext('2d')!
  pen.scale(scale, scale)
  pen.fillStyle = token('--surface')
  pen.fillRect(0, 0, width, height)
  pen.fillStyle = token('--text')
  pen.font = `600 13px ${token('--font-sans')}`
  pen.fillText(title, 12, 23, width - 24)
  pen.drawImage(canvas, 0, 36, canvas.width / scale, canvas.height / scale)
  pen.font = `11px ${token('--font-sans')}`
  series.forEach((each, i) => {
    const left = 12 + (i % perLine) * column
    const top = 36 + canvas.height / scale + 8 + Math.floor(i / perLine) * LINE
    pen.strokeStyle = token(each.color)
    pen.lineWidth = 2
    pen.setLineDash([...each.dash])
    pen.beginPath()
    pen.moveTo(left, top + 6)
    pen.lineTo(left + 18, top + 6)
    pen.stroke()
    pen.fillStyle = token('--text-2')
    pen.fillText(shorten(pen, each.label, column - 36), left + 24, top + 10)
  })
  return new Promise((resolve, reject) =>
    picture.toBlob(blob => (blob ? resolve(blob) : reject(new Error('The browser could not make the picture.'))), 'image/png'),
  )
}

function shorten(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text
  let length = text.length
  while (length > 1 && pen.measureText(`${text.slice(0, length)}…`).width > width) length--
  return `${text.slice(0, length)}…`
}
