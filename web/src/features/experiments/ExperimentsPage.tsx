import { PageHeader } from '@/ui/PageHeader'

/** The table of a project's experiments. */
export function ExperimentsPage() {
  return <PageHeader title="Experiments" />
}
