"""`python -m wiki.cli`, where the command is not installed."""

from wiki.cli import main

main()
