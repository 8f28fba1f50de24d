"""Run the command line from a checkout: ``python cli.py …`` is ``fazhi …``."""

from engine.commands import main

if __name__ == "__main__":
    main()
