"""``python -m pardine``: the command line."""

from pardine.cli.app import main

main()
