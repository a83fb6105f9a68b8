import type { ReactNode } from 'react'
import type { Experiment } from '@/api/types'
import { endOf } from '@/features/experiment/facts'
import { formatTime } from '@/lib/format'
import { Card } from '@/ui/Card'
import { CopyButton } from '@/ui/CopyButton'
import { stateWord } from '@/ui/StateBadge'
import { Ago, Lasting } from '@/ui/Time'

/** Where, when and as what the experiment ran. */
export function FactsCard({ experiment }: { experiment: Experiment }) {
  const { state, started_at: startedAt, ended_at: endedAt, heard_at: heardAt, host, process, command, source, key } = experiment
  return (
    <Card title="Run">
      <dl className="text-sm">
        <Fact name="state">{stateWord(state)}</Fact>
        <Fact name="started">
          <span className="num">{formatTime(startedAt)}</span>
        </Fact>
        {endedAt !== null && (
          <Fact name="ended">
            <span className="num">{formatTime(endedAt)}</span>
          </Fact>
        )}
        <Fact name="duration">
          <Lasting from={startedAt} to={endOf(experiment)} />
        </Fact>
        {endedAt === null && (
          <Fact name="last heard">
            <Ago time={heardAt} />
          </Fact>
        )}
        {host && <Fact name="host">{host}</Fact>}
        {process > 0 && (
          <Fact name="process">
            <span className="num">{process}</span>
          </Fact>
        )}
        {command && (
          <Fact name="command" copied={command}>
            <span title={command} className="line-clamp-6 font-mono text-xs">
              {command}
            </span>
          </Fact>
        )}
        {source && <Fact name="created from">{source}</Fact>}
        <Fact name="key" copied={key}>
          <span className="font-mono text-xs break-all">{key}</span>
        </Fact>
      </dl>
    </Card>
  )
}

function Fact({ name, copied, children }: { name: string; copied?: string; children: ReactNode }) {
  return (
    <div className="grid min-h-[30px] grid-cols-[96px_minmax(0,1fr)] items-center gap-x-2 border-t border-line py-1 first:border-0">
      <dt className="font-mono text-xs text-fg2">{name}</dt>
      <dd className="flex min-w-0 items-center gap-2">
        <span className="min-w-0 flex-1 break-words">{children}</span>
        {copied && <CopyButton text={copied} label={`Copy ${name}`} className="-my-1" />}
      </dd>
    </div>
  )
}
