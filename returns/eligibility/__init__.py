"""Rules of eligibility, one a file."""
