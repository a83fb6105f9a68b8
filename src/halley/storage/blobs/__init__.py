"""Where bytes are kept: adapters of `storage.ports.blobs`."""
