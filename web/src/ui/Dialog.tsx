import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useRef, type ReactNode } from 'react'
import { IconButton } from '@/ui/Button'
import { classes } from '@/ui/classes'

const SIZES = {
  small: 'w-[420px]',
  medium: 'w-[640px]',
  full: 'h-[calc(100dvh-48px)] w-[calc(100vw-48px)] max-sm:h-dvh max-sm:w-screen max-sm:rounded-none',
}

interface DialogProps {
  title: ReactNode
  isOpen: boolean
  onClose: () => void
  size?: keyof typeof SIZES
  /** Right of the title. */
  actions?: ReactNode
  footer?: ReactNode
  children: ReactNode
}

/** A window over the page. Esc and a click outside close it; focus goes in and comes back. */
export function Dialog({ title, isOpen, onClose, size = 'medium', actions, footer, children }: DialogProps) {
  const popup = useRef<HTMLDivElement>(null)
  return (
    <Base.Root open={isOpen} onOpenChange={next => next || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[rgb(12_13_16/.45)] transition-opacity duration-150 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Base.Popup
          ref={popup}
          // A form begins in its first field, anything else is read from its title on.
          initialFocus={() => popup.current?.querySelector<HTMLElement>('input:not([type]), input[type=text], textarea') ?? popup.current}
          className={classes(
            'popup fade fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-32px)] max-w-[100vw] -translate-x-1/2 -translate-y-1/2 flex-col rounded-xl',
            SIZES[size],
          )}
        >
          <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line pr-2.5 pl-4">
            <Base.Title className="min-w-0 truncate text-base font-semibold">{title}</Base.Title>
            <div className="ml-auto flex items-center gap-1">
              {actions}
              <Base.Close
                render={
                  <IconButton label="Close" shortcut="Esc">
                    <X />
                  </IconButton>
                }
              />
            </div>
          </header>
          <div className="min-h-0 flex-1 overflow-auto">{children}</div>
          {footer && <footer className="flex shrink-0 items-center justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
