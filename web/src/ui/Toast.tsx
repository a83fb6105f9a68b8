import { Toast as Base } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '@/ui/Button'
import { classes } from '@/ui/classes'

const manager = Base.createToastManager()

/** Says something that passes: an outcome, never a thing the user must read. `isError` stays until it is closed. */
export function notify(title: string, { detail, isError = false }: { detail?: string; isError?: boolean } = {}): void {
  manager.add({
    title,
    description: detail,
    type: isError ? 'error' : 'note',
    timeout: isError ? 0 : 4000,
    priority: isError ? 'high' : 'low',
  })
}

/** Wraps the app once; shows what `notify` says. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider toastManager={manager}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-4 z-[60] flex w-80 max-w-[calc(100vw-32px)] flex-col gap-2">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

function List() {
  const { toasts } = Base.useToastManager()
  return toasts.map(toast => (
    <Base.Root key={toast.id} toast={toast} className="popup fade flex items-start gap-2 p-3 pr-2 text-sm">
      <Base.Content className="min-w-0 flex-1">
        <Base.Title className={classes('font-medium', toast.type === 'error' && 'text-bad')} />
        <Base.Description className="break-words text-fg2" />
      </Base.Content>
      <Base.Close
        render={
          <IconButton label="Dismiss" isSmall>
            <X />
          </IconButton>
        }
      />
    </Base.Root>
  ))
}
