import { PageHeader } from '@/ui/PageHeader'

/** All projects. */
export function HomePage() {
  return <PageHeader title="Home" />
}
