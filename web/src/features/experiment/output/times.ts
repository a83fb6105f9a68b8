import type { TimeStyle } from '@/features/experiment/view'

const two = (part: number) => String(part).padStart(2, '0')
const three = (part: number) => String(part).padStart(3, '0')

/** A line's time: `08:00:01.700`, or `+0:00:01.700` since the start. Empty if times are off. */
export function formatLineTime(time: number, style: TimeStyle, startedAt: number): string {
  if (style === 'off') return ''
  if (style === 'relative') {
    const since = Math.abs(time - startedAt)
    const seconds = Math.floor(since / 1000)
    return `${time < startedAt ? '−' : '+'}${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${three(since % 1000)}`
  }
  const date = new Date(time)
  if (style === 'utc') return date.toISOString().slice(11, 23)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${three(date.getMilliseconds())}`
}
