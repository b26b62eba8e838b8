"""The API for other programs: guidance without identity, and a resident's own bundles."""
