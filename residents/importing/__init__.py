"""How exports of the core systems get into the register: received, staged, checked, applied."""
