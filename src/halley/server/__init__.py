"""The server: settings to storage to slices to one ASGI app."""
