"""How dates are written where a language of Django's would write them otherwise than the desk does."""
