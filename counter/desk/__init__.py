"""The desk: the screens of staff at the counter."""
