"""`python -m bridge`: the command `bridge` for those who have the interpreter but not its path."""

from bridge.cli import main

main()
