import { useMemo } from 'react'
import { sparklinePath } from '@/ui/sparkline-path'

interface SparklineProps {
  values: readonly (number | null)[]
  color?: string
  width?: number
  height?: number
}

/** A series as a line the size of a word. Decoration: its numbers stand beside it. */
export function Sparkline({ values, color = 'var(--accent)', width = 78, height = 20 }: SparklineProps) {
  const path = useMemo(() => sparklinePath(values, width, height), [values, width, height])
  return (
    <svg width={width} height={height} aria-hidden className="block shrink-0">
      <path d={path} fill="none" stroke={color} strokeWidth={1.4} strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  )
}
