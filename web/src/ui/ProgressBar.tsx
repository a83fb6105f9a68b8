import { classes } from '@/ui/classes'

/** How far something is, 0 to 1. */
export function ProgressBar({ label, value, className }: { label: string; value: number; className?: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, value)) * 100)
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className={classes('inline-block h-1 w-24 overflow-hidden rounded-full bg-active', className)}
    >
      <span className="block h-full rounded-full bg-run" style={{ width: `${percent}%` }} />
    </span>
  )
}
