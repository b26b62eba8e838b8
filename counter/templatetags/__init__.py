"""Template filters and tags of the screens."""
