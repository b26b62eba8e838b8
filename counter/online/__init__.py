"""The residents' pages: a bundle on a phone."""
