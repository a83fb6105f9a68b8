import { Download, Ellipsis, Maximize2, Table2, ZoomOut } from 'lucide-react'
import { memo } from 'react'
import { IconButton } from '@/ui/Button'
import { Menu } from '@/ui/Menu'

interface ActionsProps {
  name: string
  onExpand: (() => void) | undefined
  /** Shows everything; undefined while everything is shown. */
  onReset: (() => void) | undefined
  isDrawn: boolean
  onPng: () => void
  onCsv: () => void
}

/** What can be done with a chart. Dear to render beside its chart, so give it functions that stay the same. */
export const Actions = memo(function Actions({ name, onExpand, onReset, isDrawn, onPng, onCsv }: ActionsProps) {
  return (
    <span className="ml-auto flex shrink-0 opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 has-[[data-popup-open]]:opacity-100 pointer-coarse:opacity-100">
      {onReset && (
        <IconButton label="Show everything" isSmall onClick={onReset}>
          <ZoomOut />
        </IconButton>
      )}
      {onExpand && (
        <IconButton label="Enlarge" isSmall onClick={onExpand}>
          <Maximize2 className="!size-3" />
        </IconButton>
      )}
      <Menu
        trigger={
          <IconButton label={`Actions for ${name}`} isSmall>
            <Ellipsis />
          </IconButton>
        }
        items={[
          { label: 'Download PNG', icon: <Download />, isDisabled: !isDrawn, onSelect: onPng },
          { label: 'Download CSV', icon: <Table2 />, isDisabled: !isDrawn, onSelect: onCsv },
        ]}
      />
    </span>
  )
})
