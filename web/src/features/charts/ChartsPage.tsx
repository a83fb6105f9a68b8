import { PageHeader } from '@/ui/PageHeader'

/** The charts of a project. */
export function ChartsPage() {
  return <PageHeader title="Charts" />
}
