"""`manage.py demo`: three sample shops on this machine, with people, goods and traffic, to watch and to try."""
