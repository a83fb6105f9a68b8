import { Popover as Base } from '@base-ui/react/popover'
import type { ReactElement, ReactNode } from 'react'
import { classes } from '@/ui/classes'

interface PopoverProps {
  trigger: ReactElement<Record<string, unknown>>
  /** Read aloud when it opens. */
  label: string
  align?: 'start' | 'center' | 'end'
  className?: string
  isOpen?: boolean
  onOpenChange?: (isOpen: boolean) => void
  children: ReactNode
}

/** A small panel beside a button, for more than a list of actions. */
export function Popover({ trigger, label, align = 'end', className, isOpen, onOpenChange, children }: PopoverProps) {
  return (
    <Base.Root open={isOpen} onOpenChange={onOpenChange}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50">
          <Base.Popup
            aria-label={label}
            className={classes('popup fade flex max-h-[min(80vh,var(--available-height))] w-72 max-w-[94vw] flex-col text-sm', className)}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
