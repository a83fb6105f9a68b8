"""What crosses a process: journal records, ingest batches, API shapes. Versioned; imports core downward only."""
