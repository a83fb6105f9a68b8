import { classes } from '@/ui/classes'

/** The colour of a series. Beside a name, so hidden from screen readers. `color` is a CSS colour. */
export function Swatch({ color, className }: { color: string; className?: string }) {
  return (
    <span aria-hidden className={classes('inline-block size-[10px] shrink-0 rounded-[3px]', className)} style={{ background: color }} />
  )
}
