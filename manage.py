#!/usr/bin/env python
"""Kefu's commands: `python manage.py help`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kefu.settings")
    if sys.argv[1:2] == ["demo"]:
        from kefu.demo.surroundings import settle

        settle()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
