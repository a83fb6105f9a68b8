"""HTTP itself: errors, limits, protection, compression, the OpenAPI document, the web app's files."""
