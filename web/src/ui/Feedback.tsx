import { CircleAlert, LoaderCircle, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/ui/Button'
import { classes } from '@/ui/classes'
import { CopyButton } from '@/ui/CopyButton'

interface EmptyStateProps {
  icon?: ReactNode
  title: string
  children?: ReactNode
  /** What to do about it. */
  action?: ReactNode
  className?: string
}

/** Nothing is here yet: says why and what to do. */
export function EmptyState({ icon, title, children, action, className }: EmptyStateProps) {
  return (
    <div className={classes('flex flex-col items-center justify-center gap-2 px-6 py-16 text-center', className)}>
      {icon && (
        <span className="mb-1 flex size-10 items-center justify-center rounded-[10px] bg-mute-soft text-fg3 [&_svg]:size-5">{icon}</span>
      )}
      <p className="text-base font-semibold">{title}</p>
      {children && <div className="max-w-md text-sm text-fg2">{children}</div>}
      {action && <div className="mt-2 flex gap-2">{action}</div>}
    </div>
  )
}

interface ErrorStateProps {
  message: string
  hint?: string | undefined
  onRetry?: () => void
  /** One line, for cards. */
  isCompact?: boolean
  className?: string
}

/** Something went wrong: what, what to do, and a way to try again. */
export function ErrorState({ message, hint, onRetry, isCompact = false, className }: ErrorStateProps) {
  const text = hint ? `${message} ${hint}` : message
  return (
    <div
      role="alert"
      className={classes('flex flex-col items-center justify-center gap-1.5 px-6 text-center', isCompact ? 'py-4' : 'py-16', className)}
    >
      <CircleAlert aria-hidden className={classes('mb-1 text-bad', isCompact ? 'size-4' : 'size-6')} />
      <p className={classes('max-w-lg font-medium break-words', isCompact && 'line-clamp-3 text-sm')}>{message}</p>
      {hint && <p className="max-w-lg text-sm break-words text-fg2">{hint}</p>}
      <div className="mt-1.5 flex items-center gap-1">
        {onRetry && (
          <Button kind="outline" isSmall={isCompact} onClick={onRetry}>
            <RotateCw /> Try again
          </Button>
        )}
        <CopyButton text={text} label="Copy error" />
      </div>
    </div>
  )
}

/** Something is on its way. */
export function Spinner({ label = 'Loading', className }: { label?: string; className?: string }) {
  return (
    <span role="status" className={classes('inline-flex items-center gap-2 text-sm text-fg3', className)}>
      <LoaderCircle aria-hidden className="size-4 animate-spin" />
      <span className="sr-only">{label}</span>
    </span>
  )
}

/** The shape of what is on its way, where its size is known. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={classes('shimmer block rounded-md', className)} />
}
