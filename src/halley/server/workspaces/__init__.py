"""Workspaces and the server's own state."""
