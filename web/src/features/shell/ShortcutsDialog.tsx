import { modKey } from '@/lib/keyboard'
import { Kbd } from '@/ui/Badge'
import { Dialog } from '@/ui/Dialog'

const GROUPS: readonly [string, readonly (readonly [string, readonly string[]])[]][] = [
  [
    'Everywhere',
    [
      ['Search or jump to', ['mod K']],
      ["The page's search", ['/']],
      ['Home', ['h']],
      ['This list', ['?']],
    ],
  ],
  [
    'Lists',
    [
      ['Next, previous', ['j', 'k']],
      ['Open', ['Enter']],
      ['Choose', ['x']],
    ],
  ],
  [
    'Charts',
    [
      ['Zoom', ['drag']],
      ['Show everything again', ['double click']],
      ['Read values', ['←', '→']],
      ['Close a large chart', ['Esc']],
    ],
  ],
  [
    'Output',
    [
      ['Next, previous match', ['n', 'N']],
      ['Go to a line', ['g']],
      ['Follow', ['f']],
      ['Wrap', ['w']],
      ['First, last line', ['Home', 'End']],
    ],
  ],
]

/** Every shortcut there is. */
export function ShortcutsDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" size="small" isOpen={isOpen} onClose={onClose}>
      <div className="grid gap-4 px-4 py-3">
        {GROUPS.map(([title, rows]) => (
          <section key={title}>
            <h3 className="pb-1 text-xs font-medium text-fg3">{title}</h3>
            <dl>
              {rows.map(([what, keys]) => (
                <div key={what} className="flex h-7 items-center gap-1">
                  <dt className="mr-auto">{what}</dt>
                  {keys.map(key => (
                    <dd key={key}>
                      <Kbd>{key === 'mod K' ? modKey('K') : key}</Kbd>
                    </dd>
                  ))}
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
